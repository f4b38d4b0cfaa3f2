"""PATCH with `{changes: [{field, action, value}]}`: contacts, organisations, notes, relationships."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ringback.platform import errors
from ringback.platform.catalogue import models
from ringback.platform.catalogue.validation import check_body
from ringback.platform.store.reader import Body

_PATH = re.compile(r"\$(?:\.\w+)+")
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def patched(body: Body, changes: Sequence[Mapping[str, Any]], *, model: str, fixed: Iterable[str]) -> Body:
    """A copy of a body with changes applied in order.

    Args:
        body: the entity.
        changes: each with a path such as `$.address.city`, an action and mostly a value.
        model: of the entity; the result is checked against it.
        fixed: fields that cannot be changed.

    Raises:
        ApiError: 400 for a path, action or value that does not fit; 409 for a field and its parent in one
            request.
    """
    paths = [_path(at, change, model=model, fixed=frozenset(fixed)) for at, change in enumerate(changes)]
    for path in paths:
        for other in paths:
            if path != other and other[: len(path)] == path:
                raise errors.conflict(f"$.{'.'.join(other)} and its parent cannot be changed in one request.")
    after = copy.deepcopy(body)
    for at, (path, change) in enumerate(zip(paths, changes, strict=True)):
        _apply(after, path, change=change, at=at)
    for fault in check_body(model, copy.deepcopy(after))[:1]:
        raise errors.bad_request(fault.reason, field=fault.field, code=fault.code)
    return after


def _path(at: int, change: Mapping[str, Any], *, model: str, fixed: frozenset[str]) -> tuple[str, ...]:
    text = str(change["field"])
    if not _PATH.fullmatch(text):
        raise errors.bad_request(f"[{text}] is no path such as $.address.city.", field=f"changes.{at}.field")
    path = tuple(text.split(".")[1:])
    if path[0] not in models()[model]:
        raise errors.bad_request(f"{model} has no field {path[0]}.", field=f"changes.{at}.field")
    if path[0] in fixed:
        raise errors.bad_request(f"The field {path[0]} cannot be changed.", field=f"changes.{at}.field")
    return path


def _apply(body: Body, path: tuple[str, ...], *, change: Mapping[str, Any], at: int) -> None:
    inner: Any = body
    for name in path[:-1]:
        if not isinstance(inner, dict):
            break
        inner = inner.setdefault(name, {})
    if not isinstance(inner, dict):
        raise errors.bad_request(f"There is no object at {change['field']}.", field=f"changes.{at}.field")
    try:
        _ACTIONS[change["action"]](inner, path[-1], value=change.get("value"))
    except TypeError:
        raise errors.bad_request(
            f"{change['action']} needs a list at {change['field']}.", field=f"changes.{at}.action"
        ) from None


def _update(inner: Body, name: str, *, value: Any) -> None:
    inner[name] = value


def _if_empty(inner: Body, name: str, *, value: Any) -> None:
    if inner.get(name) in _NOTHING:
        inner[name] = value


def _if_exists(inner: Body, name: str, *, value: Any) -> None:
    if inner.get(name) not in _NOTHING:
        inner[name] = value


def _append(inner: Body, name: str, *, value: Any) -> None:
    current = inner.get(name) or []
    if not isinstance(current, list):
        raise TypeError
    more = value if isinstance(value, list) else [value]
    inner[name] = [*current, *(each for each in more if each not in current)]


def _remove(inner: Body, name: str, *, value: Any) -> None:
    del value  # the whole field goes
    inner.pop(name, None)


def _remove_from(inner: Body, name: str, *, value: Any) -> None:
    current = inner.get(name) or []
    if not isinstance(current, list):
        raise TypeError
    gone = value if isinstance(value, list) else [value]
    inner[name] = [each for each in current if each not in gone]


_ACTIONS: Mapping[str, Callable[..., None]] = {
    "Update": _update,
    "UpdateIfEmpty": _if_empty,
    "UpdateIfExists": _if_exists,
    "AppendToCollection": _append,
    "Remove": _remove,
    "RemoveFromCollection": _remove_from,
}
