r"""`$esc`: the EscapeTool of velocity-tools 3.1 and what Genesys Cloud adds to it.

Added, after the help page: `jsonString`, `jsonEncode` (the same), `jsonDecode`, `uriEncode`, `urlFormEncode`.
Null gives null, so an unset argument leaves the call as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html.entities import codepoint2name
from json.encoder import encode_basestring
from typing import Any
from urllib.parse import quote, quote_plus, unquote_to_bytes

from ringback.lang.velocity.errors import MethodFailed
from ringback.lang.velocity.limits import checked_text
from ringback.lang.velocity.method import Method, Table
from ringback.lang.velocity.methods_text import narrow, wide
from ringback.lang.velocity.values import text_of

_NAMED = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
_JAVA: Mapping[int, str] = {**{code: f"\\u{code:04X}" for code in range(32)}, **_NAMED, 34: '\\"', 92: "\\\\"}
_SCRIPT: Mapping[int, str] = {**_JAVA, 39: "\\'", 47: "\\/"}
_HTML: Mapping[int, str] = {code: f"&{name};" for code, name in codepoint2name.items()}
_XML: Mapping[int, str] = {
    **dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], ""),
    **{code: f"&#{code};" for code in (*range(0x7F, 0x85), *range(0x86, 0xA0))},
    34: "&quot;",
    38: "&amp;",
    39: "&apos;",
    60: "&lt;",
    62: "&gt;",
}
_PROPERTY: Mapping[int, str] = {
    **{ord(char): f"\\{char}" for char in "\\=:#!"},
    9: "\\t",
    10: "\\n",
    12: "\\f",
    13: "\\r",
}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_NOT_PLAIN = re.compile(r"[^\x20-\x7e]")
_JSON_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_JSON_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BAD_HEX = re.compile(r"%(?![0-9a-fA-F]{2})")


def _escape(change: Callable[[str], str]) -> tuple[Method, ...]:
    """A method of one argument that gives null for null and works on the text of anything else."""

    def run(_tool: Any, value: Any) -> str | None:
        return None if value is None else checked_text(change(text_of(value)))

    return (Method("o", run),)


def _units(text: str) -> str:
    r"""Characters outside ASCII as `\uXXXX`, one for each UTF-16 unit."""
    return _NOT_ASCII.sub(lambda found: f"\\u{ord(found[0]):04X}", wide(text))


def java(text: str) -> str:
    """Escapes of a Java string literal."""
    return _units(text.translate(_JAVA))


def javascript(text: str) -> str:
    """Escapes of a JavaScript string literal."""
    return _units(text.translate(_SCRIPT))


def html(text: str) -> str:
    """HTML 4 entities; the apostrophe stays."""
    return text.translate(_HTML)


def xml(text: str) -> str:
    """XML 1.0 entities; characters that XML cannot hold go."""
    return text.translate(_XML)


def sql(text: str) -> str:
    """Apostrophes doubled."""
    return text.replace("'", "''")


def json_string(text: str) -> str:
    """Escapes of a JSON string, without quotes around it; `/` and characters outside ASCII stay."""
    return encode_basestring(text)[1:-1]


def json_decode(text: str) -> str:
    """The reverse of `json_string`; what is no JSON escape stays as it is."""

    def character(found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1], 16))
        if found[2] in {'"', "\\", "/"}:
            return found[2]
        return _JSON_LETTERS.get(found[2], found[0])

    return narrow(_JSON_ESCAPE.sub(character, text))


def url(text: str) -> str:
    """Form encoding in UTF-8: a blank is `+`; letters, digits and `.-*_` stay."""
    return quote_plus(text, safe="*", errors="replace").replace("~", "%7E")


def uri_encode(text: str) -> str:
    """Percent encoding in UTF-8: a blank is `%20`; letters, digits and `-._~` stay."""
    return quote(text, safe="", errors="replace")


def unurl(text: str) -> str:
    """The reverse of `url`."""
    if _BAD_HEX.search(text):
        raise MethodFailed(
            "IllegalArgumentException", "URLDecoder: Illegal hex characters in escape (%) pattern"
        )
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


def _property(text: str) -> str:
    return _NOT_PLAIN.sub(lambda found: f"\\u{ord(found[0]):04x}", wide(text.translate(_PROPERTY)))


def property_key(text: str) -> str:
    """The key of a .properties file."""
    return _property(text).replace(" ", "\\ ")


def property_value(text: str) -> str:
    """The value of a .properties file; only a leading blank is escaped."""
    escaped = _property(text)
    return "\\" + escaped if escaped.startswith(" ") else escaped


def unicode_character(text: str) -> str:
    r"""The character of a hexadecimal code such as `00e9` or `\u00e9`."""
    digits = text.removeprefix("\\u")
    try:
        return chr(int(digits, 16)) if digits.isalnum() else chr(-1)
    except (ValueError, OverflowError):
        raise MethodFailed("NumberFormatException", f'For input string: "{digits}" under radix 16') from None


def velocity(text: str) -> str:
    """Dollar and hash signs as references to this tool."""
    return text.replace("#", "\0").replace("$", "${esc.d}").replace("\0", "${esc.h}")


def _constant(text: str) -> tuple[Method, ...]:
    return (Method("", lambda _tool: text),)


METHODS: Table = {
    "java": _escape(java),
    "javascript": _escape(javascript),
    "html": _escape(html),
    "xml": _escape(xml),
    "sql": _escape(sql),
    "url": _escape(url),
    "unurl": _escape(unurl),
    "unicode": _escape(unicode_character),
    "velocity": _escape(velocity),
    "propertyKey": _escape(property_key),
    "propertyValue": _escape(property_value),
    "jsonString": _escape(json_string),
    "jsonEncode": _escape(json_string),
    "jsonDecode": _escape(json_decode),
    "uriEncode": _escape(uri_encode),
    "urlFormEncode": _escape(url),
    "getKey": _constant("esc"),
    "getDollar": _constant("$"),
    "getD": _constant("$"),
    "getHash": _constant("#"),
    "getH": _constant("#"),
    "getBackslash": _constant("\\"),
    "getB": _constant("\\"),
    "getQuote": _constant('"'),
    "getQ": _constant('"'),
    "getSingleQuote": _constant("'"),
    "getS": _constant("'"),
    "getNewline": _constant("\n"),
    "getN": _constant("\n"),
    "getExclamation": _constant("!"),
    "getE": _constant("!"),
}
