"""Documents to flows: Archy YAML, exports (`.i3…` files and the API's JSON), and the plain forms."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ringback.flows.loaders.archy import FLOW_TYPES, load_archy
from ringback.flows.loaders.export import load_export
from ringback.flows.loaders.export_parts import is_configuration, is_encoded
from ringback.flows.loaders.plain import load_plain
from ringback.flows.model import Flow, Form

_PLAIN_KEY = re.compile(r"^(?:initialAction|initial_action|actions|nodes|steps)[ \t]*:", re.MULTILINE)


def load_flow(text: str, *, file: str, substitutions: Mapping[str, str] | None = None) -> Flow:
    """The flow of a document, whichever form it has; see `form_of`.

    Args:
        text: the document.
        file: its name in messages and in the trace.
        substitutions: values for the `{{names}}` of Archy YAML.

    Raises:
        DefinitionError: the document is wrong.
    """
    form = form_of(text)
    if form == "export":
        return load_export(text, file=file)
    if form == "plain":
        return load_plain(text, file=file)
    return load_archy(text, file=file, substitutions=substitutions)


def form_of(text: str) -> Form:
    """The form of a document, by its content.

    Base64 of percent-encoded JSON is an export, and so is JSON with `flowSequenceItemList`; other JSON is
    plain. Everything else is YAML: plain when it has a plain document's keys at the top, else Archy's.
    """
    if is_encoded(text) or is_configuration(text):
        return "export"
    start = text.lstrip("\ufeff \t\r\n")
    is_json = start.startswith("{") and not start.startswith("{{")
    return "plain" if is_json or _PLAIN_KEY.search(text) else "archy"


__all__ = ["FLOW_TYPES", "form_of", "load_archy", "load_export", "load_flow", "load_plain"]
