"""Look-ups in the organisation: FindQueue, FindUser, FindSkill and others.

Not exactly one match is NOT_SET, never an error. `env.services.find(kind, key, by)` is asked with the type
code as kind and `by` "id", "name" or, for users, "email"; names are compared ignoring case by the one who
answers. User prompts and system prompts both have the kind "pmt".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ringback.lang.expr.signature import Overload, overload

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def _by_id_then_name(kind: str) -> Callable[[Any, str | None], Any]:
    def find(env: Any, key: str | None) -> Any:
        if not key:
            return None
        found = env.services.find(kind, key, "id") if _GUID.fullmatch(key) else None
        return found if found is not None else env.services.find(kind, key, "name")

    return find


def _by(kind: str, by: str) -> Callable[[Any, str | None], Any]:
    return lambda env, key: env.services.find(kind, key, by) if key else None


def _prompt(prefix: str) -> Callable[[Any, str | None], Any]:
    def find(env: Any, key: str | None) -> Any:
        bare = (key or "").strip()
        if bare.lower().startswith(prefix):
            bare = bare[len(prefix) :]
        return env.services.find("pmt", bare, "name") if bare else None

    return find


def _nothing(value: None) -> None:  # noqa: ARG001 - a bare NOT_SET
    return


def _rows(name: str, parameter: str, code: str, find: Callable[..., Any]) -> tuple[Overload, ...]:
    return (
        overload(name, f"({parameter} str?) -> {code}", find, style="context"),
        overload(name, f"({parameter} nul?) -> {code}", _nothing),
    )


def _sample(name: str, text: str, find: Callable[..., Any]) -> Overload:
    return overload(name, text, find, style="context", source="sample")


DIRECTORY = (
    _sample("FindEmergencyGroup", "(name str?) -> emg", _by("emg", "name")),
    *_rows("FindLanguageSkill", "skill", "lac", _by_id_then_name("lac")),
    *_rows("FindQueue", "queue", "que", _by_id_then_name("que")),
    _sample("FindQueueById", "(id str?) -> que", _by("que", "id")),
    overload("FindQueueEstimatedWaitTime", "() -> dur", None, source="name"),
    *_rows("FindSkill", "skill", "skl", _by_id_then_name("skl")),
    *_rows("FindSystemPrompt", "prompt", "pmt", _prompt("promptsystem.")),
    *_rows("FindUser", "email", "usr", _by("usr", "email")),
    _sample("FindUserById", "(id str?) -> usr", _by("usr", "id")),
    *_rows("FindUserPrompt", "prompt", "pmt", _prompt("prompt.")),
    overload("GetQueueEstimatedWaitTime", "() -> dur", None, source="name"),
)
