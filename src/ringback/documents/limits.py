"""How large a document may be before it is refused, by name.

The limits keep a hostile or broken document from costing memory or time: every one of them is checked
while the text is read, so that a document over a limit fails at once.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The named limits of a document; each attribute is the limit's name in `docs/limits.md`.

    Attributes:
        document_size: bytes of the text in UTF-8.
        document_depth: how many mappings and lists may stand inside each other.
        document_nodes: number of values, those that aliases repeat counted at every place.
        document_aliases: number of aliases (`*name`) in a YAML document.
    """

    document_size: int = 8 * 1024 * 1024
    document_depth: int = 200
    document_nodes: int = 200_000
    document_aliases: int = 1_000


DEFAULT = Limits()
