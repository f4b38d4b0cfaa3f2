"""What steers the server itself: for tests and operators, under `/_ringback`."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import sqlalchemy as sa

from ringback import __version__
from ringback.platform import errors, faults, snapshot
from ringback.platform.bootstrap import found, local_client
from ringback.platform.call import Call, Reply
from ringback.platform.clock import OFFSET, from_iso, iso
from ringback.platform.openapi import document
from ringback.platform.routing import Local, Routes
from ringback.platform.services import RATE_LIMIT
from ringback.platform.settings import LOCAL_CLIENT
from ringback.platform.store import audit
from ringback.platform.store.tables import tokens

routes = Routes()
EDIT = Local(permissions=("ringback:server:edit",))
VIEW = Local(permissions=("ringback:server:view",))
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NAMED: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string", "pattern": f"^{_NAME.pattern}$"}},
}
_RULE: dict[str, Any] = {"type": ["object", "array"]}
_CLOCK: dict[str, Any] = {
    "type": "object",
    "properties": {
        "advanceMs": {"type": "integer", "minimum": -(10**14), "maximum": 10**14},
        "now": {"type": "string"},
        "offsetMs": {"type": "integer", "minimum": -(10**14), "maximum": 10**14},
    },
}
_RATE: dict[str, Any] = {
    "type": "object",
    "required": ["perMinute"],
    "properties": {"perMinute": {"type": ["integer", "null"], "minimum": 1, "maximum": 10**9}},
}


@routes.get("/_ringback/health", local=Local(), public=True)
def health(call: Call) -> object:
    """Whether the server and its database answer."""
    database = call.store.connection.dialect.name
    return {"status": "ok", "version": __version__, "database": database, "now": call.now_iso()}


@routes.get("/_ringback/metrics", local=Local(), public=True, content_type="text/plain; version=0.0.4")
def metrics(call: Call) -> object:
    """Prometheus figures."""
    return call.services.metrics.text()


@routes.get("/api/v2/docs/swagger", local=Local(), public=True)
def openapi(call: Call) -> object:
    """The OpenAPI document of what is served."""
    return document(call.services.routes, base_url=call.origin, version=__version__)


@routes.post("/_ringback/reset", local=EDIT)
def reset(call: Call) -> object:
    """Back to an empty organisation; snapshots stay, and the tokens of the local client."""
    generation = call.tx.control("generation") or 0
    kept = _local_tokens(call)
    snapshot.empty(call.tx)
    call.tx.set_control("generation", generation)
    found(call.tx)
    local_client(call.tx, present=call.services.settings.loopback)
    _give_back(call, kept)
    call.audit("Reset", call.tx.control("organization"), entity_type="Organization", service="ringback")
    call.services.journal.forget()
    return {"status": "ok"}


def _local_tokens(call: Call) -> list[dict[str, Any]]:
    rows = call.tx.connection.execute(sa.select(tokens).where(tokens.c.client_id == LOCAL_CLIENT))
    return [dict(row) for row in rows.mappings()]


def _give_back(call: Call, rows: list[dict[str, Any]]) -> None:
    if rows:
        call.tx.connection.execute(sa.insert(tokens), rows)


@routes.post("/_ringback/snapshot", local=EDIT, request=_NAMED)
def take_snapshot(call: Call) -> object:
    """Keep the whole organisation under a name."""
    return snapshot.take(call.tx, _name(call))


@routes.post("/_ringback/restore", local=EDIT, request=_NAMED, errors=(404,))
def restore_snapshot(call: Call) -> object:
    """Put the organisation back as a snapshot has it."""
    return snapshot.restore(call.tx, _name(call))


def _name(call: Call) -> str:
    return str((call.body or {}).get("name") or "default")


@routes.get("/_ringback/requests", local=VIEW)
def list_requests(call: Call) -> object:
    """The last requests, oldest first; `method`, `path`, `status` and `after` (an id) narrow them."""
    wanted = dict(call.pairs())
    found_requests = [entry for entry in call.services.journal.entries() if _is_wanted(entry, wanted)]
    return {"entities": found_requests, "total": len(found_requests)}


def _is_wanted(entry: dict[str, Any], wanted: dict[str, str]) -> bool:
    after = wanted.get("after", "")
    return (
        wanted.get("method", "").upper() in ("", entry["method"])
        and wanted.get("path", "") in entry["path"]
        and wanted.get("status", "") in ("", str(entry["status"]))
        and (not after.isdecimal() or entry["id"] > int(after))
    )


@routes.delete("/_ringback/requests", local=EDIT, status=204, mode="free")
def forget_requests(call: Call) -> object:
    """Forget the journal."""
    call.services.journal.clear()
    return None


@routes.get("/_ringback/faults", local=VIEW)
def list_faults(call: Call) -> object:
    """The faults on order, used up ones too."""
    return {"entities": [msgspec.to_builtins(rule) for rule in faults.stored(call.store)]}


@routes.post("/_ringback/faults", local=EDIT, request=_RULE)
def order_faults(call: Call) -> object:
    """Order faults: one rule or a list; they are added to those in force."""
    rules = faults.parse_rules(call.body)
    faults.save(call.tx, [*faults.stored(call.tx), *rules])
    return {"entities": [msgspec.to_builtins(rule) for rule in rules]}


@routes.delete("/_ringback/faults", local=EDIT, status=204)
def cancel_faults(call: Call) -> object:
    """No more faults."""
    faults.save(call.tx, [])
    return None


@routes.get("/_ringback/clock", local=VIEW)
def read_clock(call: Call) -> object:
    """The clock of the platform and how far it was moved."""
    return {"now": call.now_iso(), "offsetMs": call.services.clock.offset_ms}


@routes.post("/_ringback/clock", local=EDIT, request=_CLOCK)
def move_clock(call: Call) -> object:
    """Move the clock: `advanceMs`, `now`, or `offsetMs` from the machine's clock (0 undoes it)."""
    offset = _offset(call, call.body or {})
    call.tx.set_control(OFFSET, {"offset_ms": offset})
    call.tx.changed_rights()
    return {"now": iso(call.now - call.services.clock.offset_ms + offset), "offsetMs": offset}


def _offset(call: Call, body: dict[str, Any]) -> int:
    current = call.services.clock.offset_ms
    try:
        if "now" in body:
            return from_iso(body["now"]) - (call.now - current)
    except (ValueError, OverflowError):
        raise errors.bad_request("`now` is no ISO 8601 moment.", field="now") from None
    return int(body["offsetMs"]) if "offsetMs" in body else current + int(body.get("advanceMs", 0))


@routes.put("/_ringback/rate-limit", local=EDIT, request=_RATE)
def set_rate_limit(call: Call) -> object:
    """Requests per token and minute; null turns the limit off."""
    allowed = call.object()["perMinute"]
    call.tx.set_control(RATE_LIMIT, None if allowed is None else {"perMinute": allowed})
    call.tx.changed_rights()
    return {"perMinute": allowed}


@routes.get("/_ringback/audit/verify", local=VIEW, mode="free")
def verify_audit(call: Call) -> Reply:
    """Whether the chain of the audit trail holds."""
    verdict = audit.verify(call.services.store.read().connection)
    body: dict[str, Any] = {"entries": verdict.entries, "intact": verdict.broken_at is None}
    if verdict.broken_at is not None:
        body |= {"brokenAt": verdict.broken_at, "reason": verdict.reason}
    return Reply(body)
