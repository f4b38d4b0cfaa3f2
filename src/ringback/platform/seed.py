"""Putting a seed into an organisation: through the handlers of the API, in one transaction.

So an entity of a seed is checked, completed, audited and announced as one that a client creates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.platform import errors
from ringback.platform.call import Call, Reply
from ringback.platform.catalogue.validation import check_body, checker
from ringback.platform.errors import ApiError
from ringback.platform.routing import Route
from ringback.platform.seed_document import CODE, Entry, at, check_names, named
from ringback.platform.seed_sections import Ref, by_key
from ringback.platform.store.reader import Body


class SeedRefused(DefinitionError):  # noqa: N818 - it is a refusal of the API, with its place
    """An entity of a seed was refused by its resource; `status` and `api_code` are those of the refusal."""

    def __init__(self, message: str, *, span: Span, error: ApiError) -> None:
        super().__init__(message, span=span, code=CODE)
        self.status, self.api_code = error.status, error.code


@dataclass(slots=True)
class Seeder:
    """One seed on its way into the organisation.

    Attributes:
        call: the call, in a transaction.
        entries: what is to be made, in order.
        ids: section → name → id, of what was made; the answer.
        secrets: section → name → secret, of those that were made up here.
        aliases: section → folded name → id.
    """

    call: Call
    entries: list[Entry]
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    _routes: dict[tuple[str, str], Route] = field(default_factory=dict)

    def run(self) -> Body:
        """Make everything; gives ids by section and name.

        Raises:
            DefinitionError: something is wrong; nothing must be kept then.
        """
        # The steps know their resources, and those know this module's callers.
        from ringback.platform.seed_steps import AFTER, INSTEAD, before_all  # noqa: PLC0415

        check_names(self.entries, self.call.store)
        self._routes = {(each.method, each.path): each for each in self.call.services.routes}
        before_all(self)
        for entry in self.entries:
            with self.place(entry):
                make = INSTEAD.get(entry.section.key)
                made = make(self, entry) if make else self.create(entry)
                if made:
                    self.remember(entry, made)
                if made and (step := AFTER.get(entry.section.key)):
                    step(self, entry, made=made)
        return {"ids": self.ids, "secrets": self.secrets}

    @contextmanager
    def place(self, entry: Entry, path: str = "") -> Iterator[None]:
        """Say where in the document a refusal belongs."""
        try:
            yield
        except ApiError as error:
            wrong = error.details[0]["fieldName"] if error.details else ""
            node = at(entry.node, ".".join(part for part in (path, wrong) if part))
            what = f"{entry.section.key}{f' {entry.name!r}' if entry.name else ''}"
            raise SeedRefused(f"{what}: {error.message}", span=node.span, error=error) from None

    def create(self, entry: Entry) -> Body:
        """Create an entity with the request that its section describes."""
        made: Body = self.request("POST", entry.section.path, body=self.body(entry))
        return made

    def body(self, entry: Entry) -> Body:
        """The request: fields as they are, names as ids."""
        fields = entry.section.fields()
        body = {**entry.section.defaults}
        body |= {name: value for name, value in entry.body.items() if name in fields}
        for key, ref in entry.section.refs.items():
            if ref.to and entry.body.get(key) is not None:
                ids = [self.find(ref.section, name) for name in named(entry.body, key)]
                body[ref.to] = _shaped(ids, ref)
        return body

    def request(self, method: str, template: str, *, body: Any = None, raw: bytes = b"", **path: str) -> Any:
        """Ask an operation of this server, within the transaction; ApiError when it refuses.

        Args:
            method: HTTP method.
            template: path template of the route.
            body: JSON value.
            raw: body of a route that reads it itself.
            path: path parameters.
        """
        route = self._routes[method, template]
        _check(route, body)
        outer = self.call
        host = {name: outer.headers[name] for name in ("host",) if name in outer.headers}
        inner = Call(route, outer.services, headers=host)
        inner.principal, inner.correlation_id, inner.scheme = (
            outer.principal,
            outer.correlation_id,
            outer.scheme,
        )
        inner.now, inner.path, inner.body, inner.raw = outer.now, path, body, raw
        result = route.handler(inner.enter(outer.tx))
        return result.body if isinstance(result, Reply) else result

    def remember(self, entry: Entry, made: Mapping[str, Any]) -> None:
        """Know an entity by its names from now on."""
        if not made.get("id"):
            return
        section, identity = entry.section.key, str(made["id"])
        self.ids.setdefault(section, {})[entry.name or str(made.get("name") or identity)] = identity
        aliases = self.aliases.setdefault(section, {})
        for name in (entry.name, made.get("name"), entry.body.get("email"), identity):
            if name:
                aliases[str(name).casefold()] = identity

    def find(self, section: str, name: str) -> str:
        """The id of what a name of a section means; `check_names` has found it before."""
        if identity := self.aliases.get(section, {}).get(name.casefold()):
            return identity
        kind, store = by_key()[section].kind, self.call.store
        found = store.named(kind, name) or [{"id": name}]
        return str(found[0]["id"])

    def found(self, entry: Entry, key: str) -> list[str]:
        """The ids of what an entry names at a key."""
        section = entry.section.refs[key].section
        return [self.find(section, name) for name in named(entry.body, key)]


def _shaped(ids: list[str], ref: Ref) -> Any:
    values: list[Any] = [{"id": each} for each in ids] if ref.shape in ("object", "objects") else ids
    return values if ref.several else values[0]


def _check(route: Route, body: Any) -> None:
    """What the dispatcher checks of a request's body."""
    model = route.request or route.operation.request
    if body is None or model is None:
        return
    check: Callable[[Any], Any] = (
        checker(model) if isinstance(model, dict) else lambda value: check_body(model, value)
    )
    for fault in check(body):
        raise errors.bad_request(fault.reason, field=fault.field, code=fault.code)
