"""Cases in text files: `=== name`, a document, `--- says`, the full error text."""

from __future__ import annotations

from pathlib import Path

import pytest


def document_cases(name: str) -> list[object]:
    """(document, error text) of each case of a file beside this module."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    cases = []
    for case in text.removeprefix("=== ").split("\n=== "):
        title, _, rest = case.partition("\n")
        document, _, message = rest.partition("\n--- says\n")
        cases.append(pytest.param(document, message.strip("\n"), id=title))
    return cases
