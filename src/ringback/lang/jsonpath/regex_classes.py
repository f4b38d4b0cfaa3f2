r"""Sets of characters in Java regular expressions: `\d`, `\p{…}`, and how letters fold.

Each is given as the inside of a class of the `regex` module.
"""

from __future__ import annotations

import re

_WORD, _SPACE = "a-zA-Z0-9_", r" \t-\r"
_CLASSES = {
    "d": "0-9",
    "w": _WORD,
    "s": _SPACE,
    "h": r" \t\xA0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000",
    "v": r"\n-\r\x85\u2028\u2029",
}
_UNICODE_CLASSES = {"d": r"\p{Nd}", "w": r"\w\u200C\u200D", "s": r"\p{White_Space}"}
_POSIX = {
    "Lower": "a-z", "Upper": "A-Z", "ASCII": r"\x00-\x7F", "Alpha": "a-zA-Z", "Digit": "0-9",
    "Alnum": "a-zA-Z0-9", "Punct": r"!-/:-@\[-`\{-\~", "Graph": r"!-\~", "Print": r" -\~", "Blank": r" \t",
    "Cntrl": r"\x00-\x1F\x7F", "XDigit": "0-9a-fA-F", "Space": _SPACE,
}  # fmt: skip
_UNICODE_POSIX = {
    "Lower": r"\p{Lowercase}", "Upper": r"\p{Uppercase}", "Alpha": r"\p{Alphabetic}", "Digit": r"\p{Nd}",
    "Alnum": r"\p{Alphabetic}\p{Nd}", "Punct": r"\p{P}", "Blank": r"\p{Zs}\t", "Cntrl": r"\p{Cc}",
    "XDigit": r"\p{Nd}\p{Hex_Digit}", "Space": r"\p{White_Space}",
}  # fmt: skip
_JAVA = {
    "javaLowerCase": r"\p{Lowercase}", "javaUpperCase": r"\p{Uppercase}", "javaTitleCase": r"\p{Lt}",
    "javaAlphabetic": r"\p{Alphabetic}", "javaIdeographic": r"\p{Ideographic}", "javaDigit": r"\p{Nd}",
    "javaLetter": r"\p{L}", "javaLetterOrDigit": r"\p{L}\p{Nd}", "javaDefined": r"\P{Cn}",
    "javaMirrored": r"\p{Bidi_Mirrored}", "javaSpaceChar": r"\p{Z}", "javaISOControl": r"\p{Cc}",
    "javaWhitespace": r"\t-\r\x1C-\x1F \u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000",
}  # fmt: skip
_CATEGORY = re.compile(r"C[cfnos]?|L[lmotuC]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?")
_BINARY = {
    "ALPHABETIC": "Alphabetic", "IDEOGRAPHIC": "Ideographic", "LETTER": "L", "LOWERCASE": "Lowercase",
    "UPPERCASE": "Uppercase", "TITLECASE": "Lt", "PUNCTUATION": "P", "CONTROL": "Cc", "DIGIT": "Nd",
    "WHITESPACE": "White_Space", "WHITE_SPACE": "White_Space", "ALNUM": "Alnum", "HEXDIGIT": "Hex_Digit",
    "HEX_DIGIT": "Hex_Digit", "JOINCONTROL": "Join_Control", "JOIN_CONTROL": "Join_Control",
    "NONCHARACTERCODEPOINT": "Noncharacter_Code_Point", "NONCHARACTER_CODE_POINT": "Noncharacter_Code_Point",
}  # fmt: skip
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_ -]*")
_CASED = {"Lower", "Upper", "javaLowerCase", "javaUpperCase", "javaTitleCase", "Lu", "Ll", "Lt"}


class RegexError(ValueError):
    """The expression is no Java regular expression, or none that this translation knows."""


def shorthand(letter: str, *, unicode: bool) -> str | None:
    r"""The inside of `\d`, `\w`, `\s`, `\h` or `\v`; None for another letter."""
    if unicode and letter in _UNICODE_CLASSES:
        return _UNICODE_CLASSES[letter]
    return _CLASSES.get(letter)


def named(name: str, flags: str) -> str:
    r"""The inside of `\p{name}`; RegexError for a name that Java does not know."""
    if "i" in flags and name in _CASED:
        return "a-zA-Z" if name in _POSIX and "U" not in flags else r"\p{Lu}\p{Ll}\p{Lt}"
    if name in _POSIX:
        return _UNICODE_POSIX.get(name, _POSIX[name]) if "U" in flags else _POSIX[name]
    if name in _JAVA:
        return _JAVA[name]
    if name in ("all", "L1", "LD"):
        return {"all": r"\s\S", "L1": r"\x00-\xFF", "LD": r"\p{L}\p{Nd}"}[name]
    return rf"\p{{{_property(name)}}}"


def _property(name: str) -> str:
    key, equals, value = name.partition("=")
    if equals:
        kinds = {"sc": "Script", "script": "Script", "blk": "Block", "block": "Block"}
        kinds |= {"gc": "General_Category", "general_category": "General_Category"}
        if key.lower() in kinds and _NAME.fullmatch(value):
            return f"{kinds[key.lower()]}={value}"
    elif name.startswith("In") and _NAME.fullmatch(name[2:]):
        return f"Block={name[2:]}"
    elif name.startswith("Is") and name[2:].upper() in _BINARY:
        return _BINARY[name[2:].upper()]
    elif _CATEGORY.fullmatch(name.removeprefix("Is")):
        return name.removeprefix("Is").replace("LC", "L&")
    elif name.startswith("Is") and _NAME.fullmatch(name[2:]):
        return f"Script={name[2:]}"
    raise RegexError(f"no regular expression: \\p{{{name}}} is unknown")


def literal(char: str) -> str:
    """The character as it stands in an expression or class of the `regex` module."""
    if char.isalnum() or char == "_" or ord(char) > 127:
        return char
    return f"\\{char}" if char.isprintable() else f"\\x{ord(char):02X}"


def span(first: str, last: str, *, fold: bool) -> str:
    """A range of characters; with `fold` also the same ASCII letters in the other case."""
    text = literal(first) if first == last else f"{literal(first)}-{literal(last)}"
    if not fold:
        return text
    for low, high, shift in (("a", "z", -32), ("A", "Z", 32)):
        start, end = max(first, low), min(last, high)
        if start <= end:
            text += f"{chr(ord(start) + shift)}-{chr(ord(end) + shift)}"
    return text
