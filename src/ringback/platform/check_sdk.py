"""Which operations of the official SDK the local platform answers.

The catalogue names the operations as the Python SDK does. Where that package is installed, its own methods
are read as well, from its source and without importing it, which would take seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import msgspec

from ringback.platform.catalogue import Operation, find, operations
from ringback.platform.resources import all_routes

__all__ = ["PACKAGE", "Method", "Report", "lines", "missing", "report", "sdk_methods", "served"]

PACKAGE = "PureCloudPlatformClientV2"
# served: it answers. not-implemented: 501 with the operation's name. unknown: 404, since the catalogue does
# not hold it.
Standing = Literal["served", "not-implemented", "unknown"]
_METHOD = re.compile(
    r"^    def (?P<name>(?:get|head|post|put|patch|delete)_\w+)\(self.*?"
    r"resource_path = '(?P<path>[^']+)'.*?call_api\(resource_path, '(?P<verb>\w+)'",
    re.DOTALL | re.MULTILINE,
)


class Method(msgspec.Struct, frozen=True):
    """One method of the SDK.

    Attributes:
        name: of the Python method.
        method: HTTP method.
        path: path template.
        standing: what a call of it comes to.
    """

    name: str
    method: str
    path: str
    standing: Standing


class Report(msgspec.Struct, frozen=True):
    """What works.

    Attributes:
        sdk: version of the package that was read; "" when the operations are those of the catalogue.
        methods: every method, by path.
    """

    sdk: str
    methods: tuple[Method, ...]

    def count(self, standing: Standing) -> int:
        """How many methods stand so."""
        return sum(each.standing == standing for each in self.methods)


def report() -> Report:
    """What works of the SDK that is installed, or of the catalogue."""
    folder = _folder()
    if folder is None:
        found = [_method(each.operation_id, each.method, path=each.path) for each in operations()]
        return Report("", _sorted(found))
    return Report(_version(), _sorted(sdk_methods(folder)))


def sdk_methods(folder: Path) -> list[Method]:
    """The methods of an SDK's classes, each once, with their standing.

    Args:
        folder: of the package; its `apis` hold the classes.
    """
    found = {}
    for source in sorted((folder / "apis").glob("*_api.py")):
        for name, path, verb in _METHOD.findall(source.read_text(encoding="utf-8")):
            found[name] = _method(name, verb, path=path)
    return list(found.values())


@cache
def served() -> frozenset[str]:
    """Operation ids of the real platform that are served."""
    return frozenset(each.operation.operation_id for each in all_routes() if not each.operation.local)


def missing() -> list[Operation]:
    """Operations of the catalogue that answer 501."""
    return [each for each in operations() if each.operation_id not in served()]


def _method(name: str, verb: str, *, path: str) -> Method:
    return Method(name, verb, path, _standing(find(verb, path)))


def _standing(operation: Operation | None) -> Standing:
    if operation is None:
        return "unknown"
    return "served" if operation.operation_id in served() else "not-implemented"


def _sorted(methods: list[Method]) -> tuple[Method, ...]:
    return tuple(sorted(methods, key=lambda each: (each.path, each.method, each.name)))


def _folder() -> Path | None:
    spec = find_spec(PACKAGE)
    return Path(spec.origin).parent if spec and spec.origin else None


def _version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "of unknown version"


def lines(found: Report) -> Iterator[str]:
    """The report for people: the figures, then what is served and what answers 501, one a line."""
    source = f"{PACKAGE} {found.sdk}" if found.sdk else f"the catalogue ({PACKAGE} is not installed)"
    yield f"Operations of {source}: {len(found.methods)}"
    yield f"  {found.count('served'):>5}  served"
    yield f"  {found.count('not-implemented'):>5}  known, answered with 501"
    if found.sdk:
        rest = found.count("unknown")
        yield f"  {rest:>5}  of other areas, answered with 404 (--output-format json lists them)"
    for standing, title in (("served", "Served:"), ("not-implemented", "Answered with 501:")):
        yield ""
        yield title
        for each in found.methods:
            if each.standing == standing:
                yield f"  {each.method:<6} {each.path}  {each.name}"
