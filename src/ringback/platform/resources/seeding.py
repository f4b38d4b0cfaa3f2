"""`POST /_ringback/seed`: a whole organisation at once, for tests and demonstrations."""

from __future__ import annotations

from ringback.core.diagnostics import Diagnostic
from ringback.core.errors import DefinitionError
from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.errors import ApiError
from ringback.platform.resources.control import EDIT
from ringback.platform.routing import Routes
from ringback.platform.seed import Seeder
from ringback.platform.seed_document import load_seed
from ringback.platform.store.reader import Body

routes = Routes()
_ANSWER: Body = {"type": "object", "required": ["ids", "secrets"]}


@routes.post("/_ringback/seed", local=EDIT, status=201, raw=True, errors=(409,), response=_ANSWER)
def seed(call: Call) -> object:
    """Put a seed, YAML or JSON, into the organisation, all of it or nothing; answers ids by name."""
    try:
        text = call.raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise errors.bad_request("The seed is no UTF-8 text.") from None
    file = "seed.json" if text.lstrip().startswith("{") else "seed.yaml"
    try:
        return Seeder(call, load_seed(text, file=file)).run()
    except DefinitionError as error:
        raise _refused(error) from None


def _refused(error: DefinitionError) -> ApiError:
    """Every error of a seed with its place and hint."""
    found = [Diagnostic.of(each) for each in getattr(error, "errors", (error,))]
    first, status = found[0], getattr(error, "status", 400)
    hint = f" Hint: {first.hint}" if first.hint else ""
    more = f" ({len(found)} errors)" if len(found) > 1 else ""
    refusal = ApiError(status, getattr(error, "api_code", "seed.invalid"), "")
    refusal.message = refusal.template = (
        f"{first.file}:{first.line}:{first.column}: {first.message.rstrip('.')}.{hint}{more}"
    )
    refusal.with_details([{"errorCode": "seed.invalid", "fieldName": f"{first.line}:{first.column}"}])
    listed: list[Body] = [
        {"message": str(each), "code": each.code, "status": status, "details": [], "errors": []}
        for each in found
    ]
    return refusal.with_extra(errors=listed)
