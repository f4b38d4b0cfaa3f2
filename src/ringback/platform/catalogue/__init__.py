"""The operations and models of the Genesys Cloud Platform API, as data.

`operations.json` and `models.json` hold what the official SDKs (Python 269, JavaScript 262) and the official
command line's sources say about 717 operations and 1,071 models; `build.py` writes both. Nothing is read
before it is asked for.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

__all__ = [
    "Field",
    "Model",
    "Operation",
    "Parameter",
    "find",
    "is_entity",
    "local",
    "models",
    "operations",
    "read_only",
]

PermissionsMode = Literal["ANY", "ALL", "NO"]
_PARAMETER = re.compile(r"\{([^}]*)\}")


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True):
    """One query parameter.

    Attributes:
        name: as in the URL.
        type: `str`, `int`, `bool`, `datetime`, or a list of one of them such as `list[str]`.
        required: the request is refused without it.
        enum: allowed values where they are known, compared without regard to case.
        minimum: smallest allowed number.
        maximum: largest allowed number.
    """

    name: str
    type: str = "str"
    required: bool = False
    enum: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


class Operation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One operation of the Platform API, or a local one.

    Attributes:
        method: HTTP method, upper case.
        path: path template such as `/api/v2/flows/{flowId}`.
        operation_id: name of the Python SDK's method; unique.
        group: the resource it belongs to, such as `architect.flows`.
        permissions: `domain:entity:action`.
        permissions_mode: `ANY` one suffices, `ALL` are needed, `NO` none is.
        request: type of the body, in the notation of `Field.type`; None without a body.
        request_required: a body must be there.
        response: type of a good answer; None without a body.
        query: the query parameters.
        window: largest `pageNumber` times `pageSize`; 0 where none is known.
        deprecated: as the SDKs mark it.
        preview: as the SDKs mark it.
        status: status of a good answer, a hint from the command line's response texts.
        accept: media type of a good answer.
        local: the real platform has no such operation.
    """

    method: str
    path: str
    operation_id: str
    group: str = ""
    permissions: tuple[str, ...] = ()
    permissions_mode: PermissionsMode = "NO"
    request: str | None = None
    request_required: bool = False
    response: str | None = None
    query: tuple[Parameter, ...] = ()
    window: int = 0
    deprecated: bool = False
    preview: bool = False
    status: int = 200
    accept: str = "application/json"
    local: bool = False

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """Names of the path parameters, in order."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def summary(self) -> str:
        """The operation's name in words."""
        return self.operation_id.replace("_", " ")

    @property
    def partial(self) -> bool:
        """A PATCH whose body is the entity itself carries only what changes; others have their own model."""
        return self.method == "PATCH" and self.request is not None and is_entity(self.request)


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field of a model.

    Attributes:
        type: `str`, `int`, `float`, `bool`, `datetime`, `date`, `object` (any JSON value), a model's name,
            `list[…]` or `dict(str, …)`.
        required: a request must have it.
        enum: allowed texts; of the items when the type is a list.
        read_only: the server sets it and ignores what a request says.
    """

    type: str
    required: bool = False
    enum: tuple[str, ...] = ()
    read_only: bool = False


Model = dict[str, Field]


def local(
    method: str,
    path: str,
    *,
    permissions: tuple[str, ...] = (),
    mode: PermissionsMode = "ALL",
    request: str | None = None,
    query: tuple[Parameter, ...] = (),
) -> Operation:
    """An operation that only the local platform has.

    Args:
        method: HTTP method, upper case.
        path: path template.
        permissions: what the caller must hold.
        mode: `ALL` of them or `ANY` of them.
        request: name of a model of the body, if it has one.
        query: its query parameters.
    """
    words = [word.strip("{}_") for word in path.removeprefix("/api/v2").strip("/").split("/")]
    return Operation(
        method,
        path,
        operation_id="_".join(["local", method.lower(), *words]),
        group="local",
        permissions=permissions,
        permissions_mode=mode if permissions else "NO",
        request=request,
        request_required=request is not None,
        query=query,
        local=True,
    )


def find(method: str, path: str) -> Operation | None:
    """The operation at a path template; path parameters compare by position, whatever their names."""
    return _by_place().get((method, _PARAMETER.sub("{}", path)))


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the real platform that is known, by path and method."""
    return msgspec.json.decode(_read("operations.json"), type=tuple[Operation, ...])


@cache
def models() -> dict[str, Model]:
    """Every model by its name."""
    return msgspec.json.decode(_read("models.json"), type=dict[str, Model])


def is_entity(name: str) -> bool:
    """Whether a model is a resource of its own, which others refer to by its id."""
    return "selfUri" in models().get(name, {})


@cache
def read_only(name: str) -> frozenset[str]:
    """The fields of a model that the server sets, whatever a request says; they are not checked either."""
    return frozenset(each for each, field in models().get(name, {}).items() if field.read_only)


@cache
def _by_place() -> dict[tuple[str, str], Operation]:
    return {(each.method, _PARAMETER.sub("{}", each.path)): each for each in operations()}


def _read(name: str) -> bytes:
    return (files(__package__) / name).read_bytes()
