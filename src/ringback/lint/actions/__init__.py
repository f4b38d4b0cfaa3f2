"""The rules of data actions: RB101 to RB199. One constant table; the checks live in the modules beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ringback.core.diagnostics import Severity
from ringback.lint.actions import body, contracts, escapes, inputs, outputs, paths, request, syntax
from ringback.lint.model import Finding, Rule
from ringback.lint.subject import Subject

Check: TypeAlias = Callable[[Subject], Iterable[Finding]]


def _rule(code: str, name: str, severity: Severity, check: Check, *, fixable: bool = False) -> Rule:
    """A rule whose summary is the first line of its check's docstring."""
    summary = (check.__doc__ or "").strip().splitlines()[0]
    return Rule(code, name, severity, summary, check, fixable)


_LOADING = (
    Rule("RB101", "malformed-document", "error", "The document is no data action that can be read."),
    Rule("RB104", "declared-twice", "error", "A variable of a plain document is declared or mapped twice."),
)

_CHECKS = (
    _rule("RB102", "illegal-path", "error", paths.illegal_path),
    _rule("RB103", "unknown-input", "error", inputs.unknown_input),
    _rule("RB105", "bad-input-name", "error", inputs.bad_input_name),
    _rule("RB106", "template-syntax", "error", syntax.template_syntax),
    _rule("RB107", "missing-dollar", "error", syntax.missing_dollar, fixable=True),
    _rule("RB108", "stray-character", "warning", syntax.stray_character, fixable=True),
    _rule("RB109", "unknown-tool", "error", syntax.unknown_tool),
    _rule("RB110", "letter-case", "warning", inputs.input_case, fixable=True),
    _rule("RB111", "unused-input", "warning", inputs.unused_input),
    _rule("RB112", "required-input-unused", "warning", inputs.required_input_unused),
    _rule("RB113", "unescaped-in-json", "warning", escapes.unescaped_in_json, fixable=True),
    _rule("RB114", "unescaped-in-path", "warning", escapes.unescaped_in_path, fixable=True),
    _rule("RB115", "unescaped-in-query", "warning", escapes.unescaped_in_query, fixable=True),
    _rule("RB116", "body-not-json", "error", body.body_not_json),
    _rule("RB117", "body-breaks", "warning", body.body_breaks),
    _rule("RB118", "default-without-path", "warning", paths.default_without_path),
    _rule("RB119", "default-breaks-contract", "warning", paths.default_breaks_contract),
    _rule("RB120", "path-never-meets-contract", "error", paths.path_never_meets),
    _rule("RB121", "unused-variable", "warning", paths.unused_variable),
    _rule("RB122", "undefined-variable", "error", syntax.undefined_variable),
    _rule("RB123", "default-not-json", "error", paths.default_not_json, fixable=True),
    _rule("RB124", "default-missing", "warning", paths.default_missing),
    _rule("RB125", "no-first-item", "warning", paths.no_first_item),
    _rule("RB126", "success-not-json", "error", outputs.success_not_json),
    _rule("RB127", "value-in-quotes", "warning", outputs.value_in_quotes),
    _rule("RB128", "output-never-produced", "warning", outputs.output_never_produced),
    _rule("RB129", "output-not-declared", "info", outputs.output_not_declared),
    _rule("RB130", "contract-refused", "error", contracts.contract_refused),
    _rule("RB131", "required-not-declared", "error", inputs.required_not_declared),
    _rule("RB132", "too-nested", "error", contracts.too_nested),
    _rule("RB133", "output-breaks-contract", "error", outputs.output_breaks_contract),
    _rule("RB140", "hard-coded-secret", "warning", request.hard_coded_secret),
    _rule("RB141", "hard-coded-id", "warning", request.hard_coded_id),
    _rule("RB142", "hard-coded-host", "warning", request.hard_coded_host),
    _rule("RB143", "plain-http", "warning", request.plain_http),
    _rule("RB144", "timeout-missing", "info", request.timeout_missing),
    _rule("RB145", "timeout-out-of-range", "error", request.timeout_out_of_range),
    _rule("RB146", "body-of-get", "warning", body.get_body),
    _rule("RB147", "accept-not-json", "error", request.accept_not_json),
    _rule("RB148", "platform-header", "warning", request.platform_header),
)

ACTION_RULES: tuple[Rule, ...] = tuple(sorted((*_LOADING, *_CHECKS), key=lambda rule: rule.code))
"""Every rule of data actions, in the order of the codes."""
