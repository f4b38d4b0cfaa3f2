"""Writes `actions/`: a page for each action of Architect that ringback runs, and their index.

Run `python docs/generate_actions.py` after a change of an action; a test compares the pages with `pages()`.
Fields, outputs, policies and sources come from the registry, what an action does from the docstring of its
`build` and from `action_notes.yaml`, the example from the action's fixture.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ringback.core.policies import POLICIES
from ringback.documents import Node, read_yaml
from ringback.flows.actions import ACTIONS
from ringback.flows.actions.base import ActionType, Field
from ringback.flows.actions.declared import DECLARED
from ringback.flows.keys import ACTION_KEYS, UNSEEN
from ringback.flows.needs import SECTION_OF
from ringback.flows.writers.nodes import mapping, scalar
from ringback.flows.writers.yaml_text import to_yaml
from ringback.lang.expr.types import display_name, is_collection

NOTES: Mapping[str, Any] = read_yaml(
    Path(__file__).with_name("action_notes.yaml").read_text(encoding="utf-8"), file="action_notes.yaml"
).plain()
SHARED: Mapping[str, str] = NOTES["shared"]
FOLDER = Path(__file__).with_name("actions")
FIXTURES = Path(__file__).resolve().parents[1] / "tests" / "flows" / "actions" / "testdata"
_MARK = "Written by `docs/generate_actions.py`; do not edit."
_KEYS_ONLY = frozenset(action.key for action in DECLARED)
_HOLDS = {
    "value": "value or expression",
    "writes": "variable that it sets",
    "name": "name",
    "word": "fixed text",
    "ref": "reference",
}
_THINGS = {"dataAction": "data action", "dataTable": "data table", "word": "text", "str": "text"}
_SECTION_OF_NAME = {"dataAction": "dataActions", "dataTable": "dataTables", "flow": "flows"}
_PUBLIC: Mapping[str, str] = {
    "(?i)scripting SDK": "https://mypurecloud.github.io/purecloud-flow-scripting-api-sdk-javascript/",
    r"(?i)\bhelp\b": "https://help.mypurecloud.com/",
}
_SAMPLES: Mapping[str, str] = {
    "str": "lit: text",
    "bln": "lit: true",
    "int": "lit: 1",
    "dec": "lit: 0.5",
    "dur": "lit: {seconds: 5}",
    "com": "tts: How can we help?",
    "aud": "tts: Thank you.",
}


def is_choice(action: ActionType) -> bool:
    """Whether it stands in a menu's list of choices."""
    return action.key.startswith("menu") and action.key != "menu"


def is_plain(action: ActionType) -> bool:
    """Whether only the plain form has it."""
    return action.key.startswith("plain")


# ---- what it does


def _paragraphs(action: ActionType) -> Iterator[str]:
    told = inspect.getdoc(action.build) or ""
    if action.build.__name__ != "<lambda>" and told != action.about:
        yield " ".join(told.split())
    if note := NOTES["notes"].get(action.key):
        yield note
    if "bot_misses" in action.policies:
        yield SHARED["asking"]
    if action.key.startswith("find") and action.key not in _KEYS_ONLY:
        yield SHARED["find"]
    yield from _mechanism(action)
    if action.ends:
        yield SHARED["ends"]
    if is_choice(action):
        yield SHARED["choice"]


def _mechanism(action: ActionType) -> Iterator[str]:
    """What actions share that are told to the platform, or of which only the outputs are known."""
    if action.key in _KEYS_ONLY:
        first = next((f"`{name}`" for name in action.outputs if name != "*"), "")
        if action.outputs and action.outputs[0] == "*":
            first = "the first output that the document names (without any it goes on below)"
        yield SHARED["declared"].format(first=first) if first else SHARED["declaredOnly"]
    elif "building" in action.build.__qualname__ and not action.ends:
        if not action.outputs:
            yield SHARED["told"]
        elif "platform_accepts" in action.policies:
            yield SHARED["attempt"]


def where(action: ActionType) -> str:
    """The flow types that offer it."""
    if is_plain(action):
        return "the [plain form](../flows.md#the-plain-form)"
    if is_choice(action):
        return "menus of calls"
    for family, keys in NOTES["families"].items():
        if action.key in keys.split():
            return family
    return "nearly every flow type"


# ---- tables


def _table(head: str, rows: list[tuple[str, ...]]) -> str:
    columns = len(head.split("|"))
    lines = [f"| {head} |", "|" + "---|" * columns]
    lines += [f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _type(field: Field) -> str:
    if field.role in ("name", "ref", "word") and field.type in _THINGS:
        return _THINGS[field.type]
    if field.type == "any":
        return "any type"
    if field.role in ("name", "ref", "word"):
        return {"bln": "true or false", "int": "number"}.get(field.type, field.type)
    return display_name(field.type)


def _meaning(action: ActionType, field: Field) -> str:
    if action.key not in _KEYS_ONLY or field.path.startswith("failureOutputs"):
        return field.about
    if field.role != "writes":
        return "A setting; a run shows it."
    return f"Takes the scenario's value of {'that name' if '*' in field.path else f'`{field.path}`'}."


def _fields(action: ActionType) -> Iterator[str]:
    if not action.fields:
        yield "It has no fields but its name."
        return
    rows = [
        (
            f"`{field.path}`",
            _HOLDS[field.role],
            _type(field),
            f"{_meaning(action, field)}{' Required.' if field.required else ''}",
        )
        for field in action.fields
    ]
    yield _table("field | holds | type | meaning", rows)
    if any("*" in field.path for field in action.fields):
        yield "`*` stands for a name that the document gives, or for each item of a list."
    declared = {field.path.partition(".")[0] for field in action.fields}
    common = ACTION_KEYS["menuDisconnect"] if is_choice(action) else frozenset()
    others = sorted(
        ACTION_KEYS.get(action.key, frozenset()) - declared - common - {"name", "outputs", "none"}
    )
    if others:
        names = ", ".join(f"`{name}`" for name in others)
        yield f"Also accepted and kept; other spellings, or without effect on a run: {names}."


def _outputs(action: ActionType) -> Iterator[str]:
    if action.ends:
        yield "None: the sequence ends here."
        return
    if is_plain(action) and not action.outputs:
        yield "None: the flow goes on where the choice leads."
        return
    if not action.outputs:
        yield "None: the flow goes on with the action below."
        return
    own = NOTES["outputsOf"].get(action.key, {})
    rows = [
        ("of the document" if name == "*" else f"`{name}`", own.get(name, NOTES["outputs"][name]))
        for name in action.outputs
    ]
    yield _table("output | when", rows)
    if action.key != "menu":
        yield "An output without actions goes on with the action below."


def _policies(action: ActionType) -> Iterator[str]:
    if not action.policies:
        yield "Nothing."
        return
    rows = []
    for name in dict.fromkeys(action.policies):
        policy = POLICIES[name]
        rows.append((f"`{name}`", ", ".join(f"`{choice}`" for choice in policy.choices), policy.about))
    yield _table("policy | choices, default first | the default means", rows)
    yield "What Genesys does here is not documented; [policies](../policies.md) tells how to choose."


def _world(action: ActionType) -> Iterator[str]:
    """What it needs of the world, by section."""
    found = []
    for field in action.fields:
        code = field.type.removesuffix("_coll") if is_collection(field.type) else field.type
        if field.role in ("value", "writes") and code in SECTION_OF:
            found.append(SECTION_OF[code])
        elif field.role == "name" and field.type in _SECTION_OF_NAME:
            found.append(_SECTION_OF_NAME[field.type])
    if {"declared_output", "platform_accepts", "unknown_flow"} & set(action.policies):
        found.append("outcomes")
    if names := ", ".join(f"`{name}`" for name in dict.fromkeys(found)):
        yield f"Sections of the [world](../world.md) that it looks at: {names}."


# ---- example


def _places(node: Node, key: str) -> Iterator[Node]:
    """Every mapping under a key, wherever it stands, in document order."""
    for name, member in node.items():
        if name == key and member.is_map:
            yield member
        yield from _places(member, key)
    for item in node:
        yield from _places(item, key)


def _from_fixture(action: ActionType) -> str:
    text = (FIXTURES / f"{action.key}.yaml").read_text(encoding="utf-8")
    document: Any = read_yaml(text, file=action.key).plain()
    flow = document.get("flow") or next(iter(document["flows"].values()))
    if is_plain(action):
        return f"```json\n{json.dumps(json.loads(flow), indent=2)}\n```"
    found = max(_places(read_yaml(flow, file=action.key), action.key), key=_size)
    return _yaml(action, found)


def _size(node: Node) -> int:
    return 1 + sum(_size(member) for _, member in node.items()) + sum(_size(item) for item in node)


def _yaml(action: ActionType, body: Node) -> str:
    # A menu is a container; everything else is an item of a list.
    lines = to_yaml(mapping({action.key: body})).splitlines()
    shown = (
        lines
        if action.key == "menu"
        else [("- " if number == 0 else "  ") + line for number, line in enumerate(lines)]
    )
    return "\n".join(["```yaml", *shown, "```"])


def _made(action: ActionType) -> str:
    """An example of an action that is a row of a table: each field once, with a value of its type."""
    body = mapping({"name": scalar(action.title)})
    for field in action.fields:
        sample = (
            f"var: Flow.{field.path.split('.')[-1].replace('*', 'result')}" if field.role == "writes" else ""
        )
        value = read_yaml(sample or _SAMPLES.get(field.type, "noValue: true"), file="sample")
        body = _put(body, field.path.split("."), value)
    return _yaml(action, body)


def _put(node: Node, path: list[str], value: Node) -> Node:
    step, *rest = path
    step = "Some name" if step == "*" else step
    inner = _put(node.get(step) or mapping({}), rest, value) if rest else value
    return mapping({**dict(node.items()), step: inner})


def _example(action: ActionType) -> Iterator[str]:
    yield _made(action) if action.key in _KEYS_ONLY else _from_fixture(action)
    if {"declared_output", "platform_accepts"} & set(action.policies):
        other = next((name for name in reversed(action.outputs) if name != "*"), "")
        scenario = f"outcomes:\n  {action.title}: {other}"
        yield f"To take another output in a run, name it in `world.yaml`:\n\n```yaml\n{scenario}\n```"


# ---- pages


def page(action: ActionType) -> str:
    """The page of one action."""
    also = [SHARED["unseen"]] if action.key in UNSEEN else []
    kind = "plain form" if is_plain(action) else "menu choice" if is_choice(action) else "Archy YAML"
    parts = [
        f"# {action.title.removesuffix(' (plain form)')}",
        _MARK,
        f"`{action.key}` ({kind}). {action.about}",
        f"Flow types: {where(action)}.",
        *_section("Behaviour", [*_paragraphs(action), *_world(action), *also]),
        *_section("Fields", _fields(action)),
        *_section("Outputs", _outputs(action)),
        *_section("What is policy", _policies(action)),
        *_section("Example", _example(action)),
        *_section("Source", [source(action)]),
        "[All actions](index.md)",
    ]
    return "\n\n".join(parts) + "\n"


def source(action: ActionType) -> str:
    """Where the rule comes from, with links to what is public."""
    text = action.source[:1].upper() + action.source[1:]
    for words, address in _PUBLIC.items():
        text = re.sub(words, rf"[\g<0>]({address})", text, count=1)
    return f"{text}."


def _section(title: str, parts: Any) -> list[str]:
    texts = list(parts)
    return [f"## {title}", *texts] if texts else []


_INDEX = """# Actions

{mark}

One page for each action that ringback runs: its fields with their types, its outputs, what it does, where
ringback has to choose because Genesys says nothing (policies), an example, and where the rule comes from.
[Flows](../flows.md) tells how actions follow each other.

Behaviour is *full* where ringback does what the action does, *told* where the action only tells the platform
something (a run shows what), and *outputs* where only the declared outputs are known. Flow types are those of
Genesys' class documentation and of public flows; Genesys publishes no complete list, and ringback runs an
action wherever a document has it.

{table}
"""


def behaviour(action: ActionType) -> str:
    """How much of the action is simulated, in a word."""
    if action.key in _KEYS_ONLY:
        return "outputs"
    return "told" if "building.<locals>" in action.build.__qualname__ and not action.ends else "full"


def index() -> str:
    """The list of all pages."""
    rows = [
        (
            f"[{action.title}]({key}.md)",
            f"`{key}`",
            behaviour(action),
            where(action),
            action.about,
        )
        for key, action in sorted(ACTIONS.items(), key=lambda item: item[1].title.lower())
    ]
    return _INDEX.format(mark=_MARK, table=_table("action | key | behaviour | flow types | does", rows))


def pages() -> dict[str, str]:
    """File name -> text of every page."""
    return {f"{key}.md": page(action) for key, action in ACTIONS.items()} | {"index.md": index()}


def main() -> None:
    """Write the pages and remove those of actions that are gone."""
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
