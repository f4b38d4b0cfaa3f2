"""Architect's own configuration tree of an expression, as flow documents store it under `config`.

One key names a node: `lit`, `ref` (a variable; `val` is its GUID), `sysref` (a built-in), `nul` (NOT_SET) or
the canonical name of a function or operator with its operands. `.` and `[` store the property name or index
first. `pos` is the 1-based offset; the root repeats the normalised text. Casts that Architect adds are nodes
like others.
Source: 279 recorded trees of public exports (`flow-documents.md`).
"""

from __future__ import annotations

from typing import Any

from ringback.lang.expr.typed import Access, Constant, Operation, Reference, Typed, is_binary, spine


def config_tree(root: Typed) -> dict[str, Any]:
    """The tree of a checked expression, as plain JSON."""
    config = _node(root)
    if isinstance(root, (Operation, Access)):
        (name, body), *_ = config.items()
        return {name: {"pos": body["pos"], "text": str(root), **body}}
    return config


def _node(node: Typed) -> dict[str, Any]:
    position = node.node.at + 1
    if isinstance(node, Constant):
        key = "nul" if node.value is None else "lit"
        return {key: {"pos": position, "text": node.text, "type": node.type}}
    if isinstance(node, Reference):
        key = "sysref" if node.variable.built_in else "ref"
        start = node.node.start + 1
        return {key: {"pos": start, "text": node.text, "type": node.type, "val": node.variable.id}}
    if isinstance(node, Access):
        name = {"lit": {"pos": position, "text": node.id, "type": "str"}}
        operands = [name, _node(node.target)]
        return {"[" if node.bracket else ".": {"pos": position, "operands": operands, "type": node.type}}
    return _chain(node) if is_binary(node) else _operation(node, [_node(item) for item in node.operands])


def _chain(node: Operation) -> dict[str, Any]:
    first, steps = spine(node)
    config = _node(first)
    for step in steps:
        config = _operation(step, [config, _node(step.operands[1])])
    return config


def _operation(node: Operation, operands: list[dict[str, Any]]) -> dict[str, Any]:
    position = node.node.start if node.implicit else node.node.at
    return {node.name: {"pos": position + 1, "operands": operands, "type": node.type}}
