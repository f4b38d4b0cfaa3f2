"""The rules of data actions: RB101 to RB199. One constant table; the checks live in the modules beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ringback.core.diagnostics import Severity
from ringback.lint.actions import body, contracts, escapes, inputs, outputs, paths, request, syntax
from ringback.lint.model import Finding, Rule
from ringback.lint.subject import Subject

Check: TypeAlias = Callable[[Subject], Iterable[Finding]]


def _rule(code: str, name: str, *, severity: Severity, check: Check, fixable: bool = False) -> Rule:
    """A rule whose summary is the first line of its check's docstring."""
    summary = (check.__doc__ or "").strip().splitlines()[0]
    return Rule(code, name, severity, summary, check, fixable)


_LOADING = (
    Rule("RB101", "malformed-document", "error", "The document is no data action that can be read."),
    Rule("RB104", "declared-twice", "error", "A variable of a plain document is declared or mapped twice."),
)

_CHECKS = (
    _rule("RB102", "illegal-path", severity="error", check=paths.illegal_path),
    _rule("RB103", "unknown-input", severity="error", check=inputs.unknown_input),
    _rule("RB105", "bad-input-name", severity="error", check=inputs.bad_input_name),
    _rule("RB106", "template-syntax", severity="error", check=syntax.template_syntax),
    _rule("RB107", "missing-dollar", severity="error", check=syntax.missing_dollar, fixable=True),
    _rule("RB108", "stray-character", severity="warning", check=syntax.stray_character, fixable=True),
    _rule("RB109", "unknown-tool", severity="error", check=syntax.unknown_tool),
    _rule("RB110", "letter-case", severity="warning", check=inputs.input_case, fixable=True),
    _rule("RB111", "unused-input", severity="warning", check=inputs.unused_input),
    _rule("RB112", "required-input-unused", severity="warning", check=inputs.required_input_unused),
    _rule("RB113", "unescaped-in-json", severity="warning", check=escapes.unescaped_in_json, fixable=True),
    _rule("RB114", "unescaped-in-path", severity="warning", check=escapes.unescaped_in_path, fixable=True),
    _rule("RB115", "unescaped-in-query", severity="warning", check=escapes.unescaped_in_query, fixable=True),
    _rule("RB116", "body-not-json", severity="error", check=body.body_not_json),
    _rule("RB117", "body-breaks", severity="warning", check=body.body_breaks),
    _rule("RB118", "default-without-path", severity="warning", check=paths.default_without_path),
    _rule("RB119", "default-breaks-contract", severity="warning", check=paths.default_breaks_contract),
    _rule("RB120", "path-never-meets-contract", severity="error", check=paths.path_never_meets),
    _rule("RB121", "unused-variable", severity="warning", check=paths.unused_variable),
    _rule("RB122", "undefined-variable", severity="error", check=syntax.undefined_variable),
    _rule("RB123", "default-not-json", severity="error", check=paths.default_not_json, fixable=True),
    _rule("RB124", "default-missing", severity="warning", check=paths.default_missing),
    _rule("RB125", "no-first-item", severity="warning", check=paths.no_first_item),
    _rule("RB126", "success-not-json", severity="error", check=outputs.success_not_json),
    _rule("RB127", "value-in-quotes", severity="warning", check=outputs.value_in_quotes),
    _rule("RB128", "output-never-produced", severity="warning", check=outputs.output_never_produced),
    _rule("RB129", "output-not-declared", severity="info", check=outputs.output_not_declared),
    _rule("RB130", "contract-refused", severity="error", check=contracts.contract_refused),
    _rule("RB131", "required-not-declared", severity="error", check=inputs.required_not_declared),
    _rule("RB132", "too-nested", severity="error", check=contracts.too_nested),
    _rule("RB133", "output-breaks-contract", severity="error", check=outputs.output_breaks_contract),
    _rule("RB140", "hard-coded-secret", severity="warning", check=request.hard_coded_secret),
    _rule("RB141", "hard-coded-id", severity="warning", check=request.hard_coded_id),
    _rule("RB142", "hard-coded-host", severity="warning", check=request.hard_coded_host),
    _rule("RB143", "plain-http", severity="warning", check=request.plain_http),
    _rule("RB144", "timeout-missing", severity="info", check=request.timeout_missing),
    _rule("RB145", "timeout-out-of-range", severity="error", check=request.timeout_out_of_range),
    _rule("RB146", "body-of-get", severity="warning", check=body.get_body),
    _rule("RB147", "accept-not-json", severity="error", check=request.accept_not_json),
    _rule("RB148", "platform-header", severity="warning", check=request.platform_header),
)

ACTION_RULES: tuple[Rule, ...] = tuple(sorted((*_LOADING, *_CHECKS), key=lambda rule: rule.code))
"""Every rule of data actions, in the order of the codes."""
