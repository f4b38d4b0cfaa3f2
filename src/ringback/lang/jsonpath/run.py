"""The state of one reading, and what every reading knows about its options."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from ringback.core.errors import UsageError
from ringback.core.jsontypes import Json
from ringback.lang.jsonpath import limits
from ringback.lang.jsonpath.errors import Loc, Missing

OPTIONS = (
    "DEFAULT_PATH_LEAF_TO_NULL",
    "ALWAYS_RETURN_LIST",
    "AS_PATH_LIST",
    "SUPPRESS_EXCEPTIONS",
    "REQUIRE_PROPERTIES",
)
"""Jayway's names; any order, case as written here."""


class Run:
    """One evaluation of one path.

    Attributes:
        root: the document that `$` means.
        values, locs: the results and where they stand.
        leaf_null, suppress, require: the options that steps look at.
        cache: values of `$` paths inside filters, by their compiled form; inner readings share it.
        scan_index: index of the array item that a deep scan looked at last, -1 before the first.
        miss: why a definite path found nothing, noted by the step that found nothing.
    """

    __slots__ = (
        "cache", "leaf_null", "locs", "meter", "miss", "require", "root", "scan_index", "suppress", "values",
    )  # fmt: skip

    def __init__(
        self, root: Json, options: Collection[str] = (), *, meter: limits.Meter | None = None
    ) -> None:
        self.root = root
        self.values: list[Any] = []
        self.locs: list[Loc] = []
        self.leaf_null = "DEFAULT_PATH_LEAF_TO_NULL" in options
        self.suppress = "SUPPRESS_EXCEPTIONS" in options
        self.require = "REQUIRE_PROPERTIES" in options
        self.meter = meter or limits.Meter()
        self.cache: dict[int, Any] = {}
        self.scan_index = -1
        self.miss: Missing | None = None

    def inner(self) -> Run:
        """A reading inside this one: same document and options, results of its own."""
        run = Run(self.root, meter=self.meter)
        run.leaf_null, run.suppress, run.require = self.leaf_null, self.suppress, self.require
        run.cache = self.cache
        return run

    def existence(self) -> Run:
        """A reading that asks whether something is there: only REQUIRE_PROPERTIES holds."""
        return Run(self.root, ("REQUIRE_PROPERTIES",), meter=self.meter)


class Visit(Protocol):
    """A compiled step: looks at a value that stands at a place, and hands on what it selects."""

    def __call__(self, model: Any, loc: Loc, *, run: Run) -> None:
        """Hand what is selected in `model` to the next step."""


def emit(model: Any, loc: Loc, *, run: Run) -> None:
    """The end of every path: a result."""
    run.values.append(model)
    run.locs.append(loc)
    bounded(run)


def bounded(run: Run) -> None:
    """Check the number of results so far."""
    if len(run.values) > limits.RESULT_SIZE:
        raise limits.exceeded("jsonpath_result_size")


def checked_options(options: Collection[str]) -> frozenset[str]:
    """The options as a set; UsageError for an unknown name."""
    chosen = frozenset((options,) if isinstance(options, str) else options)
    unknown = sorted(chosen.difference(OPTIONS))
    if unknown:
        raise UsageError(f"unknown JSONPath option {unknown[0]!r}", hint=f"options: {', '.join(OPTIONS)}")
    return chosen
