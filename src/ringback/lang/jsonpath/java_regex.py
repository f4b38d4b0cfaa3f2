"""Java regular expressions, run by the `regex` module.

The literal `/expression/flags` is translated once (`regex_translator.py`) and its compiled form is kept.
"""

from __future__ import annotations

import importlib
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from ringback.lang.jsonpath import limits
from ringback.lang.jsonpath.regex_classes import RegexError
from ringback.lang.jsonpath.regex_translator import FLAGS, translate

if TYPE_CHECKING:

    class Matcher(Protocol):
        """The part of a compiled pattern that is used (`regex` has no types)."""

        def fullmatch(self, string: str, *, timeout: float) -> object | None:
            """A match of the whole string, or None; TimeoutError after `timeout` seconds."""


def flag_letters(text: str) -> int:
    """How many characters at the beginning of `text` are flags."""
    return len(text) - len(text.lstrip(FLAGS))


def matches(pattern: str, text: str, *, meter: limits.Meter) -> bool:
    """Whether the literal `/expression/flags` matches the whole text; LimitError when it takes too long."""
    began = time.perf_counter()
    try:
        found = compile_pattern(pattern).fullmatch(text, timeout=max(meter.regex_seconds, 0.001)) is not None
    except TimeoutError:
        raise limits.exceeded("jsonpath_regex_time") from None
    meter.regex_seconds -= time.perf_counter() - began
    return found


@lru_cache(maxsize=512)
def compile_pattern(literal: str) -> Matcher:
    """The compiled form of `/expression/flags`; RegexError when it is none."""
    end = literal.rindex("/")
    translated = translate(literal[1:end], literal[end + 1 :])
    engine = _engine()
    try:
        compiled: Matcher = engine.compile(translated, engine.VERSION1 | engine.UNICODE)
    except (engine.error, OverflowError, RecursionError) as error:
        raise RegexError(f"no regular expression: {error}") from None
    return compiled


def _engine() -> Any:
    """The `regex` module, loaded on the first pattern: it takes 20 ms and few paths have a pattern."""
    return importlib.import_module("regex")


__all__ = ["RegexError", "compile_pattern", "flag_letters", "matches"]
