"""Literals of documents, values for answers that nobody prepared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ringback.documents import read_yaml
from ringback.engine.samples import sample
from ringback.flows.literals import guess_type, literal
from ringback.lang.expr import types
from ringback.lang.expr.values import Currency, EvaluationError, Json, PhoneNumber, Speech, from_plain

_LITERALS: list[tuple[str, str, Any]] = [
    ("str", '"0123"', "0123"),
    ("str", "0123", "0123"),
    ("str", "no", "no"),
    ("str", "1.50", "1.50"),
    ("int", "12", 12),
    ("int", '"12"', 12),
    ("int", "null", None),
    ("dec", "0.1", Decimal("0.1")),
    ("dec", "2", Decimal(2)),
    ("bln", "true", True),
    ("dur", "{minutes: 1, seconds: 30}", timedelta(seconds=90)),
    ("dur", "{hour: 2, ms: 5}", timedelta(hours=2, milliseconds=5)),
    ("dur", "PT10S", timedelta(seconds=10)),
    ("dtm", "{year: 2025, month: 6, day: 2, hour: 10}", datetime(2025, 6, 2, 10, tzinfo=UTC)),
    ("dtm", "'2025-06-02T10:00:00Z'", datetime(2025, 6, 2, 10, tzinfo=UTC)),
    ("cur", "{amount: 5.25, code: USD}", Currency(Decimal("5.25"), "USD")),
    ("cur", "{code: USD}", Currency(None, "USD")),
    ("jsn", "'{\"a\": 1}'", Json({"a": 1})),
    ("jsn", "{a: [1, null]}", Json({"a": [1, None]})),
    ("phn", "tel:+12125550123", PhoneNumber("tel:+12125550123")),
    ("aud", "hello", Speech("ToAudioTTS", ("hello",))),
]


@pytest.mark.parametrize(("type_", "text", "raw"), _LITERALS)
def test_literal(type_: str, text: str, raw: Any) -> None:
    assert literal(read_yaml(text, file="x"), type_) == raw


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("int", "many"),
        ("int", "1.5"),
        ("bln", "perhaps"),
        ("dur", "{weeks: 1}"),
        ("dur", "{seconds: many}"),
        ("dtm", "{year: 2025, month: 13}"),
        ("dtm", "soon"),
        ("jsn", "'{'"),
    ],
)
def test_what_does_not_fit_is_a_conversion_error(type_: str, text: str) -> None:
    with pytest.raises(EvaluationError) as raised:
        literal(read_yaml(text, file="x"), type_)
    assert raised.value.code == "CONVERSION"


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("true", "bln"),
        ("1", "int"),
        ("1.5", "dec"),
        ("a", "str"),
        ("[]", "str_coll"),
        ("[1]", "int_coll"),
        ("{seconds: 1}", "dur"),
        ("{a: 1}", "jsn"),
    ],
)
def test_guessed_types(text: str, type_: str) -> None:
    assert guess_type(read_yaml(text, file="x")) == type_


@pytest.mark.parametrize(
    "type_", ["str", "int", "dec", "bln", "dtm", "dur", "cur", "phn", "jsn", "que", "aud"]
)
def test_samples_fit_their_types(type_: str) -> None:
    raw = from_plain(type_, sample(type_))
    assert (raw is None) == (type_ in ("que", "aud"))
    items = from_plain(types.collection_of(type_), sample(types.collection_of(type_)))
    assert items == ((raw,) if raw is not None else ())
