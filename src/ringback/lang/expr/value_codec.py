"""JSON forms of values: a lossless one for dumped sessions, a friendly one for reports and input.

Lossless (`to_json`, `from_json`): compact for simple types, because the reader knows the static type; a tag
`{"type": …, "value": …}` inside speech, entities and `any`. Friendly (`plain`, `from_plain`): what a data
action gives and takes and what a person writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ringback.lang.expr import types
from ringback.lang.expr.raw import (
    Currency,
    Entity,
    EvaluationError,
    Json,
    Member,
    PhoneNumber,
    Speech,
    decimal,
    duration,
    integer,
    milliseconds_of,
)
from ringback.lang.expr.read_text import (
    as_json,
    parse_boolean,
    parse_currency,
    parse_datetime,
    parse_decimal,
    parse_duration,
    parse_integer,
    parse_json,
    parse_loose_datetime,
    refuse,
)
from ringback.lang.expr.text_forms import datetime_text, duration_text, json_text
from ringback.lang.expr.type_members import find_property
from ringback.lang.expr.value_speech import speech_text

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


# ---- lossless


def to_json(type: str, raw: Any) -> Any:  # noqa: A002 - the word of the field
    """The lossless JSON of a value of a static type; NOT_SET is null."""
    if raw is None:
        return None
    if isinstance(raw, tuple):
        return [to_json(types.item_of(type), item) for item in raw]
    encode = _ENCODERS.get(types.base(type))
    return encode(raw) if encode else _encode_tree(raw)


def from_json(type: str, data: Any) -> Any:  # noqa: A002 - the word of the field
    """The raw value that `to_json` wrote for the same type."""
    if data is None:
        return None
    if types.is_collection(type):
        return tuple(from_json(types.item_of(type), item) for item in data)
    decode = _DECODERS.get(types.base(type))
    return decode(data) if decode else _decode_tree(data)


def _encode_tree(raw: Any) -> Any:
    """Speech, objects, members and values of unknown type, each saying what it is."""
    if raw is None:
        return None
    if isinstance(raw, tuple):
        return {"is": "list", "items": [_encode_tree(item) for item in raw]}
    if isinstance(raw, Speech):
        arguments = [_encode_tree(item) for item in raw.arguments]
        return {"is": "speech", "function": raw.function, "type": raw.type, "arguments": arguments}
    if isinstance(raw, Entity):
        fields = {name: _encode_tree(item) for name, item in raw.fields.items()}
        return {"is": "entity", "type": raw.type, "id": raw.id, "name": raw.name, "fields": fields}
    if isinstance(raw, Member):
        return {"is": "member", "type": raw.type, "name": raw.name}
    code = _code_of(raw)
    return {"is": code, "value": _ENCODERS[code](raw)}


def _decode_tree(data: Any) -> Any:
    match data:
        case None:
            return None
        case {"is": "list", "items": items}:
            return tuple(map(_decode_tree, items))
        case {"is": "speech", "function": function, "type": kind, "arguments": arguments}:
            return Speech(function, tuple(map(_decode_tree, arguments)), kind)
        case {"is": "entity", "type": kind, "id": identifier, "name": name, "fields": fields}:
            return Entity(kind, identifier, name, {key: _decode_tree(item) for key, item in fields.items()})
        case {"is": "member", "type": kind, "name": name}:
            return Member(kind, name)
        case {"is": str(code), "value": value} if code in _DECODERS:
            return _DECODERS[code](value)
    raise EvaluationError(f"not a dumped value: {data!r:.80}", "CONVERSION")


def _code_of(raw: Any) -> str:
    return next(code for kind, code in _CODES if isinstance(raw, kind))


# bool before int, datetime before date: the later ones are their bases.
_CODES: tuple[tuple[type, str], ...] = (
    (str, "str"),
    (bool, "bln"),
    (int, "int"),
    (Decimal, "dec"),
    (datetime, "dtm"),
    (date, "dat"),
    (time, "tim"),
    (timedelta, "dur"),
    (Currency, "cur"),
    (PhoneNumber, "phn"),
    (Json, "jsn"),
)


def _encode_currency(raw: Currency) -> Any:
    return {"amount": None if raw.amount is None else str(raw.amount), "code": raw.code}


def _decode_currency(data: Mapping[str, Any]) -> Currency:
    return Currency(None if data["amount"] is None else Decimal(data["amount"]), data["code"])


_ENCODERS: dict[str, Callable[[Any], Any]] = {
    "str": str,
    "bln": bool,
    "int": int,
    "dec": str,
    "dtm": datetime_text,
    "dat": date.isoformat,
    "tim": time.isoformat,
    "dur": milliseconds_of,
    "cur": _encode_currency,
    "phn": lambda raw: raw.raw,
    "jsn": lambda raw: json_text(raw.value),
}
_DECODERS: dict[str, Callable[[Any], Any]] = {
    "str": str,
    "bln": bool,
    "int": int,
    "dec": Decimal,
    "dtm": parse_datetime,
    "dat": date.fromisoformat,
    "tim": time.fromisoformat,
    "dur": duration,
    "cur": _decode_currency,
    "phn": PhoneNumber,
    "jsn": lambda text: Json(parse_json(text)),
}


# ---- friendly

# Most values are one of these.
_AS_IT_IS = frozenset({type(None), str, bool, int})


def plain(type: str, raw: Any) -> Any:  # noqa: A002 - the word of the field
    """The value as a person or a data action expects it in JSON: numbers, ISO texts, objects."""
    return raw if raw.__class__ in _AS_IT_IS else _number(exact(type, raw))


def exact(type: str, raw: Any) -> Any:  # noqa: A002 - the word of the field
    """As `plain`, with fractions as exact Decimals."""
    if raw.__class__ in _AS_IT_IS:
        return raw
    if isinstance(raw, tuple):
        return [exact(types.item_of(type), item) for item in raw]
    if isinstance(raw, Entity):
        return _plain_entity(raw)
    if isinstance(raw, Speech):
        return speech_text(raw)
    if isinstance(raw, Member):
        return raw.name
    return _PLAIN.get(_code_of(raw), _same)(raw)


def _same(raw: Any) -> Any:
    return raw


def _number(value: Any) -> Any:
    """JSON values without Decimals: whole ones as int, others as float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _number(item) for key, item in value.items()}
    return [_number(item) for item in value] if isinstance(value, list | tuple) else value


def _plain_entity(raw: Entity) -> dict[str, Any]:
    named = {"id": raw.id, "name": raw.name} | dict(raw.fields)
    found = {name: find_property(raw.type, name) for name in named}
    return {
        name: exact(known.type if (known := found[name]) else "any", item)
        for name, item in named.items()
        if item is not None
    }


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "dtm": datetime_text,
    "dat": date.isoformat,
    "tim": lambda raw: f"{raw:%H:%M:%S}",
    "dur": duration_text,
    "cur": lambda raw: {"amount": raw.amount, "code": raw.code},
    "phn": lambda raw: raw.raw,
    "jsn": lambda raw: raw.value,
}


def from_plain(type: str, data: Any) -> Any:  # noqa: A002 - the word of the field
    """The raw value of JSON that came from a data action or a person; null is NOT_SET.

    Texts are read by the rules of the casts, so "5" is an Integer and "true" a Boolean; a String takes
    numbers and Booleans as their text; JSON takes everything as it is.

    Raises:
        EvaluationError: CONVERSION when the value does not fit, OUT_OF_RANGE when it is too big.
    """
    if types.base(type) == "jsn":
        return None if data is None else data if isinstance(data, Json) else Json(as_json(data))
    if data is None:
        return None
    if types.is_collection(type):
        if not isinstance(data, list | tuple):
            refuse(data, type, hint="a collection is a JSON array")
        return tuple(from_plain(types.item_of(type), item) for item in data)
    if reader := _READERS.get(type):
        return reader(data)
    return data if isinstance(data, Speech | Entity | Member) else _read_entity(type, data)


def from_text(type: str, text: str) -> Any:  # noqa: A002 - the word of the field
    """The raw value of text typed by a person (`--set NAME=VALUE`).

    A collection, JSON and an object are JSON text; everything else is read by the rules of the casts.
    "NOT_SET" is NOT_SET for every type but String.
    """
    if text == "NOT_SET" and type != "str":
        return None
    structured = types.is_collection(type) or types.base(type) == "jsn"
    if structured or (type not in _READERS and text.lstrip().startswith("{")):
        return from_plain(type, parse_json(text))
    return from_plain(type, text)


def _read_string(data: Any) -> str | None:
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int | float | Decimal):
        return json_text(as_json(data))
    return data if isinstance(data, str) else refuse(data, "str")


def _read_integer(data: Any) -> int | None:
    if isinstance(data, float | Decimal) and data % 1 == 0:
        return integer(int(data))
    if isinstance(data, str):
        return parse_integer(data)
    return integer(data) if isinstance(data, int) and not isinstance(data, bool) else refuse(data, "int")


def _read_decimal(data: Any) -> Decimal | None:
    if isinstance(data, str):
        return parse_decimal(data)
    if isinstance(data, bool) or not isinstance(data, int | float | Decimal):
        refuse(data, "dec")
    return decimal(as_json(data))


def _read_boolean(data: Any) -> bool | None:
    if isinstance(data, bool):
        return data
    found = parse_boolean(data) if isinstance(data, str) else None
    return found if found is not None or data == "" else refuse(data, "bln")


def _read_datetime(data: Any) -> datetime | None:
    if isinstance(data, datetime):
        return data
    return parse_loose_datetime(data) if isinstance(data, str) else refuse(data, "dtm")


def _read_duration(data: Any) -> timedelta | None:
    if isinstance(data, str):
        return parse_duration(data)
    if isinstance(data, timedelta):
        return data
    return duration(data) if isinstance(data, int) and not isinstance(data, bool) else refuse(data, "dur")


def _read_currency(data: Any) -> Currency | None:
    if isinstance(data, Mapping):
        return Currency(from_plain("dec", data.get("amount")), from_plain("str", data.get("code")))
    if isinstance(data, Currency):
        return data
    return parse_currency(data) if isinstance(data, str) else Currency(_read_decimal(data), None)


def _read_phone(data: Any) -> PhoneNumber | None:
    if isinstance(data, PhoneNumber):
        return data
    return (PhoneNumber(data) if data.strip() else None) if isinstance(data, str) else refuse(data, "phn")


def _read_iso(kind: Callable[[str], Any], type_: str) -> Callable[[Any], Any]:
    def read(data: Any) -> Any:
        try:
            return kind(data) if isinstance(data, str) else data
        except ValueError:
            refuse(data, type_)

    return read


_READERS: dict[str, Callable[[Any], Any]] = {
    "str": _read_string,
    "int": _read_integer,
    "dec": _read_decimal,
    "bln": _read_boolean,
    "dtm": _read_datetime,
    "dat": _read_iso(date.fromisoformat, "dat"),
    "tim": _read_iso(time.fromisoformat, "tim"),
    "dur": _read_duration,
    "cur": _read_currency,
    "phn": _read_phone,
}


def _read_entity(type_: str, data: Any) -> Any:
    """An object by its JSON, by its id, or by its name; speech by its text."""
    if types.group_of(type_) == "speech" and type_ != "pmt" and isinstance(data, str):
        function, kind = ("ToCommunication", "com") if type_ == "com" else ("ToAudioTTS", "aud")
        return Speech(function, (data,), kind)
    if isinstance(data, str):
        return Entity(type_, data, None) if _GUID.fullmatch(data) else Entity(type_, None, data)
    if not isinstance(data, Mapping):
        refuse(data, type_)
    fields = {}
    for name, item in data.items():
        if name in ("id", "name"):
            continue
        known = find_property(type_, name)
        fields[name] = from_plain(known.type, item) if known else Json(as_json(item))
    identifier, name = (
        _read_string(data.get(key)) if data.get(key) is not None else None for key in ("id", "name")
    )
    return Entity(type_, identifier, name, fields)
