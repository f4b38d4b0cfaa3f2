"""What a caller hears or a customer reads, as one line of English text.

Audio and communications are trees (`Speech`). Numbers stay digits ("2:22 PM", "30th", "1 2 3") so that a
test can compare them; the platform's own wording depends on the language. Silence and NOT_SET are "".
Formats and the cutting of decimal places follow the examples of Expression Help.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from ringback.lang.expr import phone
from ringback.lang.expr.raw import Currency, Entity, Json, Member, PhoneNumber, Speech, fixed
from ringback.lang.expr.text_forms import entity_text, json_as_text

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_SMALL_UNITS = {"USD": "cents", "EUR": "cents", "CAD": "cents", "AUD": "cents", "GBP": "pence"}
_NOT_DIGITS = re.compile(r"\D")
_NO_SPACE_BEFORE = tuple(" \t\n.,;:!?)%")


def speech_text(raw: Any) -> str:
    """The text of a piece of speech, of a prompt, or of any value that is said as it is.

    >>> speech_text(Speech("Append", ("Hello", Speech("ToAudioBlank", (500,)), 5)))
    'Hello 5'
    """
    if isinstance(raw, Speech):
        say: Callable[..., str] = _FUNCTIONS.get(raw.function, _say_all)
        return say(*raw.arguments)
    return _say(raw)


def _say_all(*parts: Any) -> str:
    """The parts one after the other, with a space where the author left none."""
    said = ""
    for text in filter(None, map(speech_text, parts)):
        glued = not said or said.endswith((" ", "\n", "\t")) or text.startswith(_NO_SPACE_BEFORE)
        said += text if glued else f" {text}"
    return said


def _say(value: Any, *options: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(filter(None, map(speech_text, value)))
    speaker = next(say for kind, say in _SPEAKERS if isinstance(value, kind))
    return speaker(value, _names(options))


def _names(options: Sequence[Any]) -> Sequence[Any]:
    """Enumeration members by name ("playDigits"); other options, such as decimal places, as they are."""
    return [option.name if isinstance(option, Member) else option for option in options]


def _say_text(value: str, options: Sequence[Any]) -> str:
    return " ".join(value.replace(" ", "")) if "playChars" in options else value


def _say_bool(value: bool, options: Sequence[Any]) -> str:
    yes, no = ("yes", "no") if "playYesNo" in options else ("true", "false")
    return yes if value else no


def _places(options: Sequence[Any]) -> int | None:
    """The number of decimal places among the options; a Decimal has at most 28 to speak of."""
    return next((min(max(option, 0), 28) for option in options if isinstance(option, int)), None)


def _digits(value: Decimal, places: int | None) -> str:
    """The number without needless zeros, or cut (not rounded) to so many places."""
    if places is None:
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text) if value else "0"
    return f"{fixed(value, places, rounding=ROUND_DOWN):f}"


def _say_number(value: Decimal | int, options: Sequence[Any]) -> str:
    text = _digits(Decimal(value), _places(options))
    sign, text = ("negative ", text[1:]) if text.startswith("-") else ("", text)
    return sign + _spelled(text, options)


def _spelled(text: str, options: Sequence[Any]) -> str:
    if "playDigits" not in options:
        return text
    return " ".join("point" if character == "." else character for character in text)


def _say_percent(value: Decimal | int | None, *options: Any) -> str:
    return f"{_say_number(value, options)}%" if value is not None else ""


def ordinal(value: int) -> str:
    """1st, 2nd, 3rd, 11th, …; a negative number stays a cardinal, as in the help."""
    if value < 0:
        return f"negative {-value}"
    suffix = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}"


def _say_currency(value: Currency, options: Sequence[Any]) -> str:
    if value.amount is None:
        return ""
    code = value.code or ""
    small = _SMALL_UNITS.get(code, f"minor units of {code}".strip())
    places = _places(options)
    cut = value.amount if places is not None else fixed(value.amount, 2)
    if "majorUnitsOnly" in options:
        return f"{_say_number(int(cut), ())} {code}".rstrip()
    if "minorUnitsOnly" in options:
        return f"{int(abs(cut) * 100) % 100} {small}"
    if "asMinorUnits" in options:
        return f"{_say_number(int(cut * 100), ())} {small}"
    spoken = _say_number(cut, [2 if places is None else places, *options])
    return f"{spoken} {code}".rstrip()


def _say_date(value: date, options: Sequence[Any]) -> str:
    chosen = next((name for name in options if name in _DATE_FORMATS), "longYear")
    return _DATE_FORMATS[chosen](value)


def _month_and_day(value: date) -> str:
    return f"{_DAYS[value.weekday()]} {_MONTHS[value.month - 1]} {ordinal(value.day)}"


_DATE_FORMATS: dict[Any, Callable[[date], str]] = {
    "longYear": lambda value: f"{_month_and_day(value)} {value.year}",
    "shortYear": lambda value: f"{_month_and_day(value)} {value.year}",
    "shortMonthAndDay": _month_and_day,
    "dayOfWeekOnly": lambda value: _DAYS[value.weekday()],
    "dayOnly": lambda value: ordinal(value.day),
    "monthOnly": lambda value: _MONTHS[value.month - 1],
    "shortYearOnly": lambda value: str(value.year),
    "longYearOnly": lambda value: str(value.year),
}


def _say_time(value: datetime | time, options: Sequence[Any]) -> str:
    if "twentyFourHours" in options:
        return f"{value.hour}:{value.minute:02d}"
    return f"{value.hour % 12 or 12}:{value.minute:02d} {'AM' if value.hour < 12 else 'PM'}"


def _say_datetime(value: datetime, options: Sequence[Any]) -> str:
    if any(option in _DATE_FORMATS for option in options):
        return _say_date(value, options)
    if any(option in ("twentyFourHours", "twelveHours") for option in options):
        return _say_time(value, options)
    return f"{_say_time(value, ())} {_say_date(value, ())}"


def _say_duration(value: timedelta, options: Sequence[Any] = ()) -> str:  # noqa: ARG001 - one shape of speaker
    seconds = int(abs(value).total_seconds())
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    counts = ((day, "days"), (hour, "hours"), (minute, "minutes"), (second, "seconds"))
    said = " ".join(_counted(count, unit) for count, unit in counts if count) or "0 seconds"
    return f"negative {said}" if value < timedelta(0) else said


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit.removesuffix('s') if count == 1 else unit}"


def _say_phone(value: PhoneNumber, options: Sequence[Any]) -> str:
    if not value.isTel:
        return ""
    dialing = next((option for option in options if option not in ("local", "global")), None)
    if value.e164 is None or "local" in options or (dialing and dialing == value.dialingCode):
        return " ".join(phone.local_digits(value.raw))
    return f"plus {' '.join(value.e164[1:])}"


def _say_phone_text(value: Any, *options: Any) -> str:
    if isinstance(value, str):
        return " ".join(_NOT_DIGITS.sub("", value))
    return _say(value, *options)


def _say_entity(value: Entity, options: Sequence[Any]) -> str:  # noqa: ARG001 - one shape of speaker
    if value.type == "pmt":
        return value.fields.get("textToSpeech") or value.name or ""
    if value.type == "tsl":
        return speech_text(value.fields.get("start"))
    return entity_text(value) or ""


def _say_range(low: int, high: int, part: Member | None = None) -> str:
    unit = part.name if part else "minutes"
    first, last = sorted((low, high))
    return _counted(first, unit) if first == last else f"{first} to {last} {unit}"


def _silence(*arguments: Any) -> str:  # noqa: ARG001 - whatever it was asked to pause for
    return ""


_SPEAKERS: Sequence[tuple[Any, Callable[[Any, Sequence[Any]], str]]] = (
    (str, _say_text),
    (bool, _say_bool),
    ((int, Decimal), _say_number),
    (datetime, _say_datetime),
    (date, _say_date),
    (time, _say_time),
    (timedelta, _say_duration),
    (Currency, _say_currency),
    (PhoneNumber, _say_phone),
    (Entity, _say_entity),
    (Speech, lambda value, options: speech_text(value)),  # noqa: ARG005 - one shape of speaker
    (Json, lambda value, options: json_as_text(value.value) or ""),  # noqa: ARG005 - one shape of speaker
    (object, lambda value, options: str(getattr(value, "name", value))),  # noqa: ARG005 - one shape of speaker
)
# Functions whose call says more than the value alone; any other is said part by part.
_FUNCTIONS: dict[str, Callable[..., str]] = {
    "AudioPlaybackOptions": lambda audio, *flags: speech_text(audio),  # noqa: ARG005 - flags are not heard
    "ToAudioBlank": _silence,
    "ToCommunicationBlank": _silence,
    "ToAudioTTS": lambda text, *options: _say_tts(text, options),
    "ToAudioDate": lambda value, *options: "" if value is None else _say_date(value, _names(options)),
    "ToAudioTime": lambda value, *options: "" if value is None else _say_time(value, _names(options)),
    "ToAudioPercent": _say_percent,
    "ToAudioNumberOrdinal": lambda value, *options: "" if value is None else ordinal(value),  # noqa: ARG005 - one signature for all
    "ToAudioPhoneNumber": _say_phone_text,
    "ToAudioTimeRange": _say_range,
} | dict.fromkeys(
    (
        "ToAudioBool",
        "ToAudioCurrency",
        "ToAudioDateTime",
        "ToAudioDuration",
        "ToAudioNumber",
        "ToCommunication",
    ),
    _say,
)


def _say_tts(text: str | None, options: Sequence[Any]) -> str:
    """TTS text; a language tag among the options is not heard."""
    return "" if text is None else _say_text(text, _names(options))
