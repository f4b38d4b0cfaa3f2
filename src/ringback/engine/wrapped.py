"""Wrapped values of a flow document (`lit`, `exp`, `tts` …) as compiled getters.

A getter is called with the session and gives the raw value. Literals are converted once; expressions are
compiled once, with the type that their place wants.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.documents import Node
from ringback.engine.scope import FlowScope
from ringback.flows import literals
from ringback.lang.expr import Checked, EvaluationError, compile_expression
from ringback.lang.expr.types import display_name, is_collection, item_of
from ringback.lang.expr.values import Entity, Speech

Getter = Callable[[Any], Any]
WRAPPERS = (
    "exp",
    "lit",
    "var",
    "tts",
    "prompt",
    "alternateSequences",
    "noValue",
    "none",
    "noValueWithNoFallback",
)
_EMPTY = ("noValue", "none", "noValueWithNoFallback")


def _not_set(_run: Any) -> None:
    return None


def is_empty(node: Node | None) -> bool:
    """Whether a wrapped value says nothing: missing, null, `noValue`, `none`."""
    if node is None or node.value is None:
        return True
    return node.is_map and any(node.get(word) is not None for word in _EMPTY) and node.get("exp") is None


@dataclass(frozen=True, slots=True)
class ValueCompiler:
    """Compiles wrapped values in one scope.

    Attributes:
        scope: the variables that expressions see.
        default_language: the flow's, for audio with sequences per language.
        compiled: identities of the expression nodes that were compiled, rightly or with an error.
    """

    scope: FlowScope
    default_language: str = "en-us"
    compiled: set[int] = field(default_factory=set)

    def getter(self, node: Node, type_: str | None) -> Getter:
        """The getter of a wrapped value; `type_` None leaves the value's own type.

        Raises:
            DefinitionError: a literal or expression is wrong, with its place.
        """
        if is_empty(node):
            return _not_set
        if not node.is_map or not any(node.get(word) is not None for word in WRAPPERS):
            return self._literal(node, type_ or literals.guess_type(node))
        if (exp := node.get("exp")) is not None:
            return self.expression(exp, type_).evaluate
        if (var := node.get("var")) is not None:
            return self.expression(var, type_).evaluate
        if (lit := node.get("lit")) is not None:
            return self._literal(lit, type_ or literals.guess_type(lit))
        return self._audio(node)

    def type_of(self, node: Node) -> str:
        """The type that a wrapped value has on its own."""
        inner = node.get("exp") or node.get("var")
        if inner is not None:
            return self.expression(inner, None).type
        if node.get("tts") is not None or node.get("prompt") is not None:
            return "aud"
        lit = node.get("lit") if node.is_map else node
        return literals.guess_type(lit) if lit is not None else "str"

    def expression(self, node: Node, type_: str | None) -> Checked:
        """The expression at a node, with errors placed in the document."""
        text = node.text if node.text and not isinstance(node.value, str) else str(node.value)
        self.compiled.add(id(node))
        try:
            return compile_expression(text, self.scope, None if type_ == "any" else type_)
        except DefinitionError as error:
            error.span = place(node, error.span)
            raise

    def check(self, node: Node, type_: str) -> None:
        """Compile an expression that nothing else compiled, only for its errors."""
        if id(node) not in self.compiled:
            self.expression(node, type_)

    def _literal(self, node: Node, type_: str) -> Getter:
        if is_collection(type_) and node.is_list:
            items = tuple(self.getter(item, item_of(type_)) for item in node)
            return lambda run: tuple(get(run) for get in items)
        if not literals.is_simple(type_) and not is_collection(type_):
            return self._entity(node, type_)
        try:
            value = literals.literal(node, type_)
        except EvaluationError as error:
            self._fail(node, f"no {display_name(type_)}: {error.message}")
        return lambda _run: value

    def _entity(self, node: Node, type_: str) -> Getter:
        named = node.get("name") if node.is_map else node
        name = named.text or str(named.value) if named is not None else ""
        if not name or (node.is_map and named is None):
            self._fail(node, f"a literal {display_name(type_)} is written `lit: {{name: …}}`")
        return lambda run: run.named(type_, name)

    def _audio(self, node: Node) -> Getter:
        if (tts := node.get("tts")) is not None:
            speech = Speech("ToAudioTTS", (tts.text or str(tts.value),))
            plain: Getter = lambda _run: speech  # noqa: E731 - a closure over the one value
        elif (prompt := node.get("prompt")) is not None:
            plain = self._prompt(prompt)
        else:
            plain = _not_set
        sequences = node.get("alternateSequences")
        return self._by_language(sequences, plain) if sequences is not None else plain

    def _prompt(self, node: Node) -> Getter:
        named = node.get("name") if node.is_map else node
        name = named.text or str(named.value) if named is not None else ""
        short = name.partition(".")[2] if name.lower().startswith("prompt") and "." in name else name
        speech = Speech("ToAudio", (Entity("pmt", None, short, {}),))
        return lambda _run: speech

    def _by_language(self, sequences: Node, plain: Getter) -> Getter:
        by_tag = {tag.lower(): self.getter(node, "aud") for tag, node in sequences.items()}
        fallback = plain if plain is not _not_set else by_tag.get(self.default_language, _not_set)

        def read(run: Any) -> Any:
            return by_tag.get(run.language, fallback)(run)

        return read

    def _fail(self, node: Node, message: str) -> NoReturn:
        raise DefinitionError(message, span=node.span, code="RB071")


def place(node: Node, inner: Span | None) -> Span:
    """Where in the document a place of an expression is; with its own line when it spans several."""
    if inner is None:
        return node.span
    line = node.span.text
    start = line.find(inner.text, max(node.span.column - 1, 0)) if inner.text and inner.line == 1 else -1
    if start >= 0:
        return Span(node.span.file, node.span.line, start + inner.column, inner.length, line)
    return Span(node.span.file, node.span.line + inner.line - 1, inner.column, inner.length, inner.text)
