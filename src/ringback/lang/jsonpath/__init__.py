"""JSONPath as Jayway json-path 2.9 reads it.

>>> compile("$.rows[?(@.id == 2)].name").read({"rows": [{"id": 2, "name": "b"}]})
['b']
>>> read("$.rows.length()", {"rows": [1, 2, 3]})
3
"""

from ringback.lang.jsonpath.errors import EvaluationError, InvalidPath, JsonPathError, PathNotFound
from ringback.lang.jsonpath.limits import LIMITS
from ringback.lang.jsonpath.path import Path, parse, read, tokens
from ringback.lang.jsonpath.path import compile_path as compile  # noqa: A004 - the name of the interface
from ringback.lang.jsonpath.printer import show
from ringback.lang.jsonpath.run import OPTIONS
from ringback.lang.jsonpath.segments import Segment
from ringback.lang.jsonpath.tokens import Token
from ringback.lang.jsonpath.tree import PathTree

__all__ = [
    "LIMITS",
    "OPTIONS",
    "EvaluationError",
    "InvalidPath",
    "JsonPathError",
    "Path",
    "PathNotFound",
    "PathTree",
    "Segment",
    "Token",
    "compile",
    "parse",
    "read",
    "show",
    "tokens",
]
