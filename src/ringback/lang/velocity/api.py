"""The public functions of the package, loaded when one of its names is first used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.core.errors import LimitError
from ringback.lang.velocity.errors import RenderError, TemplateSyntaxError
from ringback.lang.velocity.kinds import Kind, Token
from ringback.lang.velocity.lexer import tokens
from ringback.lang.velocity.limits import LIMITS, Limits
from ringback.lang.velocity.parser import DIRECTIVES, parse
from ringback.lang.velocity.printer import print_tree
from ringback.lang.velocity.references import ReferenceUse
from ringback.lang.velocity.template import Template, compile_template
from ringback.lang.velocity.tools import TABLES as TOOL_TABLES
from ringback.lang.velocity.tree import Tree

__all__ = [
    "DIRECTIVES",
    "LIMITS",
    "TOOL_TABLES",
    "Kind",
    "LimitError",
    "Limits",
    "ReferenceUse",
    "RenderError",
    "Template",
    "TemplateSyntaxError",
    "Token",
    "Tree",
    "compile",
    "parse",
    "print_tree",
    "render",
    "tokens",
]


def compile(source: str, *, name: str = "template") -> Template:  # noqa: A001 - the word of the interface
    """A template ready to render; the same text gives the same object again.

    Args:
        source: the template text.
        name: what errors call it, e.g. "successTemplate".

    Raises:
        TemplateSyntaxError: the text is no template.
        LimitError: it is too long or nests too deeply.
    """
    return compile_template(source, name)


def render(source: str, context: Mapping[str, Any], *, strict: bool = False) -> str:
    """The text of a template for a context of JSON-like values.

    >>> render("#foreach($x in $xs)$x#if($foreach.hasNext), #end#end", {"xs": [1, 2.0, True]})
    '1, 2.0, true'

    Raises:
        TemplateSyntaxError: the text is no template.
        RenderError: a method threw, or with `strict` a variable is not set.
        LimitError: a limit of docs/velocity.md was reached.
    """
    return compile_template(source, "template").render(context, strict)
