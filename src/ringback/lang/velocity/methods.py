"""Finding and calling the Java methods that a template may use.

Every method stands in a constant table, by the Python type of its value; nothing is ever looked up on the
value itself. As in Java, overloads are chosen by the number and types of the arguments, and arguments convert
where Velocity converts them ("1" to int, 1.9 to 1, anything to String).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeAlias, cast

from ringback.lang.velocity import methods_collection as collections
from ringback.lang.velocity import methods_number as numbers
from ringback.lang.velocity import methods_text as texts
from ringback.lang.velocity import tools
from ringback.lang.velocity.errors import MethodFailed
from ringback.lang.velocity.method import Method, Table
from ringback.lang.velocity.values import (
    INT_MAX,
    INT_MIN,
    LISTS,
    LONG_MAX,
    LONG_MIN,
    ArrayValue,
    BlockValue,
    Char,
    ClassValue,
    Entry,
    FixedList,
    Float32,
    JavaIterator,
    LoopInfo,
    LoopScope,
    Optional,
    Stream,
    Tool,
    View,
    java_type,
    text_of,
)


class BadIndex(Exception):  # noqa: N818 - a signal between this module and its caller, never shown
    """An index that is a text without a whole number in it."""


class _Missing:
    """What a look-up gives when there is no such method or property."""

    __slots__ = ()


MISSING: Final = _Missing()
_EVERY: Table = {
    "getClass": (Method("", lambda value: ClassValue(java_type(value))),),
    "toString": (Method("", text_of),),
    "equals": (Method("o", numbers.equals),),
    "hashCode": (Method("", numbers.hash_code),),
}
_LONG: Table = {**_EVERY, **{k: v for k, v in numbers.INTEGER_METHODS.items() if k != "parseInt"}}
_BIG: Table = {**_EVERY, **numbers.BIG_METHODS}
_TABLES: Mapping[type, Table] = {
    str: {**_EVERY, **texts.METHODS},
    Char: {**_EVERY, **texts.CHARACTER_METHODS},
    int: {**_EVERY, **numbers.INTEGER_METHODS},
    float: {**_EVERY, **numbers.DOUBLE_METHODS},
    Float32: {**_EVERY, **numbers.DOUBLE_METHODS},
    Decimal: {**_EVERY, **numbers.DECIMAL_METHODS},
    bool: {**_EVERY, **numbers.BOOLEAN_METHODS},
    list: {**_EVERY, **collections.LIST_METHODS},
    tuple: {**_EVERY, **collections.FIXED_METHODS},
    range: {**_EVERY, **collections.FIXED_METHODS},
    FixedList: {**_EVERY, **collections.FIXED_METHODS},
    ArrayValue: {**_EVERY, **collections.ARRAY_METHODS},
    View: {**_EVERY, **collections.VIEW_METHODS},
    Stream: {**_EVERY, **collections.STREAM_METHODS},
    dict: {**_EVERY, **collections.MAP_METHODS},
    Entry: {**_EVERY, **collections.ENTRY_METHODS},
    JavaIterator: {**_EVERY, **collections.ITERATOR_METHODS},
    LoopScope: {**_EVERY, **collections.LOOP_METHODS},
    LoopInfo: {**_EVERY, **collections.INFO_METHODS},
    ClassValue: {**_EVERY, **numbers.CLASS_METHODS},
    Optional: {**_EVERY, **numbers.OPTIONAL_METHODS},
    BlockValue: _EVERY,
}

Converted: TypeAlias = "tuple[int, Any] | None"


def _table(value: Any) -> Table | None:
    kind = type(value)
    if kind is Tool:
        return tools.TABLES.get(value.name)
    if kind is int and not INT_MIN <= value <= INT_MAX:
        return _LONG if LONG_MIN <= value <= LONG_MAX else _BIG
    return _TABLES.get(kind)


def call(value: Any, name: str, arguments: list[Any]) -> Any:
    """The result of a method call, or MISSING when the class has no such method for these arguments.

    Raises:
        MethodFailed: the method threw.
    """
    found = direct(
        cast("Hashable", value.name if type(value) is Tool else type(value)), name, count=len(arguments)
    )
    if found is not None:
        return found(value, *arguments)
    table = _table(value)
    overloads = None if table is None else table.get(name)
    if overloads is None:
        return MISSING if type(value) is not Tool else _call_any(value, name, arguments)
    if len(overloads) == 1 and not arguments and not overloads[0].parameters:
        return overloads[0].run(value)
    chosen, converted = _choose(overloads, arguments)
    return MISSING if chosen is None else chosen.run(value, *converted)


@lru_cache(maxsize=1024)
def direct(kind: Hashable, name: str, *, count: int) -> Callable[..., Any] | None:
    """The only method of a class with that name and number of arguments, when it takes any Objects."""
    if isinstance(kind, type):
        overloads = _TABLES.get(kind, {}).get(name, ()) if kind is not int else ()
    else:
        overloads = tools.TABLES.get(str(kind), {}).get(name, ())
    fitting = [
        method for method in overloads if method.parameters.endswith("*") or len(method.parameters) == count
    ]
    if len(fitting) != 1 or fitting[0].parameters.rstrip("*").strip("o"):
        return None
    return fitting[0].run if fitting[0].parameters in {"o" * count, "*"} else None


def _call_any(value: Any, name: str, arguments: list[Any]) -> Any:
    """A method that every object has."""
    overloads = _EVERY.get(name, ())
    chosen, converted = _choose(overloads, arguments)
    return MISSING if chosen is None else chosen.run(value, *converted)


def _choose(overloads: tuple[Method, ...], arguments: list[Any]) -> tuple[Method | None, list[Any]]:
    """The overload that fits best: without conversions if one does, else the only one that fits with them."""
    best: tuple[Method | None, list[Any]] = (None, [])
    lowest, ambiguous = _IMPOSSIBLE, False
    for method in overloads:
        found = _match(method.parameters, arguments)
        if found is None:
            continue
        ambiguous = lowest >= _CONVERTED and found[0] >= _CONVERTED and best[0] is not None
        if found[0] < lowest:
            lowest = found[0]
            best = (method, found[1])
    if ambiguous and lowest >= _CONVERTED:
        return None, []
    return best[0], [item() if type(item) is _Late else item for item in best[1]]


def _match(parameters: str, arguments: list[Any]) -> tuple[int, list[Any]] | None:
    if parameters.endswith(("*", "+")):
        fixed = len(parameters) - 1
        if len(arguments) < fixed:
            return None
        parameters = parameters[:-1] + ("o" if parameters[-1] == "*" else "q") * (len(arguments) - fixed)
    if len(parameters) != len(arguments):
        return None
    total = 0
    converted: list[Any] = []
    for code, argument in zip(parameters, arguments, strict=True):
        found = _CONVERSIONS[code](argument)
        if found is None:
            return None
        total += found[0]
        converted.append(found[1])
    return total, converted


class _Late:
    """A conversion from text that fails only when its overload is chosen."""

    __slots__ = ("parse", "text")

    def __init__(self, parse: Callable[[Any, str], Any], text: str) -> None:
        self.parse = parse
        self.text = text

    def __call__(self) -> Any:
        return self.parse(None, self.text)


def _to_int(value: Any) -> Converted:
    kind = type(value)
    if kind is int:
        fits = numbers.signed(value, 32) == value
        return (0, value) if fits else (_CONVERTED, numbers.signed(value, 32))
    if kind is bool:
        return _CONVERTED, int(value)
    if kind is float or kind is Float32 or kind is Decimal:
        return _CONVERTED, numbers.to_int(value)
    return (_CONVERTED, _Late(numbers.parse_int, value)) if kind is str else None


def _to_long(value: Any) -> Converted:
    return (1, numbers.signed(value, 64)) if type(value) is int else _to_int(value)


def _to_double(value: Any) -> Converted:
    kind = type(value)
    if kind is float or kind is Float32:
        return 0, value
    if kind is int or kind is Decimal:
        return 1, numbers.to_double(value)
    if kind is bool:
        return _CONVERTED, float(value)
    return (_CONVERTED, _Late(numbers.parse_real, value)) if kind is str else None


def _to_boolean(value: Any) -> Converted:
    kind = type(value)
    if kind is bool:
        return 0, value
    if kind is str:
        return _CONVERTED, value == "true"
    return (_CONVERTED, value != 0) if kind in {int, float, Float32, Decimal} else None


def _to_char(value: Any) -> Converted:
    return (0, value) if type(value) is Char else None


def _to_string(value: Any) -> Converted:
    if value is None:
        return 1, None
    return (0, value) if type(value) is str else (_CONVERTED, text_of(value))


def _to_sequence(value: Any) -> Converted:
    if value is None:
        return 2, None
    return (1, value) if type(value) is str else None


def _to_whole(value: Any) -> Converted:
    return (0, value) if type(value) is int else _to_int(value)


def _to_collection(value: Any) -> Converted:
    kind = type(value)
    if value is None:
        return 1, None
    return (0, value) if kind in LISTS and kind is not ArrayValue else None


def _to_map(value: Any) -> Converted:
    if value is None:
        return 1, None
    return (0, value) if type(value) is dict else None


_CONVERTED = 100
_IMPOSSIBLE = 100_000
_CONVERSIONS: Mapping[str, Callable[[Any], Converted]] = {
    "i": _to_int,
    "l": _to_long,
    "w": _to_whole,
    "d": _to_double,
    "z": _to_boolean,
    "c": _to_char,
    "s": _to_string,
    "q": _to_sequence,
    "o": lambda value: (2, value),
    "C": _to_collection,
    "M": _to_map,
}


@lru_cache(maxsize=512)
def _getter(kind: Hashable, name: str) -> Callable[[Any], Any] | None:
    """The method that `.name` means: getName, getname, name, or isName, whichever exists first."""
    table = _TABLES.get(kind, {}) if isinstance(kind, type) else {}
    capital = name[:1].upper() + name[1:]
    for candidate in (f"get{capital}", f"get{name}", name, f"is{capital}"):
        for method in table.get(candidate, ()):
            if not method.parameters:
                return method.run
    return None


def get(value: Any, name: str) -> Any:
    """The property `.name` of a value, or MISSING when its class has none.

    Maps give the value under the key, or null, except `class`.
    """
    kind = type(value)
    if kind is dict:
        return ClassValue(java_type(value)) if name == "class" else value.get(name)
    if kind is Tool:
        return _tool_property(value, name)
    getter = _getter(cast("Hashable", kind), name)
    if getter is not None:
        return getter(value)
    if kind is LoopScope:
        return value.get(name)
    return MISSING


def _tool_property(tool: Tool, name: str) -> Any:
    getter = _tool_getter(tool.name, name)
    return MISSING if getter is None else getter(tool)


@lru_cache(maxsize=256)
def _tool_getter(tool: str, name: str) -> Callable[[Any], Any] | None:
    table = {**_EVERY, **tools.TABLES[tool]}
    capital = name[:1].upper() + name[1:]
    for candidate in (f"get{capital}", name):
        for method in table.get(candidate, ()):
            if not method.parameters:
                return method.run
    return None


def index(value: Any, key: Any) -> Any:
    """`value[key]`: an item of a list by whole number (negative ones from the end), a value of a map by key.

    Raises:
        MethodFailed: there is no such item.
    """
    kind = type(value)
    if kind is dict:
        return collections.map_get(value, key)
    if kind is LoopScope:
        return value.get(text_of(key))
    if kind not in LISTS or kind is View:
        return MISSING
    position = _position(value, key)
    return MISSING if position is None else collections.item(value, position)


def _position(items: Any, key: Any) -> int | None:
    """The position that an index means; negative ones count from the end.

    Raises:
        BadIndex: a text that is no whole number.
    """
    found = _to_int(key)
    if found is None:
        return None
    try:
        number: int = found[1]() if type(found[1]) is _Late else found[1]
    except MethodFailed as error:
        raise BadIndex(error.detail) from None
    return number + len(items) if number < 0 else number


def put_property(value: Any, name: str, item: Any) -> bool:
    """`#set($value.name = item)`: a key of a map; False for anything else, which has no such property."""
    if type(value) is dict:
        collections.map_put(value, name, item)
    elif type(value) is LoopScope:
        value.extra[name] = item
    else:
        return False
    return True


def put_index(value: Any, key: Any, item: Any) -> bool:
    """`#set($value[key] = item)`; False when the value has no items.

    Raises:
        MethodFailed: the list has no such position or refuses changes.
    """
    kind = type(value)
    if kind is dict:
        collections.map_put(value, key, item)
    elif kind is LoopScope:
        value.extra[text_of(key)] = item
    elif kind in LISTS and kind is not View:
        position = _position(value, key)
        if position is None:
            return False
        if kind is FixedList or kind is range:
            raise MethodFailed("UnsupportedOperationException", "null")
        collections.set_item(value, position, item)
    else:
        return False
    return True


def describe(arguments: list[Any]) -> str:
    """The argument types as strict mode lists them."""
    return ", ".join("null" if argument is None else java_type(argument) for argument in arguments)
