"""dataTableLookup: read a row of a data table by its key."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Next, Step
from ringback.flows.actions.bindings import bindings, types, write
from ringback.flows.effects import LookUpRow, RowReply


def build(b: Builder) -> Step:
    """A NOT_SET key is a flow error, not Failure; only the outputs of the taken path are written."""
    members = list(node.items()) if (node := b.node("dataTable")) is not None else []
    if len(members) != 1:
        b.fail(f"dataTableLookup names exactly one table, found {len(members)}", b.node("dataTable"))
    table, body = members[0]
    found, failed = bindings(b, body.get("foundOutputs")), bindings(b, body.get("failureOutputs"))
    key, wanted = b.value("lookupValue", "str"), types(found)
    exits = {status: b.exit(status) for status in ("found", "notFound", "failure")}

    def begin(run: Any) -> Next:
        if (value := key(run)) is None:
            raise FlowFault("NOT_SET_OPERAND", "the key of the data table look-up is not set")
        return LookUpRow(table, value, wanted)

    def resume(run: Any, reply: RowReply) -> Next:
        if reply.status == "found":
            write(run, found, outputs=reply.row)
        elif reply.status == "failure":
            write(run, failed, outputs={"errorType": reply.error_type, "errorMessage": reply.error_message})
        return exits[reply.status]

    return Step(begin, resume)


DATA_TABLE_LOOKUP = ActionType(
    key="dataTableLookup",
    title="Data Table Lookup",
    about="Reads a data table row by key: Found, Not Found or Failure.",
    build=build,
    fields=(
        Field("dataTable", "dataTable", "name", required=True, about="The table."),
        Field("dataTable.*.foundOutputs.*", "any", "writes", about="Where the columns go."),
        Field("dataTable.*.failureOutputs.*", "str", "writes", about="Where the error goes."),
        Field("lookupValue", "str", required=True, about="The key."),
    ),
    outputs=("found", "notFound", "failure"),
    source="help: Data Table Lookup action",
)
