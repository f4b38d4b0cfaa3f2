"""Text documents as trees with positions: YAML 1.2 and JSON."""

from ringback.documents.json_reader import read_json
from ringback.documents.limits import DEFAULT, Limits
from ringback.documents.node import Node, Scalar
from ringback.documents.positions import Edit, Positions
from ringback.documents.problems import DocumentErrors, Problems, suggestion
from ringback.documents.yaml_reader import read_yaml

__all__ = [
    "DEFAULT",
    "DocumentErrors",
    "Edit",
    "Limits",
    "Node",
    "Positions",
    "Problems",
    "Scalar",
    "read_json",
    "read_yaml",
    "suggestion",
]
