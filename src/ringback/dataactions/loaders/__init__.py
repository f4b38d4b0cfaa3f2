"""Documents to `DataAction`: export JSON, the plain form, Terraform. Loaders take text, never paths."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from ringback.core.errors import DefinitionError, UsageError
from ringback.dataactions.loaders.export import load_export
from ringback.dataactions.loaders.fields import MALFORMED
from ringback.dataactions.loaders.plain import load_plain
from ringback.dataactions.model import DataAction
from ringback.documents import Node, read_json

__all__ = ["load_data_action", "load_data_actions"]

_LISTS = ("entities", "dataActions", "actions")


def load_data_action(text: str, *, file: str) -> DataAction:
    """The one action of a document.

    Raises:
        DefinitionError: malformed, none, or more than one.
    """
    actions = load_data_actions(text, file=file)
    if len(actions) != 1:
        names = ", ".join(repr(action.name) for action in actions[:5])
        found = f"{len(actions)} data actions ({names})" if actions else "no data action"
        raise DefinitionError(f"{file} holds {found}, not one", code=MALFORMED)
    return actions[0]


def load_data_actions(text: str, *, file: str) -> tuple[DataAction, ...]:
    """Every action of a document: one, a list, or a listing of the Platform API.

    Raises:
        DefinitionError: malformed; the message names the field.
    """
    if file.endswith((".tf", ".hcl")):
        return _load_terraform(text, file)
    return tuple(_load_one(node, file) for node in _documents(read_json(text, file=file)))


def _load_terraform(text: str, file: str) -> tuple[DataAction, ...]:
    """Terraform is an optional part: its parser is imported when a file needs it."""
    try:
        module = import_module("ringback.dataactions.loaders.terraform")
    except ModuleNotFoundError as error:
        hint = "install it with: pip install 'ringback[terraform]'"
        raise UsageError(f"{file}: reading Terraform needs {error.name}", hint=hint) from None
    actions: tuple[DataAction, ...] = module.load_terraform(text, file=file)
    return actions


def _documents(node: Node) -> Iterator[Node]:
    if node.is_list:
        yield from node
        return
    for name in _LISTS:
        members = node.get(name)
        if members is not None and members.is_list:
            yield from members
            return
    yield node


def _load_one(node: Node, file: str) -> DataAction:
    if node.get("config") is not None or node.get("contract") is not None:
        return load_export(node, file=file)
    if any(node.get(key) is not None for key in ("request", "inputVariables", "outputVariables")):
        return load_plain(node, file=file)
    raise DefinitionError(
        "the document is no data action: neither `config` (native) nor `request` (plain) is there",
        span=node.span,
        hint="export the action from Genesys Cloud, or see docs/data-actions.md for the plain form",
        code=MALFORMED,
    )
