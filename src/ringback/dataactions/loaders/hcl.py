r"""The part of HCL that data actions need, evaluated: literals, templates, locals, a few functions.

python-hcl2 gives the syntax tree; values are computed here, because its own dictionaries keep expressions
as text. What has no value in the file (a variable without default, another resource) becomes a
`Placeholder`, inside a text `TF_var_name`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hcl2.parser import parser
from lark import Token, Tree
from lark.exceptions import LarkError, UnexpectedInput

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.dataactions.loaders import hcl_functions
from ringback.dataactions.loaders.fields import MALFORMED
from ringback.dataactions.loaders.hcl_functions import Placeholder, text_of

Branch: TypeAlias = "Tree[Token]"

_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_HEREDOC = re.compile(
    r"<<-?([A-Za-z][\w.-]*)[ \t]*\r?\n(.*?)^[ \t]*\1[ \t]*\r?\n?\Z", re.DOTALL | re.MULTILINE
)
_INTERPOLATION = re.compile(r"\$\$\{|%%\{|\$\{([^{}]*)\}")
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Block:
    """`kind "label" "label" { … }`."""

    kind: str
    labels: tuple[str, ...]
    attributes: Mapping[str, Any]
    blocks: tuple[Block, ...]
    span: Span

    def block(self, kind: str) -> Block | None:
        """The first inner block of a kind."""
        return next((block for block in self.blocks if block.kind == kind), None)


def read_hcl(text: str, *, file: str) -> tuple[Block, ...]:
    """The top-level blocks with their values.

    Raises:
        DefinitionError: no HCL.
    """
    try:
        tree = parser().parse(text + "\n")
    except UnexpectedInput as error:
        offset = getattr(error, "pos_in_stream", None)
        span = Span.at(text, offset if isinstance(offset, int) and offset >= 0 else len(text), file=file)
        raise DefinitionError("not valid Terraform (HCL)", span=span, code=MALFORMED) from None
    except LarkError as error:
        raise DefinitionError(f"not valid Terraform (HCL): {error}", code=MALFORMED) from None
    return _Reader(text, file).blocks(tree)


class _Reader:
    """Evaluates one file; `locals` and variable defaults are looked up when an expression needs them."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.locals: dict[str, Branch] = {}
        self.defaults: dict[str, Branch] = {}
        self.active: list[str] = []

    def blocks(self, tree: Branch) -> tuple[Block, ...]:
        found = [block for body in _trees(tree, "body") for block in _trees(body, "block")]
        for block in found:
            self._definitions(block)
        return tuple(self.block(block) for block in found)

    def _definitions(self, block: Branch) -> None:
        """Remembers `locals` and the defaults of variables without evaluating them."""
        labels = self.labels(block)
        for name, value in _attributes(block):
            if labels[0] == "locals":
                self.locals[name] = value
            elif labels[0] == "variable" and name == "default" and len(labels) > 1:
                self.defaults[labels[1]] = value

    def labels(self, block: Branch) -> list[str]:
        return [
            _word(node) if node.data == "identifier" else text_of(self.value(node))
            for node in block.children
            if isinstance(node, Tree) and node.data in ("identifier", "string")
        ]

    def block(self, block: Branch) -> Block:
        kind, *labels = self.labels(block)
        attributes = {name: self.value(value) for name, value in _attributes(block)}
        inner = [child for body in _trees(block, "body") for child in _trees(body, "block")]
        span = Span.at(self.text, getattr(block.meta, "start_pos", 0), file=self.file)
        return Block(kind, tuple(labels), attributes, tuple(self.block(child) for child in inner), span)

    def value(self, node: Branch | Token) -> Any:
        """The value of an expression."""
        if isinstance(node, Token):
            return str(node)
        handler = _HANDLERS.get(node.data)
        return handler(self, node) if handler else self.unknown(node)

    def unknown(self, node: Branch) -> Placeholder:
        """An expression that has no value here, by its source text."""
        start, end = getattr(node.meta, "start_pos", 0), getattr(node.meta, "end_pos", 0)
        return Placeholder(" ".join(self.text[start:end].split()))

    def term(self, node: Branch) -> Any:
        inner = [child for child in node.children if isinstance(child, Tree) and child.data != _COMMENT]
        return self.value(inner[0]) if len(inner) == 1 else self.unknown(node)

    def identifier(self, node: Branch) -> Any:
        word = _word(node)
        return _WORDS[word] if word in _WORDS else self.reference(node, word)

    def reference(self, node: Branch, path: str) -> Any:
        """`local.x` and `var.x` with a default have values; a cycle has none."""
        scope, _, name = path.partition(".")
        table = {"local": self.locals, "var": self.defaults}.get(scope, {})
        if name not in table or path in self.active:
            return self.unknown(node)
        self.active.append(path)
        try:
            return self.value(table[name])
        finally:
            self.active.pop()

    def attribute(self, node: Branch) -> Any:
        """`a.b`: a reference when `a` is a bare word, a member when `a` is an object."""
        source = self.unknown(node).name
        if source.count(".") == 1 and source.split(".")[0] in ("local", "var"):
            return self.reference(node, source)
        owner = self.value(_tree(node, 0))
        member = _word(_tree(_tree(node, 1), 0))
        return owner[member] if isinstance(owner, dict) and member in owner else self.unknown(node)

    def index(self, node: Branch) -> Any:
        owner = self.value(_tree(node, 0))
        keys = [
            child for child in _tree(node, 1).children if isinstance(child, Tree) and child.data != _COMMENT
        ]
        key: Any = self.value(keys[0]) if keys else None
        try:
            return owner[int(key)] if isinstance(owner, list) else owner[key]
        except (KeyError, IndexError, TypeError, ValueError):
            return self.unknown(node)

    def string(self, node: Branch) -> Any:
        parts = [self.part(child) for child in _trees(node, "string_part")]
        if len(parts) == 1 and isinstance(parts[0], Placeholder):
            return parts[0]
        return "".join(text_of(part) for part in parts)

    def part(self, node: Branch) -> Any:
        child = node.children[0]
        if isinstance(child, Tree):
            return self.value(_tree(child, 0))
        text = _ESCAPE.sub(_unescaped, str(child))
        return text.replace("$${", "${").replace("%%{", "%{")

    def heredoc(self, node: Branch) -> str:
        source = str(node.children[0])
        match = _HEREDOC.match(source)
        body = match.group(2) if match else source
        if source.startswith("<<-"):
            body = _dedented(body)
        return _INTERPOLATION.sub(self._interpolated, body)

    def _interpolated(self, match: re.Match[str]) -> str:
        if match.group(1) is None:
            return match.group()[1:]
        tree = parser().parse(f"x = {match.group(1)}\n")
        value = next(value for body in _trees(tree, "body") for value in _bare_attributes(body))
        inner = _Reader(f"x = {match.group(1)}\n", self.file)
        inner.locals, inner.defaults, inner.active = self.locals, self.defaults, self.active
        return text_of(inner.value(value))

    def number(self, node: Branch) -> int | float:
        text = "".join(str(token) for token in node.scan_values(lambda token: isinstance(token, Token)))
        return float(text) if any(mark in text for mark in ".eE") else int(text)

    def negated(self, node: Branch) -> Any:
        value = self.value(_tree(node, -1))
        if isinstance(value, bool):
            return not value
        return -value if isinstance(value, int | float) else self.unknown(node)

    def tuple(self, node: Branch) -> list[Any]:
        return [
            self.value(child) for child in node.children if isinstance(child, Tree) and child.data != _COMMENT
        ]

    def object(self, node: Branch) -> dict[str, Any]:
        found = {}
        for element in _trees(node, "object_elem"):
            key, value = (child for child in element.children if isinstance(child, Tree))
            found[self.key(key)] = self.value(value)
        return found

    def key(self, node: Branch) -> str:
        child = _tree(node, 0)
        if child.data == "identifier":
            return _word(child)
        if child.data == "object_elem_key_expression":
            inner = [item for item in child.children if isinstance(item, Tree)]
            return text_of(self.value(inner[0]))
        return text_of(self.value(child))

    def conditional(self, node: Branch) -> Any:
        parts = [child for child in node.children if isinstance(child, Tree) and child.data != _COMMENT]
        test = self.value(parts[0])
        return self.value(parts[1 if test else 2]) if isinstance(test, bool) else self.unknown(node)

    def call(self, node: Branch) -> Any:
        name = _word(_tree(node, 0))
        arguments = [item for part in _trees(node, "arguments") for item in self.tuple(part)]
        function = hcl_functions.FUNCTIONS.get(name)
        if function is None:
            return self.unknown(node)
        try:
            return function(*arguments)
        except (TypeError, ValueError, KeyError, AttributeError):
            return self.unknown(node)


_COMMENT = "new_line_or_comment"

_HANDLERS: Mapping[str, Callable[[_Reader, Branch], Any]] = {
    "expr_term": _Reader.term,
    "identifier": _Reader.identifier,
    "get_attr_expr_term": _Reader.attribute,
    "index_expr_term": _Reader.index,
    "string": _Reader.string,
    "heredoc_template": _Reader.heredoc,
    "heredoc_template_trim": _Reader.heredoc,
    "int_lit": _Reader.number,
    "float_lit": _Reader.number,
    "unary_op": _Reader.negated,
    "tuple": _Reader.tuple,
    "object": _Reader.object,
    "conditional": _Reader.conditional,
    "function_call": _Reader.call,
}


def _trees(node: Branch, data: str) -> list[Branch]:
    return [child for child in node.children if isinstance(child, Tree) and child.data == data]


def _tree(node: Branch, index: int) -> Branch:
    return [child for child in node.children if isinstance(child, Tree)][index]


def _word(node: Branch) -> str:
    return str(node.children[0])


def _attributes(block: Branch) -> list[tuple[str, Branch]]:
    found = []
    for body in _trees(block, "body"):
        for item in _trees(body, "attribute"):
            name, value = (child for child in item.children if isinstance(child, Tree))
            found.append((_word(name), value))
    return found


def _bare_attributes(body: Branch) -> list[Branch]:
    return [_tree(item, 1) for item in _trees(body, "attribute")]


def _unescaped(match: re.Match[str]) -> str:
    letter, short, long = match.groups()
    return _PLAIN[letter] if letter else chr(int(short or long, 16))


def _dedented(body: str) -> str:
    lines = body.splitlines(keepends=True)
    indents = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    cut = min(indents, default=0)
    return "".join(line[cut:] if line.strip() else line.lstrip(" \t") for line in lines)
