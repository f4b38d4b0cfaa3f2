"""Flows to documents: Archy YAML and the plain JSON form."""

from __future__ import annotations

from dataclasses import dataclass

from ringback.core.diagnostics import Diagnostic
from ringback.flows.model import Flow
from ringback.flows.writers.archy import archy_document
from ringback.flows.writers.plain import plain_json
from ringback.flows.writers.structure import structured
from ringback.flows.writers.yaml_text import to_yaml


@dataclass(frozen=True, slots=True)
class Written:
    """A flow as text.

    Attributes:
        text: the document.
        diagnostics: what the form cannot say; errors mean that the document does not do what the flow does.
    """

    text: str
    diagnostics: tuple[Diagnostic, ...] = ()


def write_archy(flow: Flow) -> Written:
    """The flow as Archy YAML in Architect's own layout and order."""
    if flow.form == "plain":
        nested, missing = structured(flow)
        return Written(to_yaml(archy_document(nested)), missing)
    return Written(to_yaml(archy_document(flow)))


def write_plain(flow: Flow) -> Written:
    """The flow as plain JSON; what that form cannot say is in the diagnostics."""
    text, lost = plain_json(flow)
    return Written(text, lost)


__all__ = ["Written", "write_archy", "write_plain"]
