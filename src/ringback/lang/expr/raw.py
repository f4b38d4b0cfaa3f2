"""Raw values of the expression language: what a running flow holds in its variables.

Raw values carry no type; the checker knows it. `None` is NOT_SET, collections are tuples, a Decimal has 40
digits, a DateTime is an aware UTC `datetime` without fractions, a Duration a `timedelta` in milliseconds,
a Date and a Time are `date` and `time`. Everything else is one of the frozen classes below.
Other modules import these through `values`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    InvalidOperation,
    Overflow,
)
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.lang.expr import phone
from ringback.lang.expr.types import MAX_INTEGER, MIN_INTEGER

MIN_DATETIME = datetime(1800, 1, 1, tzinfo=UTC)
MAX_DATETIME = datetime(2200, 12, 31, 23, 59, 59, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
DECIMAL_DIGITS = 40
MAX_TEXT = 1_000_000  # characters that a function makes; also of a piece of speech, ten for each call in it
MAX_LEVELS = 200  # of JSON and of speech
# The one context of all Decimal arithmetic; `decimal()` rounds into it and checks the magnitude.
CONTEXT = Context(prec=DECIMAL_DIGITS, rounding=ROUND_HALF_EVEN, Emin=-999, Emax=DECIMAL_DIGITS - 1)


class EvaluationError(DefinitionError):
    """An expression failed while it ran: the flow's error event handling starts.

    Codes: NOT_SET_OPERAND, CONVERSION, INDEX_OUT_OF_RANGE, DIVISION_BY_ZERO, OUT_OF_RANGE (beyond what the
    type holds), BAD_ARGUMENT, CURRENCY_MISMATCH, PROPERTY_MISSING, FUNCTION_UNSUPPORTED.
    """

    def __init__(self, message: str, code: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint, code=code)


def too_large(what: str, most: int, *, limit: str) -> EvaluationError:
    """The error of a value that a loop, say, makes larger and larger."""
    return EvaluationError(
        f"a {what} of more than {most:,} characters",
        "OUT_OF_RANGE",
        hint=f"the limit {limit}, docs/limits.md",
    )


@dataclass(frozen=True, slots=True)
class Currency:
    """An amount with its ISO 4217 code; either may be NOT_SET inside a set Currency."""

    amount: Decimal | None
    code: str | None


@dataclass(frozen=True, slots=True, eq=False)
class PhoneNumber:
    """A telephone or SIP address, named as Architect names the properties.

    Two are equal when both are tel numbers with the same digits, both are SIP with the same uri, or
    neither is and the raw texts agree (help of `==`; digits because its examples equate "+1317…" and
    "1317…").
    """

    raw: str

    @property
    def scheme(self) -> str | None:
        """The word "tel", "sip" or "sips"; NOT_SET for any other text."""
        return phone.scheme(self.raw)

    @property
    def uri(self) -> str | None:
        """The address with its scheme; NOT_SET when there is no scheme."""
        return phone.uri(self.raw)

    @property
    def isTel(self) -> bool:  # noqa: N802 - the property's name in Architect
        """Whether it is a telephone number."""
        return self.scheme == "tel"

    @property
    def isSip(self) -> bool:  # noqa: N802 - the property's name in Architect
        """Whether it is a SIP address."""
        return self.scheme in ("sip", "sips")

    @property
    def isGlobal(self) -> bool:  # noqa: N802 - the property's name in Architect
        """Whether it is a telephone number that starts with +."""
        return self.isTel and phone.number(self.raw).startswith("+")

    @property
    def e164(self) -> str | None:
        """The E.164 form of a valid global number, else NOT_SET."""
        parts = phone.split(self.raw)
        return parts and f"+{parts[0]}{parts[1]}"

    @property
    def dialingCode(self) -> str | None:  # noqa: N802 - the property's name in Architect
        """The country calling code of a valid global number, else NOT_SET."""
        parts = phone.split(self.raw)
        return parts and parts[0]

    @property
    def subscriberNumber(self) -> str | None:  # noqa: N802 - the property's name in Architect
        """The national number of a valid global number, else NOT_SET."""
        parts = phone.split(self.raw)
        return parts and parts[1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PhoneNumber) and phone.key(self.raw) == phone.key(other.raw)

    def __hash__(self) -> int:
        return hash(phone.key(self.raw))


@dataclass(frozen=True, slots=True, eq=False)
class Json:
    """A JSON value: dict, list, str, int, Decimal, bool or None; never changed in place."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Json) and json_equal(self.value, other.value)

    def __hash__(self) -> int:
        return hash(repr(self.value))


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of audio or communication as the call that makes it.

    Attributes:
        function: "ToAudioTTS", "Append", …
        arguments: raw operands; nested speech for compositions.
        type: "aud" or "com".
        size: characters in it, and ten for every call.
        levels: how deep it nests.

    Raises:
        EvaluationError: OUT_OF_RANGE, it is larger or deeper than `expression_speech`.
    """

    function: str
    arguments: tuple[Any, ...]
    type: str = "aud"
    size: int = field(init=False, repr=False, compare=False)
    levels: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        size, levels = 10, 0
        for part in self.arguments:
            if isinstance(part, Speech):
                size, levels = size + part.size, max(levels, part.levels)
            elif isinstance(part, str):
                size += len(part)
        if size > MAX_TEXT or levels >= MAX_LEVELS:
            raise too_large("piece of speech", MAX_TEXT, limit="expression_speech")
        object.__setattr__(self, "size", size)
        object.__setattr__(self, "levels", levels + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """An object of the organisation or of the interaction, such as a queue, a user, a prompt, an e-mail.

    Two are equal when type and id agree; without an id all parts have to agree.
    """

    type: str
    id: str | None = None
    name: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entity) or self.type != other.type or self.id != other.id:
            return False
        return bool(self.id) or (self.name == other.name and dict(self.fields) == dict(other.fields))

    def __hash__(self) -> int:
        return hash((self.type, self.id))


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enumeration (`Format.Date.shortYear`: type "daf") or a container of members."""

    type: str
    name: str


def email_address(address: str | None, name: str | None = None) -> Entity:
    """An EmailAddress value."""
    return Entity("cpx_email_address", address, name)


def json_equal(left: Any, right: Any) -> bool:
    """Whether two JSON values are the same; true is not 1, but 1 is 1.0.

    >>> json_equal([1], [True]), json_equal({"a": 1}, {"a": Decimal("1.0")})
    (False, True)
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(json_equal(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(json_equal, left, right))
    return bool(left == right)


def equal(left: Any, right: Any, *, ignore_case: bool = False) -> bool:
    """Architect's equality of two raw values of one type; NOT_SET equals NOT_SET, collections by item."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(
            equal(one, two, ignore_case=ignore_case) for one, two in zip(left, right, strict=True)
        )
    if ignore_case and isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    return bool(left == right)


def integer(value: int) -> int:
    """The value, if an Integer can hold it."""
    if not MIN_INTEGER <= value <= MAX_INTEGER:
        raise EvaluationError(f"{value} is more than an Integer holds (15 digits)", "OUT_OF_RANGE")
    return value


def decimal(value: Decimal | int) -> Decimal:
    """The value rounded to 40 digits, if a Decimal can hold it (below 10^40)."""
    try:
        found = CONTEXT.create_decimal(value)
        if found.is_finite():
            return found
        raise Overflow
    except (Overflow, InvalidOperation) as error:
        raise EvaluationError(f"{value} is more than a Decimal holds (10^40)", "OUT_OF_RANGE") from error


def compute(operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal) -> Decimal:
    """An operation of `CONTEXT` whose overflow is the error OUT_OF_RANGE."""
    try:
        return operation(left, right)
    except DecimalException:
        raise EvaluationError("the result is more than a Decimal holds (10^40)", "OUT_OF_RANGE") from None


def tidy(value: Decimal) -> Decimal:
    """The value without trailing zeros behind the first decimal place: 37.800 -> 37.8, 8 -> 8.0."""
    text = f"{value:f}"
    if "." not in text:
        return Decimal(f"{text}.0")
    whole, _, places = text.partition(".")
    return Decimal(f"{whole}.{places.rstrip('0') or '0'}")


def moment(value: datetime) -> datetime:
    """The DateTime in UTC with its fraction of a second cut off, if it lies in 1800 to 2200."""
    cut = value.astimezone(UTC).replace(microsecond=0)
    if not MIN_DATETIME <= cut <= MAX_DATETIME:
        raise EvaluationError(f"{cut:%Y-%m-%d} is outside 1800 to 2200", "OUT_OF_RANGE")
    return cut


def duration(milliseconds: int) -> timedelta:
    """The Duration of so many milliseconds, if a Duration can hold it (15 digits)."""
    if not MIN_INTEGER <= milliseconds <= MAX_INTEGER:
        raise EvaluationError(
            f"{milliseconds} ms is more than a Duration holds (15 digits of milliseconds)", "OUT_OF_RANGE"
        )
    return timedelta(milliseconds=milliseconds)


def milliseconds_of(value: timedelta) -> int:
    """The whole milliseconds of a Duration, cut toward zero."""
    whole = abs(value) // MILLISECOND
    return whole if value >= timedelta(0) else -whole


def fixed(value: Decimal, places: int, *, rounding: str = "ROUND_HALF_UP") -> Decimal:
    """The value with exactly so many decimal places; half goes away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=Context(prec=80))


def truncate(value: Decimal) -> int:
    """The whole part, toward zero."""
    return int(value.to_integral_value(rounding=ROUND_DOWN))


def require(*operands: Any) -> None:
    """Raise NOT_SET_OPERAND when an operand is NOT_SET."""
    if any(operand is None for operand in operands):
        raise EvaluationError("an operand is NOT_SET", "NOT_SET_OPERAND")
