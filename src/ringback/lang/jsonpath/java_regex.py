r"""Java regular expressions, run by the `regex` module.

`/expression/flags` is translated once: what means the same in both languages passes as it is; `\Q…\E`,
Java's `\p{…}` names, `\h`, `\R`, `\z`, `\Z`, nested classes and the line ends that `.`, `^` and `$` know
are rewritten. Matching stops when the reading's seconds are used up.
"""

from __future__ import annotations

import importlib
import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from ringback.lang.jsonpath import limits

if TYPE_CHECKING:

    class Matcher(Protocol):
        """The part of a compiled pattern that is used (`regex` has no types)."""

        def fullmatch(self, string: str, *, timeout: float) -> object | None:
            """A match of the whole string, or None; TimeoutError after `timeout` seconds."""


# UNIX_LINES, CASE_INSENSITIVE, COMMENTS, MULTILINE, DOTALL, UNICODE_CASE, UNICODE_CHARACTER_CLASS
FLAGS = "dixmsuU"

_POSIX = {
    "Lower": "a-z", "Upper": "A-Z", "ASCII": r"\x00-\x7F", "Alpha": "a-zA-Z", "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"!-/:-@\[-`{-~", "Graph": "!-~", "Print": " -~", "Blank": r" \t", "Cntrl": r"\x00-\x1F\x7F",
    "XDigit": "0-9a-fA-F", "Space": r" \t-\r",
    "javaLowerCase": r"\p{Lowercase}", "javaUpperCase": r"\p{Uppercase}",
    "javaWhitespace": r"\p{White_Space}",
    "javaMirrored": r"\p{Bidi_Mirrored}", "javaLetter": r"\p{L}", "javaDigit": r"\p{Nd}",
    "javaLetterOrDigit": r"\p{L}\p{Nd}", "javaAlphabetic": r"\p{Alphabetic}",
}  # fmt: skip
_CLASSES = {
    "d": "0-9", "w": "a-zA-Z0-9_", "s": r" \t-\r",
    "h": r" \t\xA0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000", "v": r"\n-\r\x85\u2028\u2029",
}  # fmt: skip
_PLAIN = {
    "R": r"(?>\r\n|[\n-\r\x85\u2028\u2029])", "z": r"\Z", "e": r"\x1B", "G": r"\G", "A": r"\A",
    "a": r"\x07", "X": r"\X",
}  # fmt: skip
_QUANTIFIER = re.compile(r"\d+(,\d*)?\}")
_LINE_END = r"(?:\r\n|[\n\r\x85\u2028\u2029])"
_NO_LINE_END = r"[^\n\r\x85\u2028\u2029]"


class RegexError(ValueError):
    """The expression is no Java regular expression, or none that this translation knows."""


def flag_letters(text: str) -> int:
    """How many characters at the beginning of `text` are flags."""
    return len(text) - len(text.lstrip(FLAGS))


def matches(pattern: str, text: str, meter: limits.Meter) -> bool:
    """Whether the literal `/expression/flags` matches the whole text; LimitError when it takes too long."""
    began = time.perf_counter()
    try:
        found = compile_pattern(pattern).fullmatch(text, timeout=meter.regex_seconds) is not None
    except TimeoutError:
        raise limits.exceeded("jsonpath_regex_time") from None
    meter.regex_seconds -= time.perf_counter() - began
    return found


@lru_cache(maxsize=512)
def compile_pattern(literal: str) -> Matcher:
    """The compiled form of `/expression/flags`; RegexError when it is none."""
    end = literal.rindex("/")
    flags = literal[end + 1 :]
    engine = _engine()
    translated = _Translator(literal[1:end], flags).run()
    try:
        compiled: Matcher = engine.compile(translated, _engine_flags(engine, flags))
    except (engine.error, OverflowError, RecursionError) as error:
        raise RegexError(f"no regular expression: {error}") from None
    return compiled


def _engine() -> Any:
    """The `regex` module, loaded on the first pattern: it takes 20 ms and few paths have a pattern."""
    return importlib.import_module("regex")


def _engine_flags(engine: Any, flags: str) -> Any:
    result = engine.VERSION1 | (engine.UNICODE if set(flags) & set("uU") else engine.ASCII)
    for letter, flag in (("i", engine.IGNORECASE), ("x", engine.VERBOSE), ("s", engine.DOTALL)):
        result |= flag if letter in flags else 0
    return result


class _Translator:
    """Walks over the expression once."""

    def __init__(self, text: str, flags: str) -> None:
        self.text = text
        self.pos = 0
        self.dot = "." if "s" in flags else r"[^\n]" if "d" in flags else _NO_LINE_END
        self.line_end = r"\n" if "d" in flags else _LINE_END
        self.lines = "m" in flags
        self.unicode = "U" in flags

    def run(self) -> str:
        pieces: list[str] = []
        while self.pos < len(self.text):
            char = self.text[self.pos]
            self.pos += 1
            pieces.append(self._piece(char))
        return "".join(pieces)

    def _piece(self, char: str) -> str:
        if char == "\\":
            return self._escape(in_class=False)
        if char == "[":
            return self._class()
        if char == ".":
            return self.dot
        if char == "$":
            return rf"(?={self.line_end}|\Z)" if self.lines else rf"(?={self.line_end}?\Z)"
        if char == "^":
            return rf"(?:\A|(?<={self.line_end})(?!\Z))" if self.lines else r"\A"
        if char == "(" and self.text.startswith("?", self.pos):
            return self._group()
        if char == "{" and not _QUANTIFIER.match(self.text, self.pos):
            raise RegexError("no regular expression: { begins no repetition")
        return char

    def _group(self) -> str:
        """`(?…`: inline flags are told apart from the groups that both languages write alike."""
        end = self.pos + 1
        while end < len(self.text) and self.text[end] in FLAGS + "-":
            end += 1
        letters = self.text[self.pos + 1 : end]
        if not letters or self.text[end : end + 1] not in (":", ")"):
            return "("
        on, _, off = letters.partition("-")
        if "s" in on:
            self.dot = "."
        if "s" in off:
            self.dot = _NO_LINE_END
        self.lines = (self.lines or "m" in on) and "m" not in off
        kept_on, kept_off = "".join(c for c in on if c in "ix"), "".join(c for c in off if c in "ix")
        closing = self.text[end]
        self.pos = end + 1
        shown = kept_on + (f"-{kept_off}" if kept_off else "")
        if closing == ":":
            return f"(?{shown}:" if shown else "(?:"
        return f"(?{shown})" if shown else ""

    def _escape(self, *, in_class: bool) -> str:
        if self.pos >= len(self.text):
            raise RegexError("the expression ends with a backslash")
        char = self.text[self.pos]
        self.pos += 1
        if char == "Q":
            return self._quoted()
        if char in "pP":
            return self._property(negated=char == "P", in_class=in_class)
        if char.lower() in _CLASSES and not (self.unicode and char.lower() in "dws"):
            negated = char.isupper()
            inner = _CLASSES[char.lower()]
            return f"[^{inner}]" if negated else inner if in_class else f"[{inner}]"
        if char == "Z":
            return rf"(?={self.line_end}?\Z)"
        if not in_class and char in _PLAIN:
            return _PLAIN[char]
        return self._character(char)

    def _character(self, char: str) -> str:
        if char == "0":
            return self._octal()
        if char == "c":
            self.pos += 1
            return rf"\x{ord(self.text[self.pos - 1]) ^ 64:02X}" if self.pos <= len(self.text) else "\\c"
        if char == "e":
            return r"\x1B"
        if char == "x" and self.text.startswith("{", self.pos):
            end = self.text.find("}", self.pos)
            digits = self.text[self.pos + 1 : end]
            self.pos = end + 1
            return rf"\U{int(digits, 16):08X}"
        if char.isascii() and char.isalpha() and char not in "tnrfabBdDwWsSuxkNvhHV":
            raise RegexError(f"no regular expression: \\{char} is unknown")
        return "\\" + char

    def _octal(self) -> str:
        start = self.pos
        while self.pos < len(self.text) and self.pos - start < 3 and self.text[self.pos] in "01234567":
            self.pos += 1
        if start == self.pos:
            raise RegexError("no regular expression: \\0 needs octal digits")
        return rf"\x{int(self.text[start : self.pos], 8) & 255:02X}"

    def _quoted(self) -> str:
        end = self.text.find("\\E", self.pos)
        end = len(self.text) if end < 0 else end
        quoted = self.text[self.pos : end]
        self.pos = end + 2
        return "".join(char if char.isalnum() else f"\\{char}" for char in quoted)

    def _property(self, *, negated: bool, in_class: bool) -> str:
        name = self.text[self.pos : self.pos + 1]
        if name == "{":
            end = self.text.find("}", self.pos)
            if end < 0:
                raise RegexError("no regular expression: \\p{ is not closed")
            name = self.text[self.pos + 1 : end]
            self.pos = end
        self.pos += 1
        if name in _POSIX:
            inner = _POSIX[name]
            return f"[^{inner}]" if negated else inner if in_class else f"[{inner}]"
        known = name.removeprefix("Is") if name[:2] == "Is" else name
        if name[:2] == "In":
            known = f"Block={name[2:]}"
        return rf"\{'P' if negated else 'p'}{{{known}}}"

    def _class(self) -> str:
        """A class, with the classes nested in it; `&&` means the same in both languages."""
        pieces = ["["]
        if self.text.startswith("^", self.pos):
            pieces.append("^")
            self.pos += 1
        first = True
        while self.pos < len(self.text):
            char = self.text[self.pos]
            self.pos += 1
            if char == "]" and not first:
                return "".join([*pieces, "]"])
            pieces.append(self._class_piece(char))
            first = False
        raise RegexError("no regular expression: a class is not closed")

    def _class_piece(self, char: str) -> str:
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape(in_class=True)
        if char == "&" and self.text.startswith("&", self.pos):
            self.pos += 1
            return "&&"
        if char in "|~&]" or (char == "-" and self.text.startswith("-", self.pos)):
            return f"\\{char}"
        return char
