"""plainLookup, plainContactLookup: the look-up action of plain flow documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Next, Step
from ringback.flows.effects import ContactsReply, DataActionReply, FindContacts, PostLookup
from ringback.lang.expr.values import Json, plain

DEFAULT_TIMEOUT_MS = 10_000


def _fault_to_json(reply: DataActionReply) -> Json:
    error = reply.error
    return Json(
        {
            "status": error.get("status"),
            "message": error.get("userMessage") or error.get("errorCode"),
            "headers": reply.http.get("response_headers", {}),
        }
    )


def build(b: Builder) -> Step:
    """POST {"phoneNumber": caller} and what `inputs` maps; the JSON answer goes to the output variable."""
    url, timeout = b.name("url"), int(b.name("timeoutMs") or DEFAULT_TIMEOUT_MS)
    given = b.node("inputs")
    inputs = [
        (name, b.type_of(node), b.compile(node, None))
        for name, node in (given.items() if given is not None else ())
    ]
    store, error = b.writes("outputVariable"), b.writes("errorVariable")
    exits = {status: b.exit(status) for status in ("success", "failure", "timeout")}

    def begin(run: Any) -> Next:
        body = {"phoneNumber": run.caller_number()}
        body |= {name: plain(type_, get(run)) for name, type_, get in inputs}
        return PostLookup(b.action.name, url, body, timeout)

    def resume(run: Any, reply: DataActionReply) -> Next:
        if reply.status == "success" and store is not None:
            store(run, Json(reply.outputs.get("body")))
        elif reply.status == "failure" and error is not None:
            error(run, _fault_to_json(reply))
        return exits[reply.status]

    return Step(begin, resume)


def build_contact(b: Builder) -> Step:
    """Looks the caller up in the external contacts; nobody found is a success with JSON null."""
    store, success, failure = b.writes("outputVariable"), b.exit("success"), b.exit("failure")

    def begin(run: Any) -> Next:
        number = run.caller_number()
        if not number:
            raise FlowFault("NOT_SET_OPERAND", "the interaction has no caller number to look up")
        return FindContacts("term", number)

    def resume(run: Any, reply: ContactsReply) -> Next:
        if reply.error:
            return failure
        if store is not None:
            store(run, Json(_named(reply.contacts[0]) if reply.contacts else None))
        return success

    return Step(begin, resume)


def _named(contact: Mapping[str, Any]) -> dict[str, Any]:
    """A contact with `name`, which plain flows read of either look-up; a native one has its parts only."""
    parts = [str(contact[part]) for part in ("firstName", "lastName") if contact.get(part)]
    return {"name": " ".join(parts), **contact} if parts else dict(contact)


PLAIN_LOOKUP = ActionType(
    key="plainLookup",
    title="Look up over HTTP (plain form)",
    about="Posts the caller's number to a URL and keeps the JSON answer.",
    build=build,
    fields=(
        Field("url", "url", "word", required=True, about="Where to POST."),
        Field("timeoutMs", "int", "word", about="Milliseconds, 10,000 by default."),
        Field("inputs.*", "any", about="Further members of the body."),
        Field("outputVariable", "jsn", "writes", about="Where the answer goes."),
        Field("errorVariable", "jsn", "writes", about="Where a fault goes: status, message, headers."),
    ),
    outputs=("success", "failure", "timeout"),
    source="plain flow documents",
)
PLAIN_CONTACT_LOOKUP = ActionType(
    key="plainContactLookup",
    title="Look up an external contact (plain form)",
    about="Finds the caller among the external contacts.",
    build=build_contact,
    fields=(
        Field("outputVariable", "jsn", "writes", about="Where the contact goes; null when nobody is found."),
    ),
    outputs=("success", "failure", "timeout"),
    source="plain flow documents",
)
