"""One overload of a Java method, as the tables list it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Method:
    """An overload.

    Attributes:
        parameters: one letter per parameter: i int, l long, w any whole number, d double, z boolean,
            c char, s String, q CharSequence, o Object, C Collection, M Map; `*` at the end takes any
            number of Objects,
            `+` of CharSequences.
        run: called with the value and the converted arguments; may raise MethodFailed.
    """

    parameters: str
    run: Callable[..., Any]


Table: TypeAlias = Mapping[str, tuple[Method, ...]]
