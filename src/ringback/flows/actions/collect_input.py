"""collectInput: ask the caller for digits, and whether they are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, Getter, Next, Step
from ringback.flows.actions.menu import dtmf_key
from ringback.flows.effects import Gather, Input, entered

MAX_DIGITS = 40


def _one_by_one(found: str) -> str:
    return " ".join(found)


def _as_number(found: str) -> str:
    return found.lstrip("0") or "0"


# How an entry is read back (scripting SDK: INPUT_VERIFICATION_TYPES); the words around it are ours.
_KINDS: Mapping[str, Callable[[str], str] | None] = MappingProxyType(
    {"none": None, "individualDigits": _one_by_one, "numeric": _as_number}
)


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


def _verification(b: Builder, *, secure: bool) -> Callable[[Any, str], str | None]:
    """What asks whether an entry is right; None where nothing is asked.

    Raises:
        DefinitionError: an unknown kind of verification.
    """
    kind = b.name("verificationType") or "none"
    if kind not in _KINDS:
        b.fail(f"no verification {kind!r}", b.node("verificationType"), hint=f"one of: {', '.join(_KINDS)}")
    own, say = b.text("verificationAudio"), _KINDS[kind]

    def words(run: Any, found: str) -> str | None:
        if say is None:
            return None
        spoken = "***" if secure else say(found)
        return own(run) or f"You entered {spoken}. If this is correct, press 1. Otherwise, press 2."

    return words


def _terminator(b: Builder) -> str:
    return dtmf_key(b.name("digits.range.terminatingDtmf") or b.name("terminatingDtmf"))


def _alone(b: Builder) -> tuple[Getter, Getter]:
    """Whether a lone * and a lone # are entries."""
    star, pound = (b.value(key, "bln", default=False) for key in ("acceptJustStar", "acceptJustPound"))
    return star, pound


def _acceptance(b: Builder, least: int, *, most: int) -> Callable[[Any, str], str | None]:
    """What the pressed keys enter; None for too few or too many digits."""
    (star, pound), terminator = _alone(b), _terminator(b)
    kept = b.name("includeTerminatingDtmfInResultData") == "true"

    def accepted(run: Any, keys: str) -> str | None:
        if (keys == "*" and star(run)) or (keys == "#" and pound(run)):
            return keys
        digits = entered(keys, terminator)
        if not (least <= len(digits) <= most and digits.isdecimal()):
            return None
        return keys if kept else digits

    return accepted


def build(b: Builder) -> Step:
    """Enough digits in time is Success and writes them; everything else is Failure and writes nothing."""
    least, most = _range(b)
    prompt, store = b.text("inputAudio"), b.writes("inputData")
    patience = b.duration("noEntryTimeout", "collectInput.noEntryTimeout", 5_000)
    between = b.duration("interDigitTimeout", "collectInput.interDigitTimeout", 3_000)
    star, pound = _alone(b)
    terminator = _terminator(b)
    success, failure = b.exit("success"), b.exit("failure")
    secure = b.is_secure(b.node("inputData"))
    verify, accepted = _verification(b, secure=secure), _acceptance(b, least, most=most)

    def begin(run: Any) -> Next:
        run.memo.pop("entered", None)
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

    def verified(run: Any, reply: Input) -> Next:
        run.services.policy("verification_keys")
        if entered(reply.digits, "#") != "1":
            return begin(run)
        return kept_as(run, run.memo["entered"])

    def kept_as(run: Any, found: str) -> Next:
        if store is not None:
            store(run, found)
        return success

    def resume(run: Any, reply: Input) -> Next:
        if "entered" in run.memo:
            return verified(run, reply)
        if (found := accepted(run, reply.digits)) is None:
            return failure
        if (words := verify(run, found)) is None:
            return kept_as(run, found)
        run.memo["entered"] = found
        return Gather(words, "digits", timeout_ms=patience(run), language=run.language)

    return Step(begin, resume)


COLLECT_INPUT = ActionType(
    key="collectInput",
    title="Collect Input",
    about="Plays a prompt and collects digits, exactly n or a range, up to 40; reads them back on demand.",
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
        Field("verificationType", "word", "word", about="none, individualDigits or numeric."),
        Field("verificationAudio", "aud", about="Asks whether the entry is right."),
    ),
    outputs=("success", "failure"),
    policies=("verification_keys",),
    source="scripting SDK: ActionCollectInput",
)
