"""Limits of one path and one reading; each is a `LimitError` named `jsonpath_…`.

None of them is Jayway's: they keep a path that somebody typed from stopping the whole simulation.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ringback.core.errors import LimitError
from ringback.core.span import Span

PATH_LENGTH = 10_000  # characters of a path
PATH_STEPS = 200  # steps of a path, those of its filters and arguments included: each is a Python call deep
PATH_NESTING = 24  # filters, brackets and calls inside each other
DOCUMENT_DEPTH = 1_000  # levels that a deep scan, a comparison or a copy goes down
RESULT_SIZE = 200_000  # values that one reading returns
NODE_VISITS = 5_000_000  # values that one reading looks at
REGEX_SIZE = 100_000  # pieces of a regular expression, those of `{n}` counted n times
REGEX_SECONDS = 2.0  # all matches of regular expressions in one reading

LIMITS = {
    "jsonpath_length": f"A path has at most {PATH_LENGTH:,} characters.",
    "jsonpath_steps": f"A path has at most {PATH_STEPS} steps, its filters and arguments included.",
    "jsonpath_nesting": f"Filters, brackets and calls stand at most {PATH_NESTING} deep in each other.",
    "jsonpath_document_depth": f"A scan or comparison goes at most {DOCUMENT_DEPTH:,} levels down.",
    "jsonpath_result_size": f"One reading returns at most {RESULT_SIZE:,} values.",
    "jsonpath_node_visits": f"One reading looks at no more than {NODE_VISITS:,} values.",
    "jsonpath_regex_size": f"A regular expression has at most {REGEX_SIZE:,} pieces, repeated ones included.",
    "jsonpath_regex_time": f"The regular expressions of one reading take at most {REGEX_SECONDS:g} seconds.",
}


@dataclass(slots=True)
class Meter:
    """What one reading, with everything inside its filters, may still look at."""

    visits: int = field(default_factory=lambda: NODE_VISITS)
    regex_seconds: float = REGEX_SECONDS
    worn: set[tuple[int, int]] = field(default_factory=set)  # calls whose argument can be read only once

    def spend(self, count: int) -> None:
        """Count `count` values; LimitError when there are too many."""
        self.visits -= count
        if self.visits < 0:
            raise exceeded("jsonpath_node_visits")


def exceeded(limit: str, span: Span | None = None, *, hint: str = "") -> LimitError:
    """The error for one of `LIMITS`."""
    return LimitError(LIMITS[limit], limit=limit, span=span, hint=hint)
