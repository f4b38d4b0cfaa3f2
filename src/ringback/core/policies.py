"""Named choices where the real platform's behaviour is not documented.

Each policy has a default and a closed list of choices. A run says in its trace which policies it used;
`docs/policies.md` explains them. Code asks `Policies.get(name)`; a name that is not in `POLICIES` is a bug.
The tables are in `policies_flows` and `policies_platform`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ringback.core import policies_flows, policies_platform
from ringback.core.errors import UsageError
from ringback.core.policy import Policy

POLICIES: Mapping[str, Policy] = {
    policy.name: policy for policy in (*policies_flows.POLICIES, *policies_platform.POLICIES)
}


@dataclass(slots=True)
class Policies:
    """The choices of one run, and which of them were used."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, choice in self.chosen.items():
            policy = POLICIES.get(name)
            if policy is None:
                raise UsageError(
                    f"unknown policy {name!r}", hint=f"known policies: {', '.join(sorted(POLICIES))}"
                )
            if choice not in policy.choices:
                raise UsageError(
                    f"policy {name!r} has no choice {choice!r}", hint=f"choices: {', '.join(policy.choices)}"
                )

    def get(self, name: str) -> str:
        """The choice that holds for `name`, recording that it was used."""
        choice = self.chosen.get(name) or POLICIES[name].default
        self.used[name] = choice
        return choice
