"""Every rule, by its code: data actions RB1xx, flows and worlds RB3xx; RB2xx are errors of expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ringback.core.errors import UsageError
from ringback.lint.actions import ACTION_RULES
from ringback.lint.flows import FLOW_RULES
from ringback.lint.model import Rule

RULES: Mapping[str, Rule] = {rule.code: rule for rule in (*ACTION_RULES, *FLOW_RULES)}


def chosen(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> frozenset[str]:
    """The codes that begin with one of `select` (all, when there is none) and with none of `ignore`.

    Raises:
        UsageError: a prefix that no rule has.
    """
    wanted, unwanted = _prefixes(select), _prefixes(ignore)
    for prefix in (*wanted, *unwanted):
        if not any(code.startswith(prefix) for code in RULES):
            raise UsageError(f"no check has a code that begins with {prefix!r}", hint=f"codes: {_span()}")
    return frozenset(
        code
        for code in RULES
        if code.startswith(wanted or ("",)) and not (unwanted and code.startswith(unwanted))
    )


def _prefixes(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.strip().upper() for text in texts for part in text.split(",") if part.strip())


def _span() -> str:
    codes = sorted(RULES)
    return f"{codes[0]} to {codes[-1]}, see docs/checks"
