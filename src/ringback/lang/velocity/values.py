"""The values of the Java engine, and their text.

    Java                                   Python
    String                                 str
    Integer, Long, BigInteger by size      int
    Double, Float                          float, Float32
    BigDecimal                             decimal.Decimal
    Boolean, null                          bool, None
    Character                              Char
    ArrayList, LinkedHashMap               list, dict
    array, unmodifiable list, view, …      the classes below

No value has Python attributes that a template can reach: methods come from the tables of `methods_*.py` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from ringback.lang.velocity.doubles import double_text, single_text
from ringback.lang.velocity.limits import LIMITS, over_limit

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1


class Char(str):
    """A Java Character."""

    __slots__ = ()


class Float32(float):
    """A Java Float: already rounded to single precision."""

    __slots__ = ()


class ArrayValue(list[Any]):
    """A Java array; `java_type` is the name of its class, e.g. `[Ljava.lang.String;`."""

    __slots__ = ("java_type",)

    def __init__(self, items: Any = (), java_type: str = "[Ljava.lang.Object;") -> None:
        super().__init__(items)
        self.java_type = java_type


class FixedList(list[Any]):
    """A list that refuses changes; a range is Python's `range`, which is never spelled out."""

    __slots__ = ()


class View(list[Any]):
    """The keys, values or entries of a map: a collection without positions; `part` says which of them."""

    __slots__ = ("owner", "part")

    def __init__(self, items: Any, owner: dict[Any, Any], *, part: str) -> None:
        super().__init__(items)
        self.owner = owner
        self.part = part


class Stream(list[Any]):
    """A Java stream; only its count can be asked."""

    __slots__ = ()


class Entry:
    """One entry of a map."""

    __slots__ = ("key", "owner", "value")

    def __init__(self, key: Any, value: Any, *, owner: dict[Any, Any]) -> None:
        self.key = key
        self.value = value
        self.owner = owner


class MapKey:
    """Wraps a key that is neither text nor a whole number, so that 1, 1.0 and true are three keys."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MapKey) or type(self.value) is not type(other.value):
            return False
        return text_of(self.value) == text_of(other.value)

    def __hash__(self) -> int:
        return hash(type(self.value).__name__)


class JavaIterator:
    """A Java iterator over a list as it was when the iterator was made."""

    __slots__ = ("items", "position")

    def __init__(self, items: list[Any]) -> None:
        self.items = items
        self.position = 0

    def __iter__(self) -> Iterator[Any]:
        while self.position < len(self.items):
            self.position += 1
            yield self.items[self.position - 1]


class Optional:
    """A java.util.Optional that holds a value."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class ClassValue:
    """A class: its name can be printed, nothing can be done with it."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Void:
    """What a method without a result gives: it prints nothing and counts as set."""

    __slots__ = ()


VOID = Void()


class LoopInfo:
    """What `$foreach.info` gives: where the loop stands."""

    __slots__ = ("column", "depth", "line", "template")

    def __init__(self, line: int, column: int, *, depth: int, template: str) -> None:
        self.line = line
        self.column = column
        self.depth = depth
        self.template = template


class LoopScope:
    """`$foreach` in a loop; also a map in which a template may put names of its own."""

    __slots__ = ("count", "extra", "info", "parent", "replaced", "total")

    def __init__(self, parent: LoopScope | None, replaced: Any, *, total: int, info: LoopInfo) -> None:
        self.parent = parent
        self.replaced = replaced
        self.total = total
        self.info = info
        self.count = 0
        self.extra: dict[str, Any] = {}

    def get(self, name: Any) -> Any:
        """What a template put under a name, here or in an outer loop."""
        scope: LoopScope | None = self
        while scope is not None:
            if name in scope.extra:
                return scope.extra[name]
            scope = scope.parent
        return None

    @property
    def topmost(self) -> LoopScope:
        """The outermost loop."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


class BlockValue:
    """A piece of template kept for later: `#define`, or `$bodyContent` of a block macro.

    Attributes:
        text: renders it to text; None when it is already being rendered too deeply.
        write: renders it in place; False when it is already being rendered too deeply.
    """

    __slots__ = ("text", "write")

    def __init__(self, text: Callable[[], str | None], write: Callable[[], bool]) -> None:
        self.text = text
        self.write = write


class Tool:
    """A tool such as `$esc`: a name and its table of functions and constants."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


LISTS: frozenset[type] = frozenset({list, tuple, range, ArrayValue, FixedList, View})


def java_type(value: Any) -> str:
    """The name of the Java class of a value."""
    kind = type(value)
    if kind is int:
        if INT_MIN <= value <= INT_MAX:
            return "java.lang.Integer"
        return "java.lang.Long" if LONG_MIN <= value <= LONG_MAX else "java.math.BigInteger"
    if kind is ArrayValue:
        return str(value.java_type)
    if kind is Tool:
        return _TOOL_TYPES.get(value.name, f"genesys.{value.name}")
    if kind is View:
        return f"java.util.LinkedHashMap$Linked{value.part}"
    return _TYPE_NAMES.get(kind, "java.lang.Object")


_TOOL_TYPES: Mapping[str, str] = {
    "esc": "org.apache.velocity.tools.generic.EscapeTool",
    "math": "org.apache.velocity.tools.generic.MathTool",
}
_TYPE_NAMES: Mapping[type, str] = {
    str: "java.lang.String",
    bool: "java.lang.Boolean",
    float: "java.lang.Double",
    Float32: "java.lang.Float",
    Decimal: "java.math.BigDecimal",
    Char: "java.lang.Character",
    list: "java.util.ArrayList",
    tuple: "java.util.ArrayList",
    range: "org.apache.velocity.runtime.parser.node.ASTIntegerRange$IntegerRange",
    FixedList: "java.util.Collections$UnmodifiableRandomAccessList",
    dict: "java.util.LinkedHashMap",
    Entry: "java.util.LinkedHashMap$Entry",
    JavaIterator: "java.util.ArrayList$Itr",
    Stream: "java.util.stream.ReferencePipeline$Head",
    Optional: "java.util.Optional",
    ClassValue: "java.lang.Class",
    LoopScope: "org.apache.velocity.runtime.directive.ForeachScope",
    LoopInfo: "org.apache.velocity.runtime.directive.Scope$Info",
    BlockValue: "org.apache.velocity.runtime.directive.Block$Reference",
}


class _Writer:
    """Collects the text of a nested value and stops when it grows too long or too deep."""

    __slots__ = ("parts", "size")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def add(self, text: str) -> None:
        """Append text."""
        self.parts.append(text)
        self.size += len(text) + 1
        if self.size > LIMITS.output:
            raise over_limit("output", LIMITS.output, what="the text of a value is too long")

    def value(self, value: Any, depth: int) -> None:
        """Append the text of a value inside a collection."""
        if depth > LIMITS.nesting:
            raise over_limit("nesting", LIMITS.nesting, what="a value nests too deeply")
        kind = type(value)
        if kind is dict:
            self._map(value, depth)
        elif kind in LISTS:
            self.add("[")
            for index, item in enumerate(value):
                if index:
                    self.add(", ")
                self._item(item, value, own="(this Collection)", depth=depth)
            self.add("]")
        elif kind is Entry:
            self.value(value.key, depth + 1)
            self.add("=")
            self.value(value.value, depth + 1)
        else:
            self.add(text_of(value))

    def _map(self, value: dict[Any, Any], depth: int) -> None:
        self.add("{")
        for index, (key, item) in enumerate(value.items()):
            if index:
                self.add(", ")
            self._item(key, value, own="(this Map)", depth=depth)
            self.add("=")
            self._item(item, value, own="(this Map)", depth=depth)
        self.add("}")

    def _item(self, item: Any, owner: Any, *, own: str, depth: int) -> None:
        if item is owner:
            self.add(own)
        else:
            self.value(item, depth + 1)


def text_of(value: Any) -> str:
    """The text of a value as Java's `String.valueOf` gives it."""
    kind = type(value)
    if kind is str:
        return str(value)
    plain = _TEXTS.get(kind)
    if plain is not None:
        return plain(value)
    writer = _Writer()
    writer.value(value, 0)
    return "".join(writer.parts)


def _int_text(value: int) -> str:
    if LONG_MIN <= value <= LONG_MAX or value.bit_length() < 14_000:
        return str(value)
    raise over_limit("digits", 4000, what="a whole number has too many digits")


def _info_text(info: LoopInfo) -> str:
    return f"#foreach[type:block template:{info.template} line:{info.line} column:{info.column}]"


def _scope_text(scope: LoopScope) -> str:
    return text_of(scope.extra)


def _class_text(value: ClassValue) -> str:
    return f"class {value.name}"


_TEXTS: Mapping[type, Callable[[Any], str]] = {
    str: str,
    Char: str.__str__,
    int: _int_text,
    bool: lambda value: "true" if value else "false",
    float: double_text,
    Float32: single_text,
    Decimal: str,
    type(None): lambda _value: "null",
    ClassValue: _class_text,
    LoopInfo: _info_text,
    LoopScope: _scope_text,
    Void: lambda _value: "",
    BlockValue: lambda value: value.text() or "",
    Optional: lambda value: f"Optional[{text_of(value.value)}]",
    JavaIterator: lambda _value: "java.util.ArrayList$Itr",
    Tool: java_type,
    Stream: lambda _value: "java.util.stream.ReferencePipeline$Head",
    MapKey: lambda value: text_of(value.value),
}


def is_true(value: Any) -> bool:
    """Velocity's truth: null, false, zero, and empty text or collections are false."""
    kind = type(value)
    if kind is bool:
        return bool(value)
    if value is None:
        return False
    if kind is int or kind is float or kind is Float32 or kind is Decimal:
        return bool(value != 0)
    if kind is str or kind is dict or kind in LISTS:
        return len(value) > 0
    return True


def copied(value: Any, depth: int = 0) -> Any:
    """A deep copy of a JSON-like value, for templates that change what they are given."""
    if depth > LIMITS.nesting:
        raise over_limit("nesting", LIMITS.nesting, what="a value nests too deeply")
    if isinstance(value, dict):
        return {key: copied(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [copied(item, depth + 1) for item in value]
    return value
