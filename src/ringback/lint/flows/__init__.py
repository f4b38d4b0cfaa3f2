"""The rules of flows and worlds, RB301 to RB399: one constant table; the checks live beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ringback.core.diagnostics import Severity
from ringback.lint.flows import (
    audio,
    constants,
    contracts,
    expressions,
    outcomes,
    secure,
    structure,
    values,
    variables,
)
from ringback.lint.flows.subject import FlowSubject
from ringback.lint.model import Finding, Rule

Check: TypeAlias = Callable[[FlowSubject], Iterable[Finding]]


def _rule(code: str, name: str, *, severity: Severity, check: Check, fixable: bool = False) -> Rule:
    """A rule whose summary is the first line of its check's docstring."""
    summary = (check.__doc__ or "").strip().splitlines()[0]
    return Rule(code, name, severity, summary, check, fixable, "flow")


def _loading(code: str, name: str, *, summary: str) -> Rule:
    return Rule(code, name, "error", summary, kind="flow")


_LOADING = (
    _loading("RB301", "malformed-flow", summary="The document is no flow that can be read."),
    _loading(
        "RB302",
        "dangling-reference",
        summary="A reference to a task, menu, state or action that does not exist.",
    ),
    _loading(
        "RB303", "declared-twice", summary="Two variables, tasks, menus or states have the same name or id."
    ),
    _loading("RB304", "unknown-key", summary="A key that the flow, an action or a setting does not have."),
    Rule("RB361", "malformed-world", "error", "The document is no world that can be read.", kind="world"),
)

_CHECKS = (
    _rule("RB305", "unknown-action", severity="error", check=expressions.unknown_action),
    _rule("RB306", "missing-field", severity="error", check=expressions.missing_field),
    _rule("RB307", "flow-name", severity="error", check=variables.flow_name),
    _rule("RB310", "expression-error", severity="error", check=expressions.expression_error),
    _rule("RB311", "not-set-operand", severity="warning", check=values.not_set_operand, fixable=True),
    _rule("RB312", "index-unchecked", severity="warning", check=values.index_unchecked),
    _rule("RB313", "literal-type", severity="error", check=expressions.literal_type),
    _rule("RB314", "constant-condition", severity="warning", check=structure.constant_condition),
    _rule("RB320", "undeclared-variable", severity="error", check=expressions.undeclared_variable),
    _rule("RB321", "never-set", severity="warning", check=variables.never_set),
    _rule("RB322", "never-read", severity="info", check=variables.never_read),
    _rule("RB323", "unused-variable", severity="info", check=variables.never_used),
    _rule("RB324", "name-clash", severity="error", check=variables.name_clash),
    _rule("RB325", "secure-read", severity="error", check=secure.secure_read),
    _rule("RB326", "secure-declaration", severity="error", check=secure.secure_declaration),
    _rule("RB330", "unhandled-path", severity="warning", check=outcomes.unhandled_path),
    _rule("RB331", "transfer-unhandled", severity="info", check=outcomes.transfer_unhandled),
    _rule("RB332", "default-error-handling", severity="info", check=outcomes.default_error_handling),
    _rule("RB340", "unreached", severity="warning", check=structure.unreached_container),
    _rule("RB341", "unreachable-action", severity="warning", check=structure.unreachable_action),
    _rule("RB342", "endless-round", severity="error", check=structure.endless_cycle),
    _rule("RB343", "retry-without-limit", severity="warning", check=structure.retry_without_limit),
    _rule("RB344", "loop-count", severity="warning", check=structure.loop_count, fixable=True),
    _rule("RB345", "loop-once", severity="warning", check=structure.loop_body_ends),
    _rule("RB346", "open-end", severity="warning", check=structure.open_end),
    _rule("RB350", "input-missing", severity="error", check=contracts.input_missing),
    _rule("RB351", "input-type", severity="error", check=contracts.input_type),
    _rule("RB352", "unknown-input", severity="error", check=contracts.unknown_input, fixable=True),
    _rule("RB353", "unknown-output", severity="error", check=contracts.unknown_output, fixable=True),
    _rule("RB354", "output-type", severity="error", check=contracts.output_type),
    _rule("RB355", "timeout-mismatch", severity="info", check=contracts.timeout_against_service),
    _rule("RB360", "missing-in-world", severity="error", check=contracts.missing_in_world),
    _rule("RB370", "hard-coded-id", severity="warning", check=constants.hard_coded_guid),
    _rule("RB371", "hard-coded-number", severity="info", check=constants.hard_coded_number),
    _rule("RB372", "hard-coded-host", severity="info", check=constants.hard_coded_host),
    _rule("RB373", "secret-in-text", severity="warning", check=constants.secret_in_text),
    _rule("RB380", "key-clash", severity="error", check=audio.dtmf_clash),
    _rule("RB381", "choice-without-key", severity="warning", check=audio.choice_without_key),
    _rule("RB382", "missing-language", severity="warning", check=audio.missing_language),
    _rule("RB383", "long-silence", severity="warning", check=audio.silence),
)

FLOW_RULES: tuple[Rule, ...] = tuple(sorted((*_LOADING, *_CHECKS), key=lambda rule: rule.code))
"""Every rule of flows and worlds, in the order of the codes."""
