"""Checks by data-flow: NOT_SET where it raises, and indexes that nobody checked."""

from __future__ import annotations

from collections.abc import Iterator

from ringback.core.span import Span
from ringback.lang.expr import tree
from ringback.lang.expr.typed import Access, Operation, Reference, Typed, spine, walk
from ringback.lint.flows.nullness import Is
from ringback.lint.flows.states import Site, analysis_of
from ringback.lint.flows.subject import FlowSubject, Located
from ringback.lint.model import Finding, Fix


def not_set_operand(subject: FlowSubject) -> Iterator[Finding]:
    """A value can be NOT_SET where an operator or function raises for it."""
    for site in subject.once(analysis_of).sites.values():
        if site.trouble.value == Is.SET or not _computed(site.trouble.operand):
            continue
        complete = subject.once(analysis_of).complete
        sure = complete and site.sure == site.states == _visits(subject, site)
        yield Finding(
            _span(subject, site),
            _message(site, sure=sure),
            _hint(site),
            _append(subject, site),
            severity="error" if sure else None,
        )


def _computed(operand: Typed) -> bool:
    """Whether it depends on a variable: `ToAudio(NOT_SET)` is an author's word for nothing."""
    return any(isinstance(node, Reference) for node in walk(operand))


def _visits(subject: FlowSubject, site: Site) -> int:
    action = site.located.action
    return subject.once(analysis_of).visits.get(action.id, 0) if action is not None else site.states


def _span(subject: FlowSubject, site: Site) -> Span:
    node = site.trouble.operand.node
    return subject.span(site.located.use, node.start, length=node.end - node.start)


def _message(site: Site, *, sure: bool) -> str:
    what, by = _shown(site.trouble.operand), site.trouble.by
    raises = f"{by} raises" if not by.startswith(".") else f"reading {by} raises"
    way = f" (a way there: {', '.join(site.way)})" if site.way and not sure else ""
    if isinstance(site.trouble.operand, Reference):
        state = "is never set on any way here" if sure else "is not set on every way here"
        return f"{what} {state}{way}: {raises} for NOT_SET, which starts the flow's error handling"
    return f"{what} can be NOT_SET{way}: {raises} for it, which starts the flow's error handling"


def _shown(node: Typed) -> str:
    text = str(node)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _hint(site: Site) -> str:
    operand = _shown(site.trouble.operand)
    if _is_text_sum(site.trouble.within):
        return "join texts with Append, which takes NOT_SET as an empty text"
    return f"test IsSet({operand}) first, or give the variable an initial value"


def _is_text_sum(node: Typed) -> bool:
    return isinstance(node, Operation) and node.name == "+" and node.type == "str" and not node.is_call


def _append(subject: FlowSubject, site: Site) -> Fix | None:
    """`a + b + c` of texts becomes `Append(a, b, c)`, which gives the same for texts that are set."""
    found = _outermost(subject, site.located, within=site.trouble.within)
    if found is None:
        return None
    first, steps = spine(found)
    if any(not _is_text_sum(step) for step in steps):
        return None
    parts = [first, *(step.operands[1] for step in steps)]
    text = site.located.use.text
    node = found.node
    pieces = [text[part.node.start : part.node.end] for part in parts]
    if any(_outside(text, part.node) for part in parts):
        return None
    edit = subject.edit(site.located.use, node.start, end=node.end, text=f"Append({', '.join(pieces)})")
    return Fix("write Append(…)", (edit,)) if edit is not None else None


def _outside(text: str, node: tree.Node) -> bool:
    """Whether an operand stands in parentheses, which do not belong to its node."""
    before, behind = text[: node.start].rstrip(), text[node.end :].lstrip()
    return before.endswith("(") and behind.startswith(")")


def _outermost(subject: FlowSubject, located: Located, *, within: Typed) -> Operation | None:
    """The whole chain of `+` that an operation is a step of."""
    root = subject.typed(located)
    if not _is_text_sum(within) or not isinstance(root, (Operation, Access)):
        return None
    from_root: list[Typed] = [root]
    best: Operation | None = within if isinstance(within, Operation) else None
    while from_root:
        node = from_root.pop()
        if isinstance(node, Operation):
            if _is_text_sum(node) and any(step is within for step in spine(node)[1]):
                return node
            from_root.extend(node.operands)
        elif isinstance(node, Access):
            from_root.append(node.target)
    return best


def index_unchecked(subject: FlowSubject) -> Iterator[Finding]:
    """An item is taken from a collection whose size nobody looked at."""
    for site in subject.once(analysis_of).sites.values():
        if site.trouble.value != Is.SET:
            continue
        name = _shown(site.trouble.operand)
        yield Finding(
            _span(subject, site),
            f"nothing looks at the size of {name} before this index: "
            "one beyond the end starts the flow's error handling, not a Failure path",
            f"ask Count({name}) or IsNotSetOrEmpty({name}) in a Decision or an If first",
        )
