"""Text functions: Append, Compare, Contains, FindString, Left … Upper, DetectLanguage.

A character is a code point; Upper and Lower change single characters only, so positions stay comparable.
"""

from __future__ import annotations

import re
from typing import Any

from ringback.lang.expr.collation import compare_text
from ringback.lang.expr.raw import MAX_TEXT, EvaluationError, Speech, too_large
from ringback.lang.expr.signature import overload
from ringback.lang.expr.sizes import bounded, joined

_FEW = 8  # so many texts may be joined before their length is looked at
_BLANKS = " \t\r\n"  # all that the Trim family removes


def append(*parts: str | None) -> str:
    """The texts one after the other; NOT_SET is ""."""
    if len(parts) < _FEW:
        return bounded("".join(filter(None, parts)))
    return joined([part for part in parts if part])


def append_audio(*parts: Any) -> Speech:
    """Audio and prompts one after the other; what is appended to an Append becomes a part of it."""
    first = parts[0] if parts else None
    if isinstance(first, Speech) and first.function == "Append" and first.type == "aud":
        parts = first.arguments + parts[1:]
    return Speech("Append", parts)


def compare(env: Any, left: str | None, right: str | None, ignore_case: bool = False) -> int:
    """-1, 0 or 1; NOT_SET comes before every text."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    return compare_text(env, left, right, ignore_case=ignore_case)


def lower(text: str) -> str:
    """Lower case, character by character."""
    folded = text.lower()
    return folded if len(folded) == len(text) else "".join(_single(one, one.lower()) for one in text)


def upper(text: str) -> str:
    """Upper case, character by character: "ß" stays."""
    raised = text.upper()
    return raised if len(raised) == len(text) else "".join(_single(one, one.upper()) for one in text)


def _single(character: str, changed: str) -> str:
    return changed if len(changed) == 1 else character


def contains(text: str, find: str, ignore_case: bool = False) -> bool:
    """Whether the text has the other in it; "" is in every text."""
    return lower(find) in lower(text) if ignore_case else find in text


def find_string(text: str, find: str, occurrence: int = 1, ignore_case: bool = False) -> int:
    """Zero-based place of the n-th occurrence, or -1; "" is found at 0."""
    if occurrence < 1:
        raise EvaluationError(f"occurrence {occurrence} is below 1", "BAD_ARGUMENT")
    if ignore_case:
        text, find = lower(text), lower(find)
    if not find:
        return 0
    place = -1
    for _ in range(occurrence):
        place = text.find(find, place + 1)
        if place < 0:
            break
    return place


def _find_ignoring_case(text: str, find: str, ignore_case: bool) -> int:
    return find_string(text, find, 1, ignore_case)


def _not_negative(name: str, value: int) -> int:
    if value < 0:
        raise EvaluationError(f"{name} {value} is negative", "BAD_ARGUMENT")
    return value


def left(text: str, length: int) -> str:
    """The first characters."""
    return text[: _not_negative("length", length)]


def right(text: str, length: int) -> str:
    """The last characters."""
    return text[max(0, len(text) - _not_negative("length", length)) :]


def substring(text: str, start: int, length: int) -> str:
    """So many characters from a zero-based place, cut at the end of the text."""
    begin = _not_negative("start", start)
    return text[begin : begin + _not_negative("length", length)]


def replace(text: str, find: str, replacement: str | None) -> str:
    """All occurrences replaced; an empty search text changes nothing."""
    if not find:
        return text
    new = replacement or ""
    if len(new) > len(find) and len(text) + text.count(find) * (len(new) - len(find)) > MAX_TEXT:
        raise too_large("text", MAX_TEXT, limit="expression_text")
    return text.replace(find, new)


def split(text: str, delimiter: str) -> tuple[str, ...]:
    """The parts between delimiters, empty ones included; an empty delimiter gives single characters."""
    return tuple(text.split(delimiter) if delimiter else text or [""])


# Small words that tell languages apart. The platform guesses on its servers; this is enough to run a flow.
_SMALL_WORDS = {
    "de": "der die das und ist ein eine nicht ich zu den mit sie auf für dass wir haben sollte",
    "en": "the and is a of to in that it you for this with are have not my i please",
    "es": "el la los las de que y es un una en no por con para me mi gracias está hola",
    "fr": "le la les des et est un une que je ne pas pour dans vous avec mon bonjour merci ce",
    "it": "il lo gli di che e un una non per con sono mi grazie ciao è questo della",
    "nl": "de het een en is niet van ik dat te op voor met zijn u mijn bedankt",
    "pt": "o os as de que e um uma não para com por eu meu obrigado olá está do da",
}
_SCRIPTS = (
    ("ja", r"[\u3040-\u30ff]"),
    ("ko", r"[\uac00-\ud7af]"),
    ("zh", r"[\u4e00-\u9fff]"),
    ("ru", r"[\u0400-\u04ff]"),
    ("ar", r"[\u0600-\u06ff]"),
    ("he", r"[\u0590-\u05ff]"),
    ("el", r"[\u0370-\u03ff]"),
    ("th", r"[\u0e00-\u0e7f]"),
)


def detect_language(text: str | None, default: str | None) -> str | None:
    """The likely language of a text ("de"), or the default when nothing points to one."""
    if text is None or not text.strip():
        return default
    for language, letters in _SCRIPTS:
        if len(re.findall(letters, text)) * 4 >= len(text):
            return language
    words = re.findall(r"\w+", text.lower())
    scores = {tag: sum(word in small.split() for word in words) for tag, small in _SMALL_WORDS.items()}
    best, second = sorted(scores.values(), reverse=True)[:2]
    return max(scores, key=scores.__getitem__) if best > second and best * 8 >= len(words) else default


TEXT = (
    overload("Append", "(text str?, textToAppend str?...) -> str", append),
    overload("Append", "(audio audpmt?, audioToAppend audpmt?...) -> aud", append_audio),
    overload("Compare", "(text str?, compareTo str?) -> int", compare, style="context"),
    overload("Compare", "(text str?, compareTo str?, ignoreCase bln) -> int", compare, style="context"),
    overload("Contains", "(text str, find str) -> bln", contains),
    overload("Contains", "(text str, find str, ignoreCase bln) -> bln", contains),
    overload("DetectLanguage", "(text str?, default str?) -> str", detect_language),
    overload("FindString", "(text str, find str) -> int", find_string),
    overload("FindString", "(text str, find str, ignoreCase bln) -> int", _find_ignoring_case),
    overload("FindString", "(text str, find str, occurrence int[1..]) -> int", find_string),
    overload("FindString", "(text str, find str, occurrence int[1..], ignoreCase bln) -> int", find_string),
    overload("Left", "(text str, length int[0..]) -> str", left),
    overload("Length", "(text str) -> int", len),
    overload("Lower", "(text str) -> str", lower),
    overload("LTrim", "(text str) -> str", lambda text: text.lstrip(_BLANKS)),
    overload("Replace", "(text str, find str, replacement str?) -> str", replace),
    overload("Reverse", "(text str) -> str", lambda text: text[::-1]),
    overload("Right", "(text str, length int[0..]) -> str", right),
    overload("RTrim", "(text str) -> str", lambda text: text.rstrip(_BLANKS)),
    overload("Split", "(text str, delimiter str) -> str_coll", split),
    overload("Substring", "(text str, start int[0..], length int[0..]) -> str", substring),
    overload("Trim", "(text str) -> str", lambda text: text.strip(_BLANKS)),
    overload("Upper", "(text str) -> str", upper),
)
