"""Text documents as trees with positions: YAML 1.2 and JSON."""

from ringback.documents.node import Node, Scalar

__all__ = ["Node", "Scalar"]
