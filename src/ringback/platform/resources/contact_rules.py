"""The regulatory rules that plain contacts are checked against: a document of the local platform."""

from __future__ import annotations

from ringback.contacts import load_rules
from ringback.core.errors import DefinitionError
from ringback.platform import errors
from ringback.platform.call import Call, Reply
from ringback.platform.resources.contact_model import PATH, SERVICE
from ringback.platform.resources.contact_plain import RULES
from ringback.platform.routing import Local, Routes

routes = Routes()
_PATH = f"{PATH}/rules"
_NAME = "rules.yaml"
_NONE = "{}\n"  # a document without rules
_VIEW, _EDIT = (Local(permissions=(f"externalContacts:settings:{action}",)) for action in ("view", "edit"))


@routes.get(_PATH, local=_VIEW, content_type="text/plain")
def read_rules(call: Call) -> object:
    """The rules document as it was set; one without rules before."""
    return Reply((call.store.control(RULES) or {"text": _NONE})["text"], content_type="text/plain")


@routes.put(_PATH, local=_EDIT, status=204, raw=True)
def set_rules(call: Call) -> object:
    """Set the rules document, YAML or JSON; an empty one takes the rules away."""
    try:
        text = call.raw.decode()
        load_rules(text, file=_NAME)
    except UnicodeDecodeError:
        raise errors.bad_request("The rules must be text in UTF-8.") from None
    except DefinitionError as error:
        raise errors.bad_request(str(error), code="rules.invalid") from None
    before = call.store.control(RULES) or {"text": ""}
    document = {"text": text, "file": _NAME, "dateModified": call.now_iso()}
    call.tx.set_control(RULES, document if text.strip() else None)
    entity = {"id": "rules", "name": _NAME, "text": text}
    call.audit("Update", entity, entity_type="ContactRules", service=SERVICE, before=before)
    return None
