"""Routes: which function answers which operation, found through a tree of path segments.

Six hundred operations would make a list of patterns slow; the tree takes one look-up per segment. A fixed
segment wins over a parameter, as `/flows/jobs` does over `/flows/{flowId}`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ringback.platform.catalogue import Operation, Parameter, PermissionsMode, find
from ringback.platform.catalogue import local as declare

if TYPE_CHECKING:
    from ringback.platform.call import Call

Handler = Callable[["Call"], object]
# read: inside a read connection; write: inside one transaction with its audit entry; free: opens what it
# needs itself, in a thread, since it talks to the network or runs a flow.
Mode = Literal["read", "write", "free"]
_FILES = ("/_ringback/uploads/", "/_ringback/downloads/")


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One operation that is served.

    Attributes:
        operation: method, path, permissions, models; from the catalogue, or declared here when it is local.
        handler: answers the call; see `Call`.
        mode: what the handler needs of the store.
        status: status of a good answer.
        errors: further statuses that a caller may see, beside the common ones.
        content_type: of a good answer.
        public: answers without a token.
        raw: the handler reads the body itself; it need not be JSON.
        request: type of a body in the catalogue's notation, or a JSON Schema, instead of the operation's.
        response: a JSON Schema instead of the operation's response.
    """

    operation: Operation
    handler: Handler
    mode: Mode
    status: int = 200
    errors: tuple[int, ...] = ()
    content_type: str = "application/json"
    public: bool = False
    raw: bool = False
    request: str | dict[str, Any] | None = None
    response: dict[str, Any] | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.operation.method

    @property
    def path(self) -> str:
        """The path template."""
        return self.operation.path

    @property
    def steers(self) -> bool:
        """Whether it steers the server itself; faults and rate limits do not apply to it.

        Uploads and downloads do not: they stand for those of S3, which fail as well.
        """
        return self.operation.path.startswith("/_ringback/") and not self.operation.path.startswith(_FILES)


@dataclass(frozen=True, slots=True)
class Local:
    """What the catalogue would say of an operation that only the local platform has.

    Attributes:
        permissions: what the caller must hold.
        mode: `ALL` of them or `ANY` of them.
        query: its query parameters.
    """

    permissions: tuple[str, ...] = ()
    mode: PermissionsMode = "ALL"
    query: tuple[Parameter, ...] = ()

    def operation(self, method: str, path: str) -> Operation:
        """The operation at a path."""
        return declare(method, path, permissions=self.permissions, mode=self.mode, query=self.query)


@dataclass(slots=True)
class Routes:
    """The routes of one resource module; `@routes.get("/api/v2/…")` adds one."""

    entries: list[Route] = field(default_factory=list)

    def serve(
        self,
        method: str,
        path: str,
        *,
        mode: Mode | None = None,
        local: Local | None = None,
        **more: Any,
    ) -> Callable[[Handler], Handler]:
        """Answer an operation with the decorated function.

        Args:
            method: HTTP method.
            path: path template, exactly as in the catalogue for a real operation.
            mode: see `Mode`; GET and HEAD read, everything else writes unless told otherwise.
            local: for an operation that the real platform lacks: its permissions and parameters.
            more: the other attributes of `Route`.

        Raises:
            LookupError: the catalogue has no such operation and it `local` is not given.
        """
        operation = local.operation(method, path) if local else find(method, path)
        if operation is None:
            raise LookupError(f"{method} {path} is no operation of the Platform API; give local=Local(…)")
        chosen: Mode = mode or ("read" if method in {"GET", "HEAD"} else "write")

        def add(handler: Handler) -> Handler:
            self.entries.append(Route(operation, handler, chosen, **more))
            return handler

        return add

    def get(self, path: str, **more: Any) -> Callable[[Handler], Handler]:
        """Serve a GET."""
        return self.serve("GET", path, **more)

    def post(self, path: str, **more: Any) -> Callable[[Handler], Handler]:
        """Serve a POST."""
        return self.serve("POST", path, **more)

    def put(self, path: str, **more: Any) -> Callable[[Handler], Handler]:
        """Serve a PUT."""
        return self.serve("PUT", path, **more)

    def patch(self, path: str, **more: Any) -> Callable[[Handler], Handler]:
        """Serve a PATCH."""
        return self.serve("PATCH", path, **more)

    def delete(self, path: str, **more: Any) -> Callable[[Handler], Handler]:
        """Serve a DELETE."""
        return self.serve("DELETE", path, **more)


class _Node:
    """One segment of the tree: fixed children, one child for a parameter, and what ends here."""

    __slots__ = ("ends", "fixed", "parameter")

    def __init__(self) -> None:
        self.fixed: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.ends: dict[str, tuple[Route | Operation, tuple[str, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Match:
    """What a path leads to: `found` by method, empty when nothing is there; `values` of the parameters."""

    found: dict[str, tuple[Route | Operation, tuple[str, ...]]]
    values: tuple[str, ...]


_NOTHING = Match({}, ())


class Router:
    """Path and method → route, or the operation that is known and not served."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, method: str, path: str, *, target: Route | Operation) -> None:
        """Put a target at a path template; the first one at a place stays."""
        node, names = self._root, []
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.fixed.setdefault(segment, _Node())
        node.ends.setdefault(method, (target, tuple(names)))

    def match(self, path: str) -> Match:
        """What stands at a path, whatever the method.

        Args:
            path: the raw path of the request, still percent-encoded.
        """
        node, segments, values = self._root, path.strip("/").split("/"), []
        # Straight down; only where a fixed segment led astray is the whole tree searched.
        for segment in segments:
            if child := node.fixed.get(segment):
                node = child
            elif node.parameter and segment:
                node = node.parameter
                values.append(segment)
            else:
                return _search(self._root, segments, at=0, values=()) or _NOTHING
        if node.ends:
            return Match(node.ends, tuple(values))
        return _search(self._root, segments, at=0, values=()) or _NOTHING


def _search(node: _Node, segments: list[str], *, at: int, values: tuple[str, ...]) -> Match | None:
    """The same with every way tried, a fixed segment before a parameter."""
    if at == len(segments):
        return Match(node.ends, values) if node.ends else None
    segment = segments[at]
    if child := node.fixed.get(segment):
        found = _search(child, segments, at=at + 1, values=values)
        if found:
            return found
    if node.parameter and segment:
        return _search(node.parameter, segments, at=at + 1, values=(*values, segment))
    return None
