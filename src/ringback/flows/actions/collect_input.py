"""collectInput: ask the caller for digits."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, Next, Step
from ringback.flows.actions.menu import dtmf_key
from ringback.flows.effects import Gather, Input, entered

MAX_DIGITS = 40


def _number(b: Builder, path: str) -> int | None:
    node = b.node(path)
    if node is None:
        return None
    value = (node.get("lit") or node).value
    if not isinstance(value, int) or not 1 <= value <= MAX_DIGITS:
        b.fail(f"the number of digits must be 1 to {MAX_DIGITS}", node)
    return value


def _range(b: Builder) -> tuple[int, int]:
    exact = _number(b, "digits.exact")
    if exact is not None:
        return exact, exact
    least, most = _number(b, "digits.range.min"), _number(b, "digits.range.max")
    if least is None or most is None:
        b.fail(
            "collectInput needs `digits: {exact: n}` or `digits: {range: {min: a, max: b}}`", b.node("digits")
        )
    if least > most:
        b.fail("the range of digits is empty", b.node("digits"))
    return least, most


def build(b: Builder) -> Step:
    """Enough digits in time is Success and writes them; everything else is Failure and writes nothing."""
    least, most = _range(b)
    prompt, store = b.text("inputAudio"), b.writes("inputData")
    patience = b.duration("noEntryTimeout", "collectInput.noEntryTimeout", 5_000)
    between = b.duration("interDigitTimeout", "collectInput.interDigitTimeout", 3_000)
    star, pound = (
        b.value("acceptJustStar", "bln", default=False),
        b.value("acceptJustPound", "bln", default=False),
    )
    terminator = dtmf_key(b.name("digits.range.terminatingDtmf") or b.name("terminatingDtmf"))
    kept = b.name("includeTerminatingDtmfInResultData") == "true"
    success, failure = b.exit("success"), b.exit("failure")
    secure = b.is_secure(b.node("inputData"))

    def begin(run: Any) -> Next:
        return Gather(
            prompt(run),
            "digits",
            least,
            most,
            terminator,
            timeout_ms=patience(run),
            inter_digit_ms=between(run),
            language=run.language,
            secure=secure,
            alone=("*" if star(run) else "") + ("#" if pound(run) else ""),
        )

    def accepted(run: Any, keys: str) -> str | None:
        if (keys == "*" and star(run)) or (keys == "#" and pound(run)):
            return keys
        digits = entered(keys, terminator)
        if not (least <= len(digits) <= most and digits.isdecimal()):
            return None
        return keys if kept else digits

    def resume(run: Any, reply: Input) -> Next:
        if (found := accepted(run, reply.digits)) is None:
            return failure
        if store is not None:
            store(run, found)
        return success

    return Step(begin, resume)


COLLECT_INPUT = ActionType(
    key="collectInput",
    title="Collect Input",
    about="Plays a prompt and collects digits, exactly n or a range, up to 40.",
    build=build,
    fields=(
        Field("inputData", "str", "writes", about="Where the digits go."),
        Field("digits.exact", "int", "word", about="Number of digits."),
        Field("digits.range", "int", "word", about="Least and most digits, and the key that ends the entry."),
        Field("inputAudio", "aud", about="The prompt."),
        Field("noEntryTimeout", "dur", about="Patience for the first key."),
        Field("interDigitTimeout", "dur", about="Patience between keys."),
        Field("acceptJustStar", "bln", about="Whether a lone * is an entry."),
        Field("acceptJustPound", "bln", about="Whether a lone # is an entry."),
        Field(
            "includeTerminatingDtmfInResultData", "bln", "word", about="Keeps the key that ends the entry."
        ),
        Field("verificationType", "word", "word", about="none, digits or number."),
        Field("verificationAudio", "aud", about="Asks whether the entry is right."),
    ),
    outputs=("success", "failure"),
    source="scripting SDK: ActionCollectInput",
)
