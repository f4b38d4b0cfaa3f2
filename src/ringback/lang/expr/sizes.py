"""How large a value may become: a loop that doubles a text, a JSON value or an audio must end in an error.

Architect's own limits are not documented; these are far above what calls need. A value over its limit is the
run-time error OUT_OF_RANGE, like a number that its type does not hold.
"""

from __future__ import annotations

from typing import Any

from ringback.lang.expr.raw import MAX_LEVELS, MAX_TEXT, EvaluationError, too_large

MAX_JSON = 2_500_000  # about the characters of its text; the largest answer of a data action has 2 MiB
_CONTAINER = 10  # what an object or array counts besides its parts


def bounded(text: str) -> str:
    """The text, if it is no longer than `expression_text`."""
    if len(text) > MAX_TEXT:
        raise too_large("text", MAX_TEXT, limit="expression_text")
    return text


def joined(parts: list[str], delimiter: str = "") -> str:
    """The parts as one text, whose length is known before it is made."""
    if sum(map(len, parts)) + len(delimiter) * max(0, len(parts) - 1) > MAX_TEXT:
        raise too_large("text", MAX_TEXT, limit="expression_text")
    return delimiter.join(parts)


def bounded_json(value: Any) -> Any:
    """The JSON value, if it is neither larger than `expression_json` nor deeper than 200 levels."""
    size, levels = _measured(value, {})
    if size > MAX_JSON:
        raise too_large("JSON value", MAX_JSON, limit="expression_json")
    if levels > MAX_LEVELS:
        raise EvaluationError(f"JSON is nested deeper than {MAX_LEVELS} levels", "OUT_OF_RANGE")
    return value


def _measured(value: Any, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Size and levels; a part that stands at several places is looked at once and counted at each."""
    if isinstance(value, str):
        return len(value) + 1, 0
    if not isinstance(value, dict | list):
        return 1, 0
    found = known.get(id(value))
    if found is None:
        size, levels = _CONTAINER, 0
        for item in value.values() if isinstance(value, dict) else value:
            inner, below = _measured(item, known)
            size, levels = size + inner, max(levels, below)
        size += sum(map(len, value)) if isinstance(value, dict) else 0
        found = known[id(value)] = (size, levels + 1)
    return found
