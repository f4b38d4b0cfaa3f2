"""Tables of cases that read better as text files: `=== input` as a JSON string, then the full error text."""

from __future__ import annotations

import json
from pathlib import Path


def error_cases(name: str) -> list[tuple[str, str]]:
    """(input, error text) of each case of a file beside this module."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    cases = []
    for case in text.removeprefix("=== ").split("\n=== "):
        source, _, message = case.partition("\n")
        cases.append((json.loads(source), message.strip("\n")))
    return cases


def printable(error: Exception) -> str:
    """The error as users see it, control characters escaped as in the files."""
    return str(error).replace("\x01", r"\x01")
