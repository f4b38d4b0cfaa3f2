"""Policies of data actions: named choices where the platform's behaviour is not documented."""

from __future__ import annotations

from collections.abc import Mapping

from ringback.core.errors import UsageError
from ringback.core.policies import POLICIES, Policies, Policy

_OWN = (
    Policy(
        "strict_references",
        ("success_template", "never", "always"),
        "An unset reference fails the success template (as the platform's own error says) "
        "and prints itself in URL, headers and body (as the help pages say).",
    ),
    Policy(
        "invalid_json_path",
        ("use_default", "fail"),
        "A path that is no legal JSONPath counts as not found, so its default applies.",
    ),
    Policy(
        "empty_response",
        ("empty_text", "empty_object"),
        "rawResult of a response without a body is the empty text (then `${rawResult}` is no JSON).",
    ),
    Policy(
        "failure_statuses",
        ("not_2xx",),
        "Every status outside 200 to 299 fails the action, unless a plain document names its statuses.",
    ),
    Policy(
        "redirects",
        ("follow_get", "never"),
        "Redirects of GET are followed inside the allowed hosts, at most 5; others are answers.",
    ),
)

DATA_ACTION_POLICIES: Mapping[str, Policy] = {policy.name: policy for policy in _OWN}


def choose(policies: Policies, name: str) -> str:
    """The choice that holds for a policy of this package, recorded as used.

    A policy that `ringback.core` knows by the same name is asked there.
    """
    if name in POLICIES:
        return policies.get(name)
    choice = policies.chosen.get(name) or DATA_ACTION_POLICIES[name].default
    policies.used[name] = choice
    return choice


def make_policies(chosen: Mapping[str, str]) -> Policies:
    """Policies of a run, where `chosen` may also name the policies of this package.

    Raises:
        UsageError: an unknown policy or choice.
    """
    own = {name: value for name, value in chosen.items() if name in DATA_ACTION_POLICIES}
    for name, value in own.items():
        if value not in DATA_ACTION_POLICIES[name].choices:
            choices = ", ".join(DATA_ACTION_POLICIES[name].choices)
            raise UsageError(f"policy {name!r} has no choice {value!r}", hint=f"choices: {choices}")
    policies = Policies({name: value for name, value in chosen.items() if name not in own})
    policies.chosen = dict(chosen)
    return policies
