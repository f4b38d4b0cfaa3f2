"""The core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema): what a plain scalar means.

Architect's exporter writes `Yes`, `no`, `Y` and `on` without quotes and means text, which is what this
schema says; the YAML 1.1 rules that most Python tools follow would make booleans of them.
"""

from __future__ import annotations

import re

from ringback.documents.node import Scalar

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_SPECIAL = re.compile(r"[-+]?(?:\.inf|\.Inf|\.INF)\Z|(?:\.nan|\.NaN|\.NAN)\Z")

# Longer digit strings are no numbers that anyone computes with; Python refuses to print integers far above.
LONGEST_NUMBER = 1_000


def plain_scalar(text: str) -> Scalar:
    """The value of an unquoted scalar.

    >>> [plain_scalar(text) for text in ("true", "yes", "0123", "0x1F", "1e3", "~", "12:30:00")]
    [True, 'yes', 123, 31, 1000.0, None, '12:30:00']
    """
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text[0] not in "-+.0123456789" or len(text) > LONGEST_NUMBER:
        return text
    return _number(text)


def _number(text: str) -> Scalar:
    if _INT.match(text):
        return int(text)
    if _BASED.match(text):
        return int(text[2:], 8 if text[1] == "o" else 16)
    if _FLOAT.match(text):
        return float(text)
    if _SPECIAL.match(text):
        return float(text.replace(".", "", 1))
    return text
