"""The reference corpus beside the repository: read there, never copied; tests skip when it is absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the reference corpus is not beside the repository"
)


def json_lines(name: str) -> list[dict[str, Any]]:
    """The rows of a .jsonl file of the corpus; empty when the corpus is absent."""
    path = CORPUS / name
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
