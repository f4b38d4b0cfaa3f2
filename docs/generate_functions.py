"""Writes `expressions-functions.md`: every function and operator of the expression language.

Run `python docs/generate_functions.py` after a change of the library; a test compares the page with `page()`.
The sentences are kept here, beside nothing that runs, so that the library stays quick to import.
"""

from __future__ import annotations

from pathlib import Path

from ringback.lang.expr.library import GROUPS
from ringback.lang.expr.operators import OPERATORS
from ringback.lang.expr.signature import Overload, Parameter
from ringback.lang.expr.types import display_name, is_collection, item_of

PAGE = Path(__file__).with_name("expressions-functions.md")
_HEAD = """# Functions and operators

Written by `docs/generate_functions.py`; do not edit.

All functions and operators of Architect's expression language as ringback computes them. Names are not
case sensitive. Types are static: operands must have exactly the types shown, only the whole expression
is converted to the type of its place.

Marks: `?` the operand may be NOT_SET (without it NOT_SET is a run-time error), `!` has to be a literal,
`…` may repeat, `[1..7]` the range of a literal, `≠0` a literal may not be zero, `=` may be left out. Any
is one type per call: every Any of a signature is the same. Where a rule comes from: **doc** Genesys'
public scripting SDK or help, **sample** inferred from official sample flows, **user** community flows,
**name** only the name is public: using the function is reported as unsupported.

Where the platform's behaviour is not documented, a policy chooses: `string_collation` (Compare, `<` and
the like), `json_missing_property`, `json_null_to_typed`, `json_index_out_of_range`.
"""

ABOUT = {
    "AddDays": "Moves a moment by days; negative numbers go back.",
    "AddDuration": "Moves a moment by a Duration; fractions of a second are dropped.",
    "AddHours": "Moves a moment by hours.",
    "AddItem": "A new collection with the item at the end.",
    "AddItemAt": "A new collection with the item before the zero-based index.",
    "AddMinutes": "Moves a moment by minutes.",
    "AddMonths": "Moves a moment by months, at most to the last day of the target month.",
    "AddSeconds": "Moves a moment by seconds.",
    "AddYears": "Moves a moment by years; 29 February becomes the 28th.",
    "Append": 'Joins texts (NOT_SET is ""), or audio and prompts.',
    "AreEqual": "Whether all values equal the first, NOT_SET included. A Boolean first says whether to ignore"
    " case.",
    "AudioPlaybackOptions": "Audio with barge-in switched on or off; the outermost call of an expression.",
    "Average": "The mean of what is set; 0 when nothing is.",
    "Ceiling": "The smallest whole number that is not below the value; the type stays.",
    "Compare": '-1, 0 or 1 in sort order: lower case before upper case, NOT_SET before "".',
    "Contains": 'Whether a text has another in it; "" is in every text.',
    "ConvertCurrency": "The amount times the rate (1 when left out) in another currency.",
    "Count": "The number of items, NOT_SET items included, or of items in a JSON array.",
    "DateTimeDiff": "The first moment minus the second.",
    "Day": "Day of the month.",
    "DayOfWeek": "Sunday 1 to Saturday 7.",
    "DetectLanguage": "The likely language of a text, from its script and small words; else the default.",
    "EmailAddressDomainPart": "What stands behind the @; NOT_SET when the text is no address.",
    "EmailAddressLocalPart": "What stands before the @; NOT_SET when the text is no address.",
    "Find": "All zero-based indices of an item.",
    "FindEmergencyGroup": "The emergency group of that name, or NOT_SET.",
    "FindFirst": "The first index of an item, or -1.",
    "FindLanguageSkill": "The language skill with that id or name, or NOT_SET.",
    "FindQueue": "The queue with that id or name, or NOT_SET.",
    "FindQueueById": "The queue with that id, or NOT_SET.",
    "FindQueueEstimatedWaitTime": "Arguments are not public.",
    "FindSkill": "The skill with that id or name, or NOT_SET.",
    "FindString": 'Zero-based place of the n-th occurrence, or -1; "" is found at 0.',
    "FindSystemPrompt": "The system prompt of that name, with or without `PromptSystem.`, or NOT_SET.",
    "FindUser": "The user with that e-mail address, or NOT_SET.",
    "FindUserById": "The user with that id, or NOT_SET.",
    "FindUserPrompt": "The user prompt of that name, with or without `Prompt.`, or NOT_SET.",
    "Floor": "The largest whole number that is not above the value; the type stays.",
    "GetAt": "The item at a zero-based index; out of range is a run-time error.",
    "GetCurrencySymbol": "The symbol of a currency, or its code when it has none.",
    "GetCurrentDateTimeUtc": "The current moment of the simulation.",
    "GetDayOfWeekOccurrence": "The n-th weekday of year or month, negative from the end; NOT_SET if there is"
    " none.",
    "GetDefaultLanguage": "The flow's default language tag.",
    "GetJsonObjectProperty": "A property by its exact name; a missing one is NOT_SET (policy"
    " `json_missing_property`).",
    "GetJsonObjectPropertyNames": "The names of an object's properties.",
    "GetQueueEstimatedWaitTime": "Arguments are not public.",
    "GetSupportedLanguages": "The flow's language tags.",
    "Hour": "Hour, 0 to 23.",
    "If": "The branch that the condition picks; the other is not computed, a NOT_SET condition is false.",
    "IsJsonObject": "Whether a JSON value is an object.",
    "IsNotSetOrEmpty": 'True for NOT_SET, "", no items, a Currency without amount, and JSON null, "", []'
    " and {}.",
    "IsSet": "False only for NOT_SET.",
    "JsonParse": "JSON from strict JSON text.",
    "LTrim": "Without space, tab, CR and LF at the start.",
    "Left": "The first characters.",
    "Length": "The number of characters.",
    "Lower": "Lower case, the same in every language.",
    "MakeCommunication": "The parts one after the other.",
    "MakeCurrency": "A Currency; amount and code may be NOT_SET in it.",
    "MakeDateTime": "A moment in UTC; a date that does not exist is a run-time error.",
    "MakeDuration": "The sum of the parts, which may have different signs.",
    "MakeEmailAddress": "An EmailAddress with id and name.",
    "MakeEmptyList": "A collection of the sample's type without items.",
    "MakeList": "A collection of the items; at least one of them has a type.",
    "MakeListAgentScorePair": "Users with scores for preferred agent routing; both collections have the"
    " same length.",
    "MakeListCurrency": "Amounts with one code for all, or with a code each.",
    "MakeTimeslot": "An entry of a time picker.",
    "Minute": "Minute, 0 to 59.",
    "Month": "Month, 1 to 12.",
    "RTrim": "Without space, tab, CR and LF at the end.",
    "Random": "Arguments are not public.",
    "RandomInt": "Arguments are not public.",
    "Range": "Two Durations: less and plus the interval.",
    "RemoveDups": "The first of equal items.",
    "RemoveItem": "Without the items that equal the value.",
    "RemoveItemAt": "Without the item at the index.",
    "Replace": "All occurrences replaced, case sensitive; an empty search text changes nothing.",
    "ReplaceItem": "With all items that equal the value replaced.",
    "ReplaceItemAt": "With the item at the index replaced.",
    "ReplaceItemFirst": "With the first item that equals the value replaced.",
    "ReplaceJsonArrayItem": "A copy of a JSON array with the items that equal the value replaced.",
    "ResolveSlot": "The concrete value of a slot.",
    "Reverse": "The characters in reverse order.",
    "Right": "The last characters.",
    "Round": "Rounded half away from zero to whole numbers or to so many digits.",
    "RoundUp": "Up to 30 s, 1, 2, 5 minutes and multiples of 5 minutes; or of an interval; or to the"
    " first listed Duration that is not shorter.",
    "Second": "Second, 0 to 59.",
    "SetJsonObjectProperty": "A copy of a JSON object with the property set.",
    "Split": "The parts between delimiters, empty ones included; an empty delimiter gives characters.",
    "Substring": "So many characters from a zero-based place, cut at the end.",
    "Sum": "The sum; NOT_SET counts as nothing.",
    "ToAudio": "A prompt as audio.",
    "ToAudioBlank": "Silence of 0 to 10,000 ms.",
    "ToAudioBool": "true or false, or with Format.Bool.playYesNo yes or no, as audio.",
    "ToAudioCurrency": "An amount as audio.",
    "ToAudioDate": "A date as audio.",
    "ToAudioDateTime": "A time and date as audio.",
    "ToAudioDuration": "A Duration as audio.",
    "ToAudioNumber": "A number as audio; places are cut, not rounded.",
    "ToAudioNumberOrdinal": "First, second, … as audio.",
    "ToAudioPercent": "A percentage as audio.",
    "ToAudioPhoneNumber": "A tel number as audio, global or as dialled in its country.",
    "ToAudioTTS": "Text to speech.",
    "ToAudioTime": "A time as audio.",
    "ToAudioTimeRange": '"4 to 6 minutes" as audio.',
    "ToBool": "true, t, 1, false, f, 0 in any case, other text is NOT_SET; numbers are true unless 0.",
    "ToCommunication": "A value as a communication, dates and texts in a format.",
    "ToCommunicationBlank": "A pause.",
    "ToCommunicationSsml": "Arguments are not public.",
    "ToCurrency": "From `amount|CODE`, or an amount without a code.",
    "ToDateTime": "From `YYYY-MM-DDThh:mm:ss` with Z or an offset, or from seconds since 1970.",
    "ToDecimal": "Blank text is NOT_SET, other text that is no number a run-time error.",
    "ToDisplayString": 'Text for people; NOT_SET is "".',
    "ToDuration": "From XSD text such as `P1DT2H3M4.5S`, or from milliseconds.",
    "ToGroup": "A typed NOT_SET, or the group of that name.",
    "ToInt": "Decimals are cut toward zero, a Duration gives milliseconds, blank text is NOT_SET.",
    "ToJson": "A value as JSON; a text becomes a JSON string, it is not parsed.",
    "ToJsonCollection": "The items of a JSON array or of a collection, each as JSON.",
    "ToLanguageSkill": "A typed NOT_SET, or the language skill of that name.",
    "ToPhoneNumber": "From tel:, sip: and sips: addresses and plain numbers.",
    "ToQueue": "A typed NOT_SET, or the queue of that name.",
    "ToScheduleGroup": "A typed NOT_SET.",
    "ToSkill": "A typed NOT_SET, or the skill of that name.",
    "ToString": "DateTime as ISO with Z, Duration as XSD, Currency as amount|CODE, objects by name, users by"
    " user name, phone numbers by uri, collections joined with a line break or the delimiter.",
    "ToUser": "A typed NOT_SET, or the user of that name.",
    "ToWrapupCode": "A typed NOT_SET, or the wrap-up code of that name.",
    "Trim": "Without space, tab, CR and LF at both ends.",
    "Upper": "Upper case, the same in every language.",
    "WeekNum": "ISO 8601 week, 1 to 53.",
    "Year": "Year.",
}
OPERATORS_ABOUT = {
    "+": "Adds numbers, Currencies of one code, Durations and moments; joins texts and audio.",
    "-": "Subtracts.",
    "*": "Multiplies.",
    "/": "Divides; two Integers give a Decimal. Division by zero is an error.",
    "%": "The remainder, with the sign of the dividend.",
    "^": "Power, always a Decimal; right associative, binds less than the minus before a value.",
    "&": "Bits in both.",
    "|": "Bits in either.",
    "~": "Bits turned over.",
    "!": "Not.",
    "negate": "The minus before a value.",
    "and": "Both; the right side is not computed when the left is false.",
    "or": "Either; the right side is not computed when the left is true.",
    "?": "`condition ? then : otherwise`, as If.",
    "==": "Equal; NOT_SET equals NOT_SET, collections are compared item by item.",
    "!=": "Not equal.",
    ">": "Greater.",
    ">=": "Greater or equal.",
    "<": "Less; texts in sort order.",
    "<=": "Less or equal.",
    "[": '`collection[index]`: the item at a zero-based index; `value["property"]` reads a property.',
}


def _type(code: str) -> str:
    if item_of(code) in ("T", "any"):
        word = "Any" if item_of(code) == "T" else "any value"
        return f"{word} Collection" if is_collection(code) else word
    return "Audio or Prompt" if code == "audpmt" else display_name(code)


def _parameter(parameter: Parameter) -> str:
    low, high = parameter.low, parameter.high
    limits = (
        ""
        if low is None and high is None
        else f"[{'' if low is None else low}..{'' if high is None else high}]"
    )
    marks = [
        ("?", parameter.not_set),
        ("!", parameter.literal),
        ("≠0", parameter.nonzero),
        ("…", parameter.repeats),
    ]
    shown = "".join(mark for mark, holds in [*marks, ("=", parameter.optional)] if holds)
    return f"{parameter.name} {_type(parameter.type)}{limits}{shown}"


def _signature(row: Overload) -> str:
    return f"({', '.join(map(_parameter, row.parameters))}) → {_type(row.returns)}"


def _line(name: str, rows: list[Overload], about: str) -> str:
    signatures = "<br>".join(_signature(row) for row in rows)
    sources = ", ".join(dict.fromkeys(row.source for row in rows))
    cells = (f"`{name}`", signatures, about, sources)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _table(title: str, lines: list[str], first: str = "function") -> str:
    head = f"| {first} | operands → result | what it does | source |\n|---|---|---|---|"
    return "\n".join([f"\n## {title}\n", head, *lines])


def _group(title: str, rows: tuple[Overload, ...]) -> str:
    names = sorted({row.name for row in rows}, key=str.lower)
    return _table(
        title, [_line(name, [row for row in rows if row.name == name], ABOUT[name]) for name in names]
    )


def page() -> str:
    """The whole page."""
    operators = [
        _line("-" if name == "negate" else name, list(rows), OPERATORS_ABOUT[name])
        for name, rows in OPERATORS.items()
    ]
    groups = [_group(title, rows) for title, rows in GROUPS.items()]
    return "\n".join([_HEAD.rstrip(), *groups, _table("Operators", operators, "operator")]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
