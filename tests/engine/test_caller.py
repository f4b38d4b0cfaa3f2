"""Caller scripts."""

import pytest

from ringback.core.errors import UsageError
from ringback.engine.caller import Step, parse_caller


@pytest.mark.parametrize(
    ("script", "steps"),
    [
        ("", ()),
        (" ; ; ", ()),
        ("press 1", (Step("press", "1"),)),
        ("PRESS 1 2*#", (Step("press", "12*#"),)),
        ("say  I want  billing ", (Step("say", "I want  billing"),)),
        ("wait 10s; hangup", (Step("wait", ms=10_000), Step("hangup"))),
        ("wait 1.5", (Step("wait", ms=1500),)),
        ("wait 250 ms;wait 2m", (Step("wait", ms=250), Step("wait", ms=120_000))),
        (["press 1", "say a; b"], (Step("press", "1"), Step("say", "a; b"))),
    ],
)
def test_steps(script: str | list[str], steps: tuple[Step, ...]) -> None:
    assert parse_caller(script) == steps


@pytest.mark.parametrize("script", ["press", "press A", "say", "wait", "wait long", "hangup now", "dance"])
def test_other_words_are_refused(script: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_caller(script)
    assert raised.value.message == f"the caller cannot {script!r}"
    assert raised.value.hint == "write steps like: press 1; say billing; wait 10s; hangup"
