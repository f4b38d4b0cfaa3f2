"""updateData: assign variables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import ActionType, Builder, Field, Getter, Next, Setter, Step
from ringback.lang.expr.types import code_of_kind


def _statement(b: Builder, statement: Node) -> tuple[Getter, Setter]:
    kind, body = next(statement.items(), ("", statement))
    type_ = code_of_kind(kind)
    if type_ is None:
        b.fail(f"unknown kind of statement {kind!r}", statement, hint="for example string, integer, boolean")
    variable, value = body.get("variable"), body.get("value")
    setter = b.setter(variable)
    if setter is None or value is None:
        b.fail("a statement needs `variable` and `value`", body)
    declared = b.variable_type(variable)
    return b.compile(value, type_ if declared == "any" else declared), setter


def build(b: Builder) -> Step:
    """Statements run from top to bottom; each sees what the ones above it assigned."""
    statements = [_statement(b, node) for node in b.node("statements") or ()]
    down = b.down()

    def begin(run: Any) -> Next:
        for value, assign in statements:
            assign(run, value(run))
        return down

    return Step(begin)


def build_extract(b: Builder) -> Step:
    """The same; what is assigned may read secure variables, the variable itself is a normal one."""
    for node in b.node("statements") or ():
        _, body = next(node.items(), ("", node))
        if b.is_secure(body.get("variable")):
            b.fail("the variable must not be secure", body.get("variable"), hint="use Update Data for it")
    return build(b)


UPDATE_DATA = ActionType(
    key="updateData",
    title="Update Data",
    about="Assigns variables, one statement after the other.",
    build=build,
    fields=(
        Field("statements.*.*.variable", "any", "writes", about="The variable."),
        Field("statements.*.*.value", "any", about="Its new value."),
    ),
    source="scripting SDK: ActionUpdateData",
)
EXTRACT_SECURE_DATA = replace(
    UPDATE_DATA,
    key="extractSecureData",
    title="Extract Secure Data",
    about="Assigns normal variables from secure ones, or parts of them.",
    build=build_extract,
    source="scripting SDK: ActionExtractSecureData",
)
