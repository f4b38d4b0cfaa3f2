"""Where was the value lost?"""

from __future__ import annotations

from typing import Any

import pytest

from ringback.dataactions import CannedTransport, execute, response_of
from ringback.dataactions.explain import Loss, first_loss, losses
from tests.dataactions.documents import EXPORT, action_of, changed

GOOD = {"customer": {"name": "Alice", "points": 1}}
TEMPLATE = "config.response.successTemplate"
DEFAULTS = "config.response.translationMapDefaults"
TYPED = changed(EXPORT, "contract.output.successSchema.properties.name", {"type": "string"})
UNTYPED = changed(EXPORT, "contract.output.successSchema.properties", {"name": {}, "points": {}})


def lost(document: dict[str, Any], body: Any, *, inputs: Any = None, status: int = 200) -> tuple[Loss, ...]:
    transport = CannedTransport([response_of({"status": status, "body": body})])
    report = execute(action_of(document), inputs or {"phone": "+1"}, transport=transport)
    found = losses(report)
    assert first_loss(report) == next((loss for loss in found if loss.fatal), None)
    return found


CASES: list[tuple[dict[str, Any], Any, int, str]] = [
    (EXPORT, {"users": {}}, 9,
     "name: $.customer.name stopped matching after $: it has 'users', no 'customer'"),
    (EXPORT, {"customer": {"names": "A", "x": 1}}, 9,
     "name: $.customer.name stopped matching after $.customer: it has 'names', 'x', no 'name'"),
    (EXPORT, {"customer": None}, 9,
     "name: $.customer.name stopped matching after $.customer: null stands there, no 'name' inside"),
    (EXPORT, {"customer": []}, 9,
     "name: $.customer.name stopped matching after $.customer: a list of 0 items, no name"),
    (EXPORT, {"customer": {"name": "A", "points": None}}, 9,
     "points: $.customer.points is there and null, so its default did not apply"),
    (UNTYPED, {"customer": {"name": "A", "points": None}}, 9,
     "points: $.customer.points is there and null, so its default did not apply"),
    (changed(EXPORT, DEFAULTS, {"points": "Not Found"}), {"customer": {"name": "A"}}, 9,
     "points: its default 'Not Found' is no JSON and went into the template as it is"),
    (changed(EXPORT, TEMPLATE, '{\n"name": ${name}\n"points": ${points}}'), GOOD, 10,
     'The template produced invalid JSON (line 3: "points": 1})'),
    (changed(EXPORT, TEMPLATE, ""), GOOD, 10, "The template produced invalid JSON: it is empty"),
    (EXPORT, {"customer": {"name": 7, "points": 1}}, 12,
     'The output does not match its contract: $.name: 7 is not of type "string"'),
    (changed(EXPORT, "config.response.translationMap.name", "$$.name"), GOOD, 9,
     "name: $$.name does not match:"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "body", "step", "message"), CASES)
def test_the_guilty_step(document: dict[str, Any], body: Any, step: int, message: str) -> None:
    found = lost(document, body)[0]
    assert (found.step, found.fatal) == (step, True)
    assert found.message.startswith(message)
    assert found.hint


def test_nothing_is_lost() -> None:
    assert lost(EXPORT, GOOD) == ()


def test_an_input_that_no_template_uses() -> None:
    document = changed(EXPORT, "config.request.requestTemplate", "{}")
    assert lost(document, GOOD) == (Loss(1, "Input 'phone' is used by no template", fatal=False),)
    document = changed(document, "config.request.requestType", "GET")
    document = changed(document, "config.request.requestTemplate", "${input.rawRequest}")
    assert lost(document, GOOD)[0].message == "Input 'phone' is used by no template (a GET sends no body)"
    found = lost(document, {}, status=404)
    assert found[0] == Loss(1, "Input 'phone' is used by no template (a GET sends no body)")


def test_a_reference_in_another_case() -> None:
    document = changed(EXPORT, "config.request.requestUrlTemplate", "https://x.example/${INPUT.phone}")
    found = lost(document, {}, status=404)
    assert found[0].step == 4
    assert found[0].message == "The URL still holds ${INPUT.phone}"
    assert found[0].hint == "references are case-sensitive: write ${input.phone}"
    assert found[-1].step == 8
    assert not lost(document, GOOD)[0].fatal


def test_a_default_that_was_used_is_a_remark() -> None:
    found = lost(EXPORT, {"customer": {"name": "A"}})
    assert [loss.fatal for loss in found] == [False]
    assert found[0].message == (
        "points: $.customer.points stopped matching after $.customer: it has 'name', no 'points'; "
        "its default 0 was used"
    )


def test_an_output_that_the_template_does_not_make_is_a_remark() -> None:
    document = changed(EXPORT, "contract.output.successSchema.properties.tier", {"type": "string"})
    assert lost(document, GOOD) == (
        Loss(10, "The output has no 'tier', which the contract declares", fatal=False),
    )
