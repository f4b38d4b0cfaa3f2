"""Documents to flows: Archy YAML and the plain JSON form."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ringback.flows.loaders.archy import FLOW_TYPES, load_archy
from ringback.flows.loaders.plain import load_plain
from ringback.flows.model import Flow

_PLAIN_KEY = re.compile(r"^(?:initialAction|initial_action|actions)[ \t]*:", re.MULTILINE)


def load_flow(text: str, *, file: str, substitutions: Mapping[str, str] | None = None) -> Flow:
    """The flow of a document, whichever form it has: JSON is plain, YAML is Archy (or plain, by its keys).

    Args:
        text: the document.
        file: its name in messages and in the trace.
        substitutions: values for the `{{names}}` of Archy YAML.

    Raises:
        DefinitionError: the document is wrong.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if (start.startswith("{") and not start.startswith("{{")) or _PLAIN_KEY.search(text):
        return load_plain(text, file=file)
    return load_archy(text, file=file, substitutions=substitutions)


__all__ = ["FLOW_TYPES", "load_archy", "load_flow", "load_plain"]
