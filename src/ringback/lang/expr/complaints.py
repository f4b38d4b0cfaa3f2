"""The texts of design-time errors: what is wrong, what would fit, what was probably meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ringback.core.span import Span
from ringback.lang.expr import tree
from ringback.lang.expr.currencies import CODES
from ringback.lang.expr.errors import ExpressionError, listed
from ringback.lang.expr.library import FUNCTIONS
from ringback.lang.expr.overloads import accepts, choose, expand, is_not_set
from ringback.lang.expr.signature import Overload, Parameter
from ringback.lang.expr.type_members import CONSTANTS, properties
from ringback.lang.expr.typed import Typed
from ringback.lang.expr.types import base, display_name, is_collection, item_of

# Names that authors bring along from other languages and from unofficial documentation (A.14).
_FOREIGN: Mapping[str, str] = {
    "toupper": "Upper", "uppercase": "Upper", "tolower": "Lower", "lowercase": "Lower",
    "indexof": "FindString", "toboolean": "ToBool", "tonumber": "ToInt", "tointeger": "ToInt",
    "len": "Length", "size": "Count", "concat": "Append", "concatenate": "Append", "join": "ToString",
    "jsonstringify": "ToString", "now": "GetCurrentDateTimeUtc", "today": "GetCurrentDateTimeUtc",
    "mid": "Substring", "substr": "Substring", "isempty": "IsNotSetOrEmpty", "isnull": "IsNotSetOrEmpty",
    "isnotset": "IsSet", "equals": "AreEqual", "list": "MakeList", "parsejson": "JsonParse",
    "ceil": "Ceiling", "iif": "If",
}  # fmt: skip
_WORDS: Mapping[str, str] = {
    "true": "the literal is written true, in lower case",
    "false": "the literal is written false, in lower case",
    "not_set": "the literal is written NOT_SET, in upper case",
    "notset": "the literal is written NOT_SET",
    "null": "the absence of a value is written NOT_SET",
    "none": "the absence of a value is written NOT_SET",
    "not": "the logical operator is !",
}
_CASTS: Mapping[str, str] = {
    "str": "ToString", "int": "ToInt", "dec": "ToDecimal", "bln": "ToBool", "dtm": "ToDateTime",
    "dur": "ToDuration", "cur": "ToCurrency", "phn": "ToPhoneNumber", "jsn": "JsonParse or ToJson",
    "aud": "ToAudioTTS or ToAudio", "com": "ToCommunication",
}  # fmt: skip
# As many overloads as a hint lists; the rest is counted.
_LISTED = 8


def unknown_function(name: str, span: Span) -> ExpressionError:
    """RB202 with what was probably meant."""
    names = {key: rows[0].name for key, rows in FUNCTIONS.items()}
    meant = _FOREIGN.get(name.lower()) or _closest(name, names)
    return ExpressionError(
        f"unknown function {name}", span=span, code="RB202", hint=f"did you mean {meant}?" if meant else ""
    )


def unknown_variable(names: list[str], known: Iterable[str], *, span: Span) -> ExpressionError:
    """RB203 with what was probably meant."""
    name = ".".join(names[:2])
    known = {key.lower(): key for key in [*known, *(constant.name for constant in CONSTANTS.values())]}
    hint = _WORDS.get(name.lower(), "")
    if not hint and name.lower() in FUNCTIONS:
        hint = f"{FUNCTIONS[name.lower()][0].name} is a function: its operands stand in parentheses"
    if not hint and (meant := _closest(name, known)):
        hint = f"did you mean {meant}?"
    if not hint and len(names) == 1:
        hint = "a variable is named with its scope, such as Flow.name; a string stands in double quotes"
    return ExpressionError(f"unknown variable {name}", span=span, code="RB203", hint=hint)


def unknown_property(type_: str, name: str, *, span: Span) -> ExpressionError:
    """RB208 with the properties that the type has."""
    if type_ == "nul":
        return ExpressionError("a bare NOT_SET has no properties", span=span, code="RB208")
    table = properties(type_)
    meant = _closest(name, {key.lower(): key for key in table})
    hint = f"did you mean {meant}? " if meant else ""
    if table:
        hint += f"properties: {', '.join(table)}"
    elif is_collection(type_):
        hint += "a collection has items: x[0]; Count gives their number"
    return ExpressionError(
        f"{display_name(type_)} has no property {name}", span=span, code="RB208", hint=hint.strip()
    )


def no_conversion(given: str, target: str, *, span: Span) -> ExpressionError:
    """RB210: the root has another type than the place wants, and no cast leads there."""
    hint = ""
    if is_collection(target) and item_of(base(target)) == base(given):
        hint = "a single value does not become a collection by itself; use MakeList"
    elif is_collection(given) and item_of(base(given)) == base(target):
        hint = "take one item of the collection: x[0] or GetAt(x, 0)"
    return ExpressionError(
        f"the expression is {_a(given)}, the target wants {_a(target)}", span=span, code="RB210", hint=hint
    )


def literal_trouble(name: str, value: Any, *, parameter: Parameter) -> str:
    """What is wrong with a literal operand, or nothing."""
    if parameter.nonzero and isinstance(value, int | Decimal) and not value:
        return "division by the literal zero" if name in "/%" else f"{parameter.name} of {name} may not be 0"
    if parameter.currency and isinstance(value, str) and value.upper() not in CODES:
        return f"{tree.quoted(value)} is no ISO 4217 currency code"
    low, high = parameter.low, parameter.high
    if not isinstance(value, int) or (low is None and high is None):
        return ""
    if (low is None or value >= low) and (high is None or value <= high):
        return ""
    if high is None:
        return f"{_role(name, parameter)} must be {low} or more, but is {value}"
    if low is None:
        return f"{_role(name, parameter)} must be {high} or less, but is {value}"
    return f"{_role(name, parameter)} must be {low} to {high}, but is {value}"


def no_overload(
    name: str,
    overloads: Sequence[Overload],
    *,
    operands: tuple[Typed, ...],
    node: tree.Node,
    span: Callable[[tree.Node], Span],
) -> ExpressionError:
    """RB204: the operands fit no overload; RB209 when only a type for NOT_SET is missing."""
    if operands and all(is_not_set(operand) for operand in operands[-2:]) and _generic(overloads):
        return ExpressionError(
            f"{_called(name, node)}: a bare NOT_SET has no type here",
            span=span(node),
            code="RB209",
            hint="give one operand a type, such as ToString(NOT_SET) or ToInt(NOT_SET)",
        )
    place, message = _mismatch(name, overloads, operands=operands, node=node)
    hint = _advice(name, operands) or _cast_advice(overloads, operands)
    hint = hint or _overload_list(name, overloads, node=node)
    return ExpressionError(message, span=span(place), code="RB204", hint=hint)


def _mismatch(
    name: str, overloads: Sequence[Overload], *, operands: tuple[Typed, ...], node: tree.Node
) -> tuple[tree.Node, str]:
    same_count = [parameters for row in overloads if (parameters := expand(row, len(operands))) is not None]
    if not same_count:
        return node, f"{_called(name, node)} {_wrong_count(len(operands))}"
    if len(same_count) == 1:
        for number, (parameter, operand) in enumerate(zip(same_count[0], operands, strict=True), start=1):
            variable = parameter.type in ("T", "T_coll")
            if not variable and not is_not_set(operand) and not accepts(parameter.type, operand.type):
                wanted, given = _a(parameter.type), _a(operand.type)
                role = f"operand {number} ({parameter.name}) of {name}"
                return operand.node, f"{role} must be {wanted}, but is {given}"
    types = listed([_type_of(operand) for operand in operands], last="and")
    return node, f"{_called(name, node)} does not take {types}"


def _advice(name: str, operands: tuple[Typed, ...]) -> str:
    types = [base(operand.type) for operand in operands]
    if name == "+" and "str" in types:
        other = next((operand for operand in operands if base(operand.type) != "str"), None)
        if other is not None:
            return f"text joins with text only: ToString({other}), or Append of Strings"
    if name == "-" and types == ["dtm", "dtm"]:
        return "DateTimeDiff gives the Duration between two DateTimes"
    if name in ("!", "and", "or", "AND", "OR") and "bln" not in types[:1]:
        return "logic wants Booleans: compare first, or use IsSet"
    if name in ("MakeList", "==", "!=", "?", "If") and set(types) >= {"int", "dec"}:
        return "Integer and Decimal are two types; convert one with ToDecimal or ToInt"
    return ""


def _cast_advice(overloads: Sequence[Overload], operands: tuple[Typed, ...]) -> str:
    """The one cast that would make the operands fit an overload."""
    casts = [found for row in overloads if (found := _one_cast(row, operands))]
    casts.sort(key=lambda cast: not cast.startswith(("ToString", "ToDecimal")))
    return f"nothing is converted inside an expression; {casts[0]} would fit" if casts else ""


def _one_cast(row: Overload, operands: tuple[Typed, ...]) -> str:
    parameters = expand(row, len(operands)) or ()
    wrong = [
        (parameter.type, operand)
        for parameter, operand in zip(parameters, operands, strict=False)
        if not is_not_set(operand) and not accepts(parameter.type, operand.type)
    ]
    if len(wrong) != 1 or any(parameter.type in ("T", "T_coll") for parameter in parameters):
        return ""
    wanted, operand = wrong[0]
    cast = _CASTS.get(wanted, "").partition(" ")[0]
    fits = choose(FUNCTIONS.get(cast.lower(), ()), (operand,))
    return f"{cast}({operand})" if fits else ""


def _overload_list(name: str, overloads: Sequence[Overload], *, node: tree.Node) -> str:
    rows = [signature_text(row) for row in overloads[:_LISTED]]
    more = f" and {len(overloads) - _LISTED} more" if len(overloads) > _LISTED else ""
    return f"{_called(name, node)} takes {'; '.join(rows)}{more}" if rows else ""


def signature_text(row: Overload) -> str:
    """A signature as Expression Help shows it.

    >>> from ringback.lang.expr.signature import overload
    >>> signature_text(overload("Left", "(text str, length int) -> str", None))
    '(String, Integer) -> String'
    """
    parts = []
    for parameter in row.parameters:
        text = f"{_name(parameter.type)}{'...' if parameter.repeats else ''}"
        parts.append(f"[{text}]" if parameter.optional else text)
    return f"({', '.join(parts)}) -> {_name(row.returns)}"


def _generic(overloads: Sequence[Overload]) -> bool:
    return any(parameter.type in ("T", "T_coll") for row in overloads for parameter in row.parameters)


def _closest(name: str, known: Mapping[str, str]) -> str:
    lowered, limit = name.lower(), max(1, len(name) // 4)
    near = [key for key in known if abs(len(key) - len(name)) <= limit]
    distance, best = min(((_distance(lowered, key), key) for key in near), default=(limit + 1, ""))
    return known[best] if distance <= limit else ""


def _distance(one: str, two: str) -> int:
    """How many letters must be added, removed, changed or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, other in enumerate(two, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and (one[i - 2], letter) == (other, two[j - 2]):
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _called(name: str, node: tree.Node) -> str:
    return name if isinstance(node, tree.Call) else f"operator {name}"


def _role(name: str, parameter: Parameter) -> str:
    return "an index" if name == "[" else f"{parameter.name} of {name}"


def _wrong_count(number: int) -> str:
    known = {0: "needs operands", 1: "does not take one operand"}
    return known.get(number) or f"does not take {number} operands"


def _type_of(operand: Typed) -> str:
    return "NOT_SET" if is_not_set(operand) else _name(operand.type)


def _name(type_: str) -> str:
    names = {"T": "Any", "T_coll": "List", "any_coll": "List", "audpmt": "Audio or Prompt"}
    return names.get(type_) or display_name(type_)


def _a(type_: str) -> str:
    name = _name(type_)
    return f"{'an' if name[0] in 'AEIO' else 'a'} {name}"
