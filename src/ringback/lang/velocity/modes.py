"""The lexer's modes: what can stand where, the longest match first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from ringback.lang.velocity.kinds import Kind


class Mode(StrEnum):
    """The lexical modes; see `lexer`."""

    __hash__ = str.__hash__  # as in Kind

    TEXT = "text"
    HASH = "hash"
    ARGS = "args"
    ROOT = "root"
    REF = "ref"
    PROP = "prop"
    CALL = "call"
    INDEX = "index"
    ALT = "alt"


_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
WORD = r"[A-Za-z_@][A-Za-z0-9_]*"
_ANYWHERE = r"""(?P<back>\\+)|(?P<dollar>\$(?:\\*!)?)|(?P<line>\#\#)|(?P<set>\#(?:set|\{set\})[ \t]*\()
    |(?P<raw>\#\[\[)|(?P<block>\#\*)|(?P<hash>\#)"""
_BLANKS = r"(?P<newline>\r\n|\n|\r)|(?P<blank>[ \t]+)"
_NUMBERS = r"""(?P<range_start>-?[0-9]+(?=\.\.))
    |(?P<float>-?[0-9]+\.[0-9]*(?:[eE][+-]?[0-9]+)?|-?\.[0-9]+(?:[eE][+-]?[0-9]+)?|-?[0-9]+[eE][+-]?[0-9]+)
    |(?P<integer>-?[0-9]+)"""
_VALUES = rf"""{_BLANKS}|(?P<string>"(?:[^"]|"")*"|'(?:[^']|'')*')|{_NUMBERS}"""
_OPERATORS = r"""(?P<operator>&&|\|\||<=|>=|==|!=|[<>+*/%-])|(?P<not>!)|(?P<assign>=)"""
_SEPARATORS = r"(?P<comma>,)|(?P<range>\.\.)|(?P<colon>:)"
_MEMBERS = r"(?P<dot>\.(?=[A-Za-z_]))|(?P<open_index>\[)|(?P<open_formal>\{)|(?P<close_formal>\})"
_KEYWORDS = r"(?P<keyword>true|false|and|or|not|eq|ne|lt|le|gt|ge)"


def _mode(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.VERBOSE)


PATTERNS: Mapping[Mode, re.Pattern[str]] = {
    Mode.TEXT: _mode(r"(?P<text>[^\\$\#\r\n\ \t](?:[^\\$\#]*[^\\$\#\r\n\ \t])?[ \t]*)", _BLANKS, _ANYWHERE),
    Mode.HASH: _mode(
        rf"(?P<word>\{{{WORD}\}}|{WORD})",
        r"(?P<line_end>[ \t]*(?:\r\n|\n|\r))",
        r"(?P<number>-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)",
        _ANYWHERE,
    ),
    Mode.ARGS: _mode(
        rf"(?P<keyword>{WORD})",
        r"(?P<open>\()|(?P<close>\))|(?P<list_open>\[)|(?P<list_close>\])|(?P<map_open>\{)|(?P<map_close>\})",
        _VALUES,
        _SEPARATORS,
        _OPERATORS,
        _ANYWHERE,
    ),
    Mode.ROOT: _mode(
        rf"(?P<identifier>{_NAME})",
        r"(?P<open_formal>\{)|(?P<bracket>[\[\}])|(?P<line_end>[ \t]*(?:\r\n|\n|\r))",
        _ANYWHERE,
    ),
    Mode.REF: _mode(_MEMBERS, r"(?P<pipe>\|\|?)", _ANYWHERE),
    Mode.PROP: _mode(rf"(?P<identifier>{_NAME})", _MEMBERS, r"(?P<pipe>\|\|?)|(?P<call>\()", _ANYWHERE),
    Mode.CALL: _mode(
        rf"(?P<keyword>{_NAME})",
        r"(?P<return>\))|(?P<list_open>\[)|(?P<list_close>\])|(?P<map_open>\{)|(?P<map_close>\})",
        r"(?P<dot>\.(?=[A-Za-z_]))",
        _VALUES,
        _SEPARATORS,
        _OPERATORS,
        _ANYWHERE,
    ),
    Mode.INDEX: _mode(r"(?P<close_index>\])", _VALUES, _KEYWORDS, _OPERATORS, _ANYWHERE),
    Mode.ALT: _mode(
        r"(?P<list_open>\[)|(?P<list_close>\])|(?P<map_open>\{)|(?P<map_close>\})",
        _VALUES,
        _KEYWORDS,
        _SEPARATORS,
        _OPERATORS,
        _ANYWHERE,
    ),
}
DIRECTIVE_WORDS: Mapping[str, Kind] = {
    "if": Kind.IF,
    "elseif": Kind.ELSEIF,
    "else": Kind.ELSE,
    "end": Kind.END,
}
KEYWORD_KINDS: Mapping[str, Kind] = {
    "true": Kind.TRUE,
    "false": Kind.FALSE,
    "not": Kind.NOT,
    **dict.fromkeys(("and", "or", "eq", "ne", "lt", "le", "gt", "ge"), Kind.OPERATOR),
}
PLAIN_KINDS: Mapping[str, Kind] = {
    "text": Kind.TEXT,
    "newline": Kind.NEWLINE,
    "blank": Kind.BLANK,
    "string": Kind.STRING,
    "range_start": Kind.INTEGER,
    "integer": Kind.INTEGER,
    "operator": Kind.OPERATOR,
    "not": Kind.NOT,
    "assign": Kind.ASSIGN,
    "comma": Kind.COMMA,
    "range": Kind.RANGE,
    "colon": Kind.COLON,
    "list_open": Kind.OPEN_LIST,
    "list_close": Kind.CLOSE_LIST,
}
