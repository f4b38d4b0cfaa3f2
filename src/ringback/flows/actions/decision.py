"""decision: yes or no."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Next, Step


def build(b: Builder) -> Step:
    """True takes Yes, everything else No; a whole condition that is NOT_SET follows the policy."""
    condition, yes, no = b.value("condition", "bln"), b.exit("yes"), b.exit("no")

    def begin(run: Any) -> Next:
        answer = condition(run)
        if answer is None:
            return not_set(run)
        return yes if answer else no

    def not_set(run: Any) -> Next:
        if run.services.policy("decision_not_set") == "flow_error":
            raise FlowFault("NOT_SET_OPERAND", "the condition of the decision is not set")
        return no

    return Step(begin)


DECISION = ActionType(
    key="decision",
    title="Decision",
    about="True takes Yes, anything else No. A NOT_SET operand inside the condition is a flow error.",
    build=build,
    fields=(Field("condition", "bln", required=True, about="The condition."),),
    outputs=("yes", "no"),
    policies=("decision_not_set",),
    source="scripting SDK: ActionDecision; a NOT_SET result is a policy",
)
