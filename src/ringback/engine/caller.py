"""What the caller does: `press 1; say billing; wait 10s; hangup`.

Each `press` and `say` answers one prompt; keys that a prompt does not take stay for the next one, and
`press 1; press 2` without a wait between is one entry where a prompt takes several digits. A `wait` counts
from the end of a prompt that asks for something; before a `hangup` it also runs while the flow plays audio
or waits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ringback.core.errors import UsageError

_KEYS = re.compile(r"[0-9*#]+")
_WAIT = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|s|m)?")
_UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, None: 1000}
_HELP = "write steps like: press 1; say billing; wait 10s; hangup"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the caller does: `what` is press, say, wait or hangup.

    Attributes:
        text: the keys or the words.
        ms: for wait, how long.
    """

    what: str
    text: str = ""
    ms: int = 0


def parse_caller(script: str | Iterable[str]) -> tuple[Step, ...]:
    """The steps of a caller script; steps stand apart by `;` or are items of a list.

    >>> parse_caller("press 1; wait 2s; hangup")[1]
    Step(what='wait', text='', ms=2000)

    Raises:
        UsageError: a step is none of press, say, wait, hangup.
    """
    parts = script.split(";") if isinstance(script, str) else script
    return tuple(_step(part.strip()) for part in parts if part.strip())


def _step(text: str) -> Step:
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    match word.lower():
        case "press" if _KEYS.fullmatch(rest.replace(" ", "")):
            return Step("press", rest.replace(" ", ""))
        case "say" if rest:
            return Step("say", rest)
        case "wait" if found := _WAIT.fullmatch(rest):
            return Step("wait", ms=round(float(found["number"]) * _UNIT_MS[found["unit"]]))
        case "hangup" if not rest:
            return Step("hangup")
    raise UsageError(f"the caller cannot {text!r}", hint=_HELP)
