"""A tree of nodes as YAML in Architect's layout.

Two blanks for each level, lists indented below their key, every scalar on one line, double quotes where
plain text would not do. "Would not do" is judged by the readers of YAML 1.1 and of YAML 1.2 alike: `yes`,
`on`, `1_000`, `12:30` and `0o7` are text to one and something else to the other, so they are quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringback.documents import Node, Scalar
from ringback.documents.schema import plain_scalar

_INDENT = "  "
# A mapping's key may be longer only when it is announced by a question mark (YAML 1.2, 7.4.2).
_LONGEST_KEY = 1_000
_WORDS_1_1 = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "", "=", "<<"])
_NUMBER_1_1 = re.compile(
    r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|\.[0-9_]+(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|\.(?:inf|Inf|INF))\Z"
    r"|\.(?:nan|NaN|NAN)\Z"
)
_DATE_1_1 = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
# What YAML forbids at the beginning or inside of plain text, and `(`, `.`, `/`, `^`, a colon or a backslash,
# where Architect's exporter writes quotes although plain text would do.
_FIRST = frozenset("-?,[]{}#&*!|>'\"%@`/(.^ \t")
_INSIDE = re.compile(r"[:\\]|\s#|[^ -~\u00a1-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\s]\Z")
_ESCAPED = re.compile(
    r'["\\]|[^ -~\u00a1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]'
)
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def to_yaml(node: Node) -> str:
    """The text of a document, with a line break at its end."""
    return "".join(f"{line}\n" for line in _block(node, ""))


def scalar_text(value: Scalar, text: str = "") -> str:
    """One scalar on one line.

    Args:
        value: what it means.
        text: how a number was written; kept when it still means that.

    >>> [scalar_text(value) for value in ("no", "a b", "a: b", "1", 1, True, None, 1e3)]
    ['"no"', 'a b', '"a: b"', '"1"', '1', 'true', 'null', '1000.0']
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if is_plain(value) else quoted(value)
    if text and isinstance(again := plain_scalar(text), int | float) and again == value:
        return text
    return str(value) if isinstance(value, int) else _float(value)


def _float(value: float) -> str:
    """With a point, which a reader of YAML 1.1 needs to see a number."""
    shown = repr(value)
    if shown in ("inf", "-inf", "nan"):
        return shown.replace("inf", ".inf").replace("nan", ".nan")
    digits, exponent, power = shown.partition("e")
    return f"{digits if '.' in digits else f'{digits}.0'}{exponent}{power}"


def is_plain(text: str) -> bool:
    """Whether text may stand without quotes and stays text for every reader.

    >>> is_plain("Main menu"), is_plain("Yes"), is_plain("12:30"), is_plain("2025-01-02")
    (True, False, False, False)
    """
    if text.lower() in _WORDS_1_1 or text[0] in _FIRST or not isinstance(plain_scalar(text), str):
        return False
    if _INSIDE.search(text) or text.startswith(("--- ", "... ")) or text in ("---", "..."):
        return False
    return not (_NUMBER_1_1.match(text) or _DATE_1_1.match(text))


def quoted(text: str) -> str:
    r"""Text in double quotes.

    >>> quoted('say "hi"\n')
    '"say \\"hi\\"\\n"'
    """
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _block(node: Node, indent: str) -> Iterator[str]:
    """The lines of a value that begins on a line of its own."""
    if node.is_map and node.value:
        for key, member in node.items():
            yield from _member(key, member, indent=indent)
    elif node.is_list and node.value:
        for item in node:
            yield from _item(item, indent)
    else:
        yield f"{indent}{_inline(node)}"


def _member(key: str, member: Node, *, indent: str) -> Iterator[str]:
    shown = scalar_text(key)
    if len(shown) > _LONGEST_KEY:
        yield f"{indent}? {shown}"
        shown = ""
    if (member.is_map or member.is_list) and member.value:
        yield f"{indent}{shown}:"
        yield from _block(member, indent + _INDENT)
    else:
        yield f"{indent}{shown}: {_inline(member)}"


def _item(item: Node, indent: str) -> Iterator[str]:
    """`- ` and the value; a mapping's first key stands on the same line."""
    lines = _block(item, indent + _INDENT)
    yield f"{indent}- {next(lines)[len(indent) + len(_INDENT) :]}"
    yield from lines


def _inline(node: Node) -> str:
    """A scalar, or an empty collection."""
    if isinstance(node.value, str | int | float | None):
        return scalar_text(node.value, node.text)
    return "{}" if node.is_map else "[]"
