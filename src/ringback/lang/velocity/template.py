"""Templates ready to render, and the cache of compiled ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ringback.core.errors import LimitError
from ringback.core.span import Span
from ringback.lang.velocity.compile_references import Where
from ringback.lang.velocity.compiler import Compiler, Program
from ringback.lang.velocity.limits import LIMITS, over_limit, placed
from ringback.lang.velocity.parser import parse
from ringback.lang.velocity.references import ReferenceUse, methods_used, references
from ringback.lang.velocity.runtime import BreakSignal, Runtime, StopSignal
from ringback.lang.velocity.tools import TOOLS
from ringback.lang.velocity.tree import Tree
from ringback.lang.velocity.values import copied

_CHANGING = frozenset(
    {
        "=",
        "#evaluate",
        "add",
        "addAll",
        "clear",
        "put",
        "putAll",
        "putIfAbsent",
        "remove",
        "removeAll",
        "replace",
    }
    | {"retainAll", "set", "setValue", "sort"}
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template; it keeps no state between renders.

    Attributes:
        source: its text.
        name: what errors call it.
    """

    source: str
    name: str
    _tree: Tree
    _program: Program
    _changes: bool

    @property
    def tree(self) -> Tree:
        """Its tree."""
        return self._tree

    @property
    def _start(self) -> Span:
        return Span.at(self.source, 0, file=self.name)

    @property
    def references(self) -> tuple[ReferenceUse, ...]:
        """Every reference that it uses, in the order of the text."""
        return references(self._tree)

    def render(self, context: Mapping[str, Any], strict: bool = False) -> str:
        """The text for a context of JSON-like values; the context is never changed.

        Args:
            context: the variables; a name here hides the tool of the same name.
            strict: a variable that is not set is an error, as in Genesys Cloud's success templates.

        Raises:
            RenderError: a method threw, or strict mode met a variable that is not set.
            TemplateSyntaxError: #evaluate was given text that is no template.
            LimitError: the template does too much.
        """
        variables = {**TOOLS, **(copied(dict(context)) if self._changes else context)}
        rt = Runtime(variables, strict, self._program.macros)
        try:
            self._run(rt)
            rt.out.measure()
        except RecursionError:
            raise placed(_too_deep(), self._start) from None
        except LimitError as error:
            raise placed(error, self._start) from None
        text = "".join(rt.out)
        return text if text.isascii() else _LONE_SURROGATE.sub("?", text)

    def _run(self, rt: Runtime) -> None:
        with suppress(StopSignal, BreakSignal):  # both keep what was written
            self._program.code(rt)


def _too_deep() -> LimitError:
    return over_limit("nesting", LIMITS.nesting, what="the template nests too deeply")


@lru_cache(maxsize=512)
def _load(source: str, name: str, *, macros: frozenset[str]) -> Program:
    """The program of text that #evaluate was given."""
    return _compiled(parse(source, name=name, macros=macros))


def _compiled(tree: Tree) -> Program:
    try:
        return Compiler(Where(tree.source, tree.name), _load).program(tree.body)
    except RecursionError:
        raise placed(_too_deep(), Span.at(tree.source, 0, file=tree.name)) from None


@lru_cache(maxsize=512)
def compile_template(source: str, name: str) -> Template:
    """The compiled template of a text; the last 512 texts are remembered."""
    tree = parse(source, name=name)
    return Template(source, name, tree, _compiled(tree), not _CHANGING.isdisjoint(methods_used(tree)))
