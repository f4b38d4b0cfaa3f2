"""Apache Velocity 2.5 templates with the tools of Genesys Cloud data actions.

    render("Hello $name", {"name": "Ann"})              "Hello Ann"
    compile("$x", name="successTemplate").render({}, strict=True)
        RenderError: Variable $x has not been set

Text goes through public stages, each with its own type: `tokens()` -> tuple of `Token`, `parse()` -> `Tree`,
`compile()` -> `Template`. `print_tree()` turns a tree back into text that parses to an equal tree.
docs/velocity.md lists what is covered, the tools and their policies. Names load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringback.lang.velocity.api import (
        DIRECTIVES,
        LIMITS,
        TOOL_TABLES,
        Kind,
        LimitError,
        Limits,
        ReferenceUse,
        RenderError,
        Template,
        TemplateSyntaxError,
        Token,
        Tree,
        compile,  # noqa: A004 - the word of the interface
        parse,
        print_tree,
        render,
        tokens,
    )

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


def __getattr__(name: str) -> Any:
    # Start-up time: a command that renders nothing must not load the engine.
    if name not in __all__:
        raise AttributeError(f"module 'ringback.lang.velocity' has no attribute {name!r}")
    found = getattr(import_module("ringback.lang.velocity.api"), name)
    globals()[name] = found  # so that the next use costs nothing
    return found
