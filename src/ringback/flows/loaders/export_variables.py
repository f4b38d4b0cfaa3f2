"""Variables of an export as the `variables:` list of Archy YAML."""

from __future__ import annotations

from collections.abc import Mapping

from ringback.documents import Node
from ringback.flows.loaders.export_parts import Part
from ringback.flows.loaders.export_values import wrapped
from ringback.lang.expr.types import item_of, kind_of

# `__type` without "Variable" -> Archy's kind, where it is not the same in lower camel case.
_KINDS: Mapping[str, str] = {"Bool": "boolean", "Skill": "acdSkill"}
_FLAGS = ("isInput", "isOutput")


def variable_list(variables: Part) -> Node:
    """The list, by name as Architect's exporter sorts it."""
    items = sorted(variables, key=lambda part: part.text_at("name").lower())
    return variables.list(_variable(part) for part in items if not part.flag("isInternal"))


def _variable(part: Part) -> Node:
    name, initial = part.get("name") or part, part.get("initialValue")
    members = {"name": name.scalar(name.text)}
    description = part.get("description")
    # Architect describes the variables of slots itself, and does not write that.
    if description is not None and description.text and not name.text.startswith("Slot."):
        members["description"] = description.scalar(description.text)
    value = wrapped(initial) if initial is not None else None
    if value is not None:
        members["initialValue"] = value
    flags = (*_FLAGS, "isSecure") if part.flag("isSecure") else _FLAGS
    members |= {flag: part.scalar(value=part.flag(flag)) for flag in flags if part.get(flag) is not None}
    return part.named(f"{_kind(part)}Variable", part.map(members))


def _kind(part: Part) -> str:
    written = part.text_at("__type").removesuffix("Variable")
    kind = _KINDS.get(written, written[:1].lower() + written[1:])
    if kind == "complex":
        # A complex variable says its type in its value only, e.g. cpx_agent_score_pair_coll.
        type_ = part.at("initialValue", "type")
        kind = kind_of(item_of(type_.text)) or kind if type_ is not None else kind
    return f"{kind}Collection" if part.flag("isCollection") else kind
