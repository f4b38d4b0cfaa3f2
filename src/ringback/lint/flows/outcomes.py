"""Checks of outputs: paths on which an action did not do what it was asked, and nobody notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringback.core.errors import DefinitionError
from ringback.flows.loaders.shapes import is_empty
from ringback.flows.model import Action
from ringback.lang.expr.typed import Operation, Reference, Typed, walk
from ringback.lint.flows.graph import BAD, OUTPUTS, ends
from ringback.lint.flows.subject import VOICE, FlowSubject, Located
from ringback.lint.model import Finding

_WORDS: Mapping[str, str] = {"failure": "Failure", "timeout": "Timeout", "notFound": "Not Found"}
_GOOD = ("success", "found")
_TESTS = frozenset(("isset", "isnotsetorempty", "==", "!=", "areequal", "count"))
_LOOKUPS = frozenset(type_ for type_ in OUTPUTS if type_ not in ("decision", "collectInput"))


def unhandled_path(subject: FlowSubject) -> Iterator[Finding]:
    """A Failure, Timeout or Not Found path is empty, and the flow goes on as if the step had worked."""
    for action in subject.actions.values():
        if action.type not in _LOOKUPS or action.id not in subject.reached:
            continue
        empty = [name for name in OUTPUTS[action.type] if name in BAD and name not in action.outputs]
        if empty and not _parted(subject, action) and not _noticed(subject, action):
            yield _unhandled(subject, action, empty=empty)


def _parted(subject: FlowSubject, action: Action) -> bool:
    """Whether success goes another way than what stands below, which is then the handling."""
    good = next((name for name in _GOOD if name in action.outputs), None)
    return good is not None and not _comes_back(subject, action, branch=good)


def _comes_back(subject: FlowSubject, action: Action, *, branch: str) -> bool:
    """Whether a branch can end without ending the flow, the task or the turn of a loop."""
    inside = [
        each for each in subject.actions.values() if _in_branch(subject, each, outer=action, branch=branch)
    ]
    ids = {each.id for each in inside}
    return any(
        edge.to not in ids and edge.output not in ("enter", "call", "loopNext", "loopExit", "again")
        for each in inside
        if not ends(each)
        for edge in subject.graph.edges[each.id]
    )


def _in_branch(subject: FlowSubject, each: Action, *, outer: Action, branch: str) -> bool:
    while each.parent is not None:
        if each.parent == outer.id:
            return each.branch == branch
        each = subject.actions[each.parent]
    return False


def _noticed(subject: FlowSubject, action: Action) -> bool:
    """Whether something tests what the step writes."""
    return bool(_written(subject, action) & subject.once(_tested))


def _written(subject: FlowSubject, action: Action) -> frozenset[str]:
    return frozenset(str(use.node.value).strip().lower() for use in subject.uses[action.id] if use.writes)


def _results(subject: FlowSubject, action: Action) -> list[str]:
    """What the step sets when it worked."""
    writes = [use for use in subject.uses[action.id] if use.writes and "failureOutputs" not in use.path]
    return [str(use.node.value).strip() for use in writes]


def _read_behind(subject: FlowSubject, action: Action, *, empty: list[str]) -> frozenset[str]:
    """Every variable that an expression reads on a way that begins at one of the empty paths."""
    starts = [edge.to for edge in subject.graph.edges[action.id] if edge.output in empty]
    behind = subject.graph.reached(starts) - {action.id}
    return frozenset(
        name
        for root, located in _roots(subject)
        if (located.action.id if located.action is not None else "") in behind
        for name in _names(root)
    )


def _tested(subject: FlowSubject) -> frozenset[str]:
    """Every variable that an expression compares or tests, and those that a Decision or Switch reads."""
    found: set[str] = set()
    for root, located in _roots(subject):
        if located.action is not None and located.action.type in ("decision", "switch"):
            found |= _names(root)
        for node in walk(root):
            if isinstance(node, Operation) and node.name.lower() in _TESTS:
                found |= {name for operand in node.operands for name in _names(operand)}
    return frozenset(found)


def _roots(subject: FlowSubject) -> Iterator[tuple[Typed, Located]]:
    for located in subject.located:
        if not located.use.writes:
            root = subject.typed(located)
            if not isinstance(root, DefinitionError):
                yield root, located


def _names(root: Typed) -> set[str]:
    return {node.variable.name.lower() for node in walk(root) if isinstance(node, Reference)}


def _unhandled(subject: FlowSubject, action: Action, *, empty: list[str]) -> Finding:
    names = " and ".join(_WORDS.get(name, name) for name in empty)
    paths = f"the {names} path{'s are' if len(empty) > 1 else ' is'} empty"
    behind = _read_behind(subject, action, empty=empty)
    used = [name for name in _results(subject, action) if name.lower() in behind]
    if used:
        message = f"{paths}: the flow goes on as if {action.name!r} had worked, without {used[0]}"
        return Finding(
            subject.place(action), message, f"handle {names}: tell the caller, try again, or hand over"
        )
    if _is_cut_off(subject, action, empty=empty):
        message = f"{paths}: when {action.name!r} does not work, the caller is cut off without a word"
        return Finding(subject.place(action), message, f"handle {names}: tell the caller, or hand over")
    message = f"{paths}: nobody notices when {action.name!r} does not work"
    return Finding(
        subject.place(action), message, f"put actions below {names}, if it matters", severity="info"
    )


def _is_cut_off(subject: FlowSubject, action: Action, *, empty: list[str]) -> bool:
    """Whether success goes somewhere and the empty paths of a call lead to nothing but its end."""
    if subject.flow.type not in VOICE - {"inqueueCall"} or not any(name in action.outputs for name in _GOOD):
        return False
    below = [subject.actions.get(edge.to) for edge in subject.graph.edges[action.id] if edge.output in empty]
    return all(each is not None and each.type == "disconnect" for each in below)


def transfer_unhandled(subject: FlowSubject) -> Iterator[Finding]:
    """A transfer that fails ends in silence: no Failure path, no failure audio, a hang-up below."""
    for action in subject.actions.values() if subject.flow.type in VOICE else ():
        if not action.type.startswith("transferTo") or action.id not in subject.reached:
            continue
        below = subject.actions.get(action.next or "")
        says = not all(
            is_empty(action.body.get(key)) for key in ("failureTransferAudio", "failureTransferCommunication")
        )
        if "failure" in action.outputs or says or (below is not None and below.type != "disconnect"):
            continue
        yield Finding(
            subject.place(action),
            f"when {action.name!r} fails, the caller is cut off without a word",
            "write failureTransferAudio, or a Failure path with another queue",
        )


def default_error_handling(subject: FlowSubject) -> Iterator[Finding]:
    """The flow's error handling is the default: an error ends the interaction."""
    handling = subject.flow.error_handling
    asked = subject.flow.type in VOICE or subject.flow.type.startswith(("inbound", "bot", "digital"))
    if handling.kind not in ("disconnect", "exit") or subject.flow.form == "plain" or not asked:
        return
    risk = _risk(subject)
    if not risk or handling.audio is not None:
        return
    block = subject.flow.settings.get("settingsErrorHandling")
    yield Finding(
        block.span if block is not None and subject.flow.form != "export" else subject.whole,
        f"the error handling is left at its default ({handling.kind}), and the flow {risk}",
        "jump to a task that tells the caller and hands over, or transfer to a queue",
    )


def _risk(subject: FlowSubject) -> str:
    """What of the flow can start its error handling; "" when nothing does."""
    if any(call.action.id in subject.reached for call in subject.calls):
        return "calls data actions"
    for root, located in _roots(subject):
        reached = located.action is None or located.action.id in subject.reached
        if reached and any(isinstance(node, Operation) for node in walk(root)) and _names(root):
            return "computes with variables"
    return ""
