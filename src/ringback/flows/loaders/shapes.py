"""Small readers of document nodes that every loader shares."""

from __future__ import annotations

from collections.abc import Iterator

from ringback.documents import Node, Problems


def text_of(node: Node | None) -> str:
    """The text of a scalar as written, whatever its type; "" for anything else."""
    if node is None or node.value is None or node.is_map or node.is_list:
        return ""
    return node.text or str(node.value)


def flag_of(node: Node | None) -> bool:
    """Whether a scalar is `true`."""
    return node is not None and node.value is True


def is_empty(node: Node | None) -> bool:
    """Whether a wrapped value says nothing: missing, null, `{}`, `noValue: true`, `none: true`."""
    if node is None or node.value is None:
        return True
    if not node.is_map:
        return False
    keys = {key for key, member in node.items() if member.value is not False}
    return keys <= {"noValue", "none", "noValueWithNoFallback"}


def list_of(node: Node | None, what: str, *, problems: Problems) -> tuple[Node, ...]:
    """The items of a list; an error when it is something else than a list or nothing."""
    if node is None or node.value is None:
        return ()
    if isinstance(node.value, tuple):
        return node.value
    problems.error("RB020", f"{what} must be a list", span=node.span, hint="begin each item with '- '")
    return ()


def single_items(node: Node | None, what: str, *, problems: Problems) -> Iterator[tuple[str, Node, Node]]:
    """The items of a list whose items are mappings with one key: (key, value, item).

    A bare word stands for a key without a value.
    """
    for item in list_of(node, what, problems=problems):
        keys = [key for key, _ in item.items()]
        if len(keys) == 1:
            yield keys[0], next(iter(item.items()))[1], item
        elif isinstance(item.value, str):
            yield item.value, Node(None, item.span), Node({}, item.span, {item.value: item.span})
        elif len(keys) > 1:
            hint = f"indent {', '.join(repr(key) for key in keys[1:4])} deeper than {keys[0]!r}"
            problems.error(
                "RB020", f"an item of {what} has {len(keys)} keys instead of one", span=item.span, hint=hint
            )
        else:
            problems.error("RB020", f"an item of {what} must be a mapping with one key", span=item.span)
