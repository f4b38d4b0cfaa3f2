"""Velocity templates beside airspeed, the Python engine that answers most of the reference cases."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable
from typing import Any

from ringback.lang import velocity
from ringback.lang.velocity.template import compile_template

COLUMNS = ("ours /s", "airspeed /s", "times faster")
REQUEST = """{
  "name": "$esc.jsonString($input.name)",
  "note": "$esc.jsonString(${input.note})",
  "queueId": "${input.queueId}",
  "count": ${input.count},
#if($input.flag == "yes")
  "flag": true,
#end
  "mail": "$!{input.mail}"
}"""
REQUEST_CONTEXT = {
    "input": {"name": 'Jo "Q"', "note": "a\tb", "queueId": "q-1", "count": 5, "flag": "yes", "mail": "a@b.io"}
}
SUCCESS = """{
  "id": ${successTemplateUtils.firstFromArray("${ids}")},
  "name": ${successTemplateUtils.firstFromArray("${names}", "$esc.quote$esc.quote")},
  "agent": ${successTemplateUtils.firstFromArray("${agents}", "$esc.quote$esc.quote")},
  "queue": ${successTemplateUtils.firstFromArray("${queues}", "0")},
#if($count > 2)
  "many": true
#else
  "many": false
#end
}"""
SUCCESS_CONTEXT = {"ids": '["i1","i2"]', "names": '["Ann"]', "agents": "[]", "queues": "[7]", "count": 3}
LOOP = (
    '[#foreach($u in $users){"n":"$u.name","a":$u.age#if($u.nick),"k":"$u.nick"#end}'
    "#if($foreach.hasNext),#end#end]"
)
LOOP_CONTEXT = {
    "users": [{"name": f"user{n}", "age": 20 + n, "nick": "x" if n % 3 else ""} for n in range(50)]
}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "request body, 5 references, 2 escapes, 1 if": (REQUEST, REQUEST_CONTEXT),
    "success template, 4 firstFromArray, if/else": (SUCCESS, SUCCESS_CONTEXT),
    "loop over 50 users": (LOOP, LOOP_CONTEXT),
}


class PeerEscape:
    """The tools of the cases for a peer that calls Python methods."""

    quote = '"'

    def jsonString(self, text: str) -> str:  # noqa: N802 - the platform's name
        return json.dumps(text, ensure_ascii=False)[1:-1]


class PeerUtilities:
    def firstFromArray(self, text: str, default: str = "") -> str:  # noqa: N802 - the platform's name
        items = json.loads(text)
        return json.dumps(items[0], separators=(",", ":")) if items else default


def per_second(*runs: Callable[[], object] | None) -> list[float]:
    """How often each goes in a second: the best of six rounds, so that all meet the same machine."""
    best = [0.0] * len(runs)
    for _ in range(6):
        for index, run in enumerate(runs):
            if run is not None:
                best[index] = max(best[index], _turn(run))
    return best


def _turn(run: Callable[[], object], seconds: float = 0.1) -> float:
    run()
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        for _ in range(20):
            run()
        count += 20
    return count / spent


def peer_module() -> Any | None:
    try:
        return importlib.import_module("airspeed")
    except ImportError:
        return None


def run() -> list[tuple[str, float, float, float]]:
    """For each case its name, our renders per second, the peer's (0 when it is absent), and the ratio."""
    peer = peer_module()
    return [row for name, case in CASES.items() for row in _rows(name, case, peer)]


def _rows(name: str, case: tuple[str, dict[str, Any]], peer: Any) -> list[tuple[str, float, float, float]]:
    source, context = case
    template = velocity.compile(source)
    theirs = _peer_render(peer, source, context) if peer else None
    render = per_second(lambda: template.render(context), theirs)
    their_compile = (lambda: _peer_compile(peer, source)) if peer else None
    build = per_second(lambda: compile_template.__wrapped__(source, "bench"), their_compile)
    return [_row(name, *render), _row(f"compile: {name}", *build)]


def _row(name: str, ours: float, theirs: float) -> tuple[str, float, float, float]:
    return name, ours, theirs, ours / theirs if theirs else 0.0


def _peer_compile(peer: Any, source: str) -> Any:
    template = peer.Template(source)
    template.ensure_compiled()
    return template


def _peer_render(peer: Any, source: str, context: dict[str, Any]) -> Callable[[], object]:
    template = _peer_compile(peer, source)
    given = {**context, "esc": PeerEscape(), "successTemplateUtils": PeerUtilities()}
    return lambda: template.merge(given)
