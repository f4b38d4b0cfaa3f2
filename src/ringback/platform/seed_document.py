"""Reading a seed: keys, shapes and names are checked before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ringback.documents import Node, Problems, read_json, read_yaml, suggestion
from ringback.platform.catalogue.validation import checker
from ringback.platform.seed_schema import entry_schema
from ringback.platform.seed_sections import FREE, SECTIONS, Section, by_key
from ringback.platform.store.reader import Body, Reader

CODE = "RB081"
Read = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entity of a seed.

    Attributes:
        section: where it stands.
        node: its place in the document.
        body: its value.
        text: of `path` and `text`: the document's text.
    """

    section: Section
    node: Node
    body: Body
    text: str = ""

    @property
    def name(self) -> str:
        """What it is called in the answer."""
        body = self.body
        full = " ".join(str(body[part]) for part in ("firstName", "lastName") if body.get(part))
        return str(body.get("externalContactId") or body.get("name") or full or body.get("url") or "")


def load_seed(text: str, *, file: str, read: Read | None = None) -> list[Entry]:
    """The entries of a seed in the order in which they are made.

    Args:
        text: YAML or JSON.
        file: its name in messages.
        read: gives the text of a file that `path` names; None refuses such keys.

    Raises:
        DefinitionError: the document is wrong; `DocumentErrors` with every place.
    """
    document = (read_json if text.lstrip().startswith("{") else read_yaml)(text, file=file)
    problems = Problems()
    if document.value is not None and not document.is_map:
        problems.error(CODE, "a seed is a mapping of sections", span=document.span, hint="write `queues:` …")
        problems.check()
    problems.unknown_keys(document, by_key(), where="in the seed")
    loader = _Loader(problems, read)
    entries = [entry for section in SECTIONS for entry in loader.section(section, document.get(section.key))]
    problems.check()
    return entries


@dataclass(frozen=True, slots=True)
class _Loader:
    problems: Problems
    read: Read | None

    def section(self, section: Section, node: Node | None) -> Iterator[Entry]:
        if node is None or node.value is None:
            return
        if section.one:
            yield from self._entry(section, node)
        elif node.is_list:
            for item in node:
                yield from self._entry(section, item)
        else:
            self._error(f"{section.key} must be a list", node, hint="begin each entry with `- `")

    def _entry(self, section: Section, node: Node) -> Iterator[Entry]:
        value = node.plain()
        if isinstance(value, str) and section.required == ("name",):
            value = {"name": value}
        if not isinstance(value, dict):
            self._error(f"an entry of {section.key} is a mapping", node, hint="write `name: …`")
            return
        if section.key in FREE:
            yield Entry(section, node, value)
            return
        self.problems.unknown_keys(node, section.known(), where=f"in {section.key}")
        for fault in _check(section)({name: value[name] for name in value if name in section.known()}):
            self._error(f"{section.key}: {fault.reason}", at(node, fault.field))
        yield Entry(section, node, value, self._text(section, node))

    def _text(self, section: Section, node: Node) -> str:
        """The text of a document that the entry holds or names."""
        ways = [key for key in ("path", "text", "document") if key in section.own and node.get(key)]
        if "document" not in section.own:
            return ""
        if len(ways) != 1:
            hint = "write one of `path`, `text` and `document`"
            self._error(f"an entry of {section.key} needs its document, once", node, hint=hint)
            return ""
        member = node.get(ways[0])
        assert member is not None
        if ways[0] == "text":
            return str(member.value)
        if ways[0] == "document":
            return ""
        if self.read is None:
            hint = "put the document into `text` or `document`"
            self._error("files are read by `ringback serve --seed` only", member, hint=hint)
            return ""
        return self.read(str(member.value))

    def _error(self, message: str, node: Node, *, hint: str = "") -> None:
        self.problems.error(CODE, message, span=node.span, hint=hint)


_CHECKS: dict[str, Any] = {}


def _check(section: Section) -> Any:
    if section.key not in _CHECKS:
        _CHECKS[section.key] = checker(entry_schema(section))
    return _CHECKS[section.key]


def at(node: Node, field: str) -> Node:
    """The part of an entry that a dotted path of a fault means, as far as it is there."""
    for step in field.split(".") if field else ():
        if node.is_list and step.isdecimal() and int(step) < len(tuple(node)):
            node = tuple(node)[int(step)]
        elif (member := node.get(step)) is not None:
            node = member
        else:
            break
    return node


# ---- names


def named(body: Body, key: str) -> list[str]:
    """The names that an entry has at a key."""
    value = body.get(key)
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def check_names(entries: list[Entry], store: Reader) -> None:
    """Every name leads to an entry of the seed or to an entity that is there.

    Raises:
        DocumentErrors: some do not.
    """
    declared: dict[str, dict[str, str]] = {}  # section → folded name → name
    for entry in entries:
        names = declared.setdefault(entry.section.key, {})
        own = [str(entry.body[key]) for key in ("name", "email", "id") if entry.body.get(key)]
        names |= {name.casefold(): name for name in own}
    problems = Problems()
    for entry in entries:
        for key, ref in entry.section.refs.items():
            for number, name in enumerate(named(entry.body, key)):
                kind = by_key()[ref.section].kind
                known = declared.get(ref.section, {})
                if name.casefold() in known or store.named(kind, name) or store.get(kind, name):
                    continue
                place = at(entry.node, f"{key}.{number}" if ref.several else key)
                message = f"{entry.section.key} {entry.name!r}: there is no {name!r} in {ref.section}"
                hint = suggestion(name, known.values(), what=ref.section)
                problems.error(CODE, message, span=place.span, hint=hint)
    problems.check()
