"""Which flows a list call wants: every filter of `GET /flows` as a test of one flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.clock import from_iso
from ringback.platform.flows import entities
from ringback.platform.flows.kinds import FLOW
from ringback.platform.store.reader import Body, Query

Test = Callable[[Body], bool]


def wanted(call: Call) -> list[Body]:
    """The flows that a list call wants, in its order."""
    query = call.query
    found = call.store.find(
        Query(FLOW, ids=call.listed("id") or None, divisions=call.listed("divisionId") or None)
    )
    named = [name for name in _FILTERS if query.get(name) not in (None, "", [])]
    tests = [_FILTERS[name](query[name]) for name in named]
    if types := [each.upper() for each in call.listed("type")]:
        tests.append(lambda body: body["type"] in types)
    if not call.flag("deleted"):
        tests.append(lambda body: not body.get("deleted"))
    return _ordered(call, [body for body in found if all(test(body) for test in tests)])


def _ordered(call: Call, found: list[Body]) -> list[Body]:
    key = _ORDER.get(str(call.query.get("sortBy") or "").lower(), _ORDER["name"])
    return sorted(found, key=key, reverse=paging.descending(call))


def shown(call: Call) -> Callable[[Body], Body]:
    """How a list shows a flow; schemas only with `includeSchemas`."""
    store, schemas = call.store, call.flag("includeSchemas")

    def view(body: Body) -> Body:
        seen = entities.view(body)
        if schemas and (version_id := entities.published(body)):
            version = entities.version(store, body, version_id=version_id)
            seen |= {key: version[key] for key in ("inputSchema", "outputSchema") if key in version}
        return seen

    return view


def page(call: Call, found: list[Body]) -> Body:
    """One page of flows."""
    return paging.page_of(call, found, view=shown(call))


def _held(body: Body, name: str) -> Mapping[str, Any]:
    held = body.get(name)
    return held if isinstance(held, dict) else {}


def _text(*names: str) -> Callable[[str], Test]:
    """A filter for text in one of some fields; `*` stands at the ends, as the platform's clients write it."""

    def make(value: str) -> Test:
        needle = value.strip("*").casefold()
        return lambda body: any(needle in str(body.get(name) or "").casefold() for name in names)

    return make


def _same(read: Callable[[Body], object]) -> Callable[[Any], Test]:
    return lambda value: lambda body: str(read(body)).casefold() == str(value).casefold()


def _published(body: Body) -> int:
    moment = _held(body, "publishedVersion").get("datePublished")
    return from_iso(moment) if moment else 0


def _moment(text: str) -> int:
    try:
        return from_iso(text)
    except ValueError:
        raise errors.bad_request(f"{text!r} is no ISO 8601 moment.", code="invalid.date") from None


def _after(text: str) -> Test:
    moment = _moment(text)
    return lambda body: _published(body) > moment


def _before(text: str) -> Test:
    moment = _moment(text)
    return lambda body: 0 < _published(body) < moment


def _editable(value: str) -> Test:
    return lambda body: _held(body, "lockedClient").get("id", value) == value


def _secure(value: object) -> Test:
    return lambda body: (
        (body["type"] == "SECURECALL") == (str(value).lower() in ("true", "checkedin", "published"))
    )


_FILTERS: Mapping[str, Callable[[Any], Test]] = {
    "name": _text("name"),
    "description": _text("description"),
    "nameOrDescription": _text("name", "description"),
    "publishVersionId": _same(lambda body: _held(body, "publishedVersion").get("id")),
    "lockedBy": _same(lambda body: _held(body, "lockedClient").get("id")),
    "lockedByClientId": _same(lambda body: _held(body, "lockedClient").get("id")),
    "editableBy": _editable,
    "secure": _secure,
    "virtualAgentEnabled": _same(lambda body: body.get("virtualAgentEnabled")),
    "publishedAfter": _after,
    "publishedBefore": _before,
}
_ORDER: Mapping[str, Callable[[Body], Any]] = {
    "name": lambda body: (str(body["name"]).casefold(), body["id"]),
    "id": lambda body: body["id"],
    "type": lambda body: (body["type"], str(body["name"]).casefold()),
    "description": lambda body: (str(body.get("description") or "").casefold(), body["id"]),
    "publisheddate": lambda body: (_published(body), body["id"]),
}
