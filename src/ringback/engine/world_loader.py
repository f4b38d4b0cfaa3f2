"""world.yaml to a `World`.

    country: US                       region of national numbers
    timeZone: America/New_York
    queues: [VIP, {name: General, accepts: false}]     likewise users, groups, skills, …
    dataTables:
      Customers: {key: phone, rows: [{phone: "+15551234567", tier: gold}]}
    dataActions:
      Lookup Customer:
        file: lookup_customer.json    its document
        reply: replies/alice.json     answers it; also status:503, timeout, slow:2s …, {status, headers, body}
        credentials: {…}              likewise authResponse, baseUrl
    flows: {Language: language.yaml}  other flows: bots and common modules run inside
    outcomes: {Send Response: failure}    which output an action takes; also {output, values}
    contacts: [{firstName: Alice, workPhone: "+15551234567"}]
    participantData: {tier: gold}
    hosts: {"https://crm.example": "http://127.0.0.1:8081"}

A section that is absent is open. Nothing is read but the text: `read` gives the texts of named files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ringback.core.errors import DefinitionError, UsageError
from ringback.dataactions import load_data_action
from ringback.dataactions.auth import Integration
from ringback.dataactions.faults import transport_of
from ringback.dataactions.model import DataAction
from ringback.dataactions.transport import CannedTransport, Transport, response_of
from ringback.documents import Node, Problems, read_yaml
from ringback.engine import calendars, queueing
from ringback.engine.program import Program, compile_flow
from ringback.engine.world import DataActionSetup, Outcome, Resource, Table, World, made_id
from ringback.flows.loaders import load_flow
from ringback.flows.needs import SECTIONS, WORLD_KEYS

Read = Callable[[str], str]
_T = TypeVar("_T")


def load_world(text: str, *, file: str, read: Read | None = None) -> World:
    """The world of a YAML document.

    Args:
        text: the document.
        file: its name in messages.
        read: gives the text of a file that the document names; None refuses such names.

    Raises:
        DefinitionError: the document or a file that it names is wrong; `DocumentErrors` when it is YAML.
    """
    document = read_yaml(text, file=file)
    if document.value is not None and not document.is_map:
        hint = "write `queues:`, `dataActions:` and so on"
        raise DefinitionError("a world is a mapping of sections", span=document.span, hint=hint, code="RB050")
    problems = Problems()
    world = _Loader(document, problems, read).load(file)
    problems.check()
    return world


@dataclass(frozen=True, slots=True)
class _Loader:
    document: Node
    problems: Problems
    read: Read | None

    def load(self, file: str) -> World:
        """The world; problems are noted, not raised."""
        document = self.document
        self.problems.unknown_keys(document, WORLD_KEYS["world"], where="in the world")
        sections = {code: document.get(section) for section, code in SECTIONS.items()}
        return World(
            resources={
                code: self._resources(node, code) for code, node in sections.items() if node is not None
            },
            tables=self._each("dataTables", self._table),
            data_actions=self._each("dataActions", self._data_action),
            contacts=self._contacts(),
            participant_data={key: _text(node) for key, node in self._mapping("participantData")},
            hosts=dict(self._host(key, node) for key, node in self._mapping("hosts")),
            country=self._country(),
            flows=self._flows(),
            outcomes={
                key.strip().lower(): self._outcome(key, node) for key, node in self._mapping("outcomes")
            },
            time_zone=_text(document.get("timeZone")) or "UTC",
            source=file,
        )

    # ---- sections

    def _mapping(self, section: str) -> list[tuple[str, Node]]:
        node = self.document.get(section)
        if node is None or node.value is None:
            return []
        if not node.is_map:
            self._error(f"{section} must be a mapping", node, hint="write `name: …` below it")
        return list(node.items())

    def _each(self, section: str, load: Callable[[str, Node], _T]) -> dict[str, _T] | None:
        """A section by lower-case name; None when it is absent."""
        if self.document.get(section) is None:
            return None
        return {name.strip().lower(): load(name, node) for name, node in self._mapping(section)}

    def _resources(self, node: Node, code: str) -> tuple[Resource, ...]:
        """A list of names or of `{name, id, …}`, or a mapping from name to facts."""
        if node.is_map:
            named = [(name, member) for name, member in node.items()]
        else:
            named = [(_text(item.get("name") if item.is_map else item), item) for item in node]
        found: dict[str, Resource] = {}
        for name, member in named:
            if not name:
                self._error("an entry without a name", member, hint="write `- name` or `- {name: …}`")
            elif name.lower() in found:
                self._error(f"{name!r} is there twice", member, hint="remove one of them")
            else:
                found[name.lower()] = self._resource(name, member, code=code)
        return tuple(found.values())

    def _resource(self, name: str, node: Node, *, code: str) -> Resource:
        fields = {key: member.plain() for key, member in node.items() if key not in ("name", "id")}
        self._check_facts(node, code, fields=fields)
        return Resource(name, _text(node.get("id")) or made_id(code, name), fields)

    def _check_facts(self, node: Node, code: str, *, fields: dict[str, Any]) -> None:
        """What a schedule, a group of them or a queue says of itself must be readable."""
        try:
            if code == "sch":
                calendars.schedule_of(fields)
            elif code == "sqg" and "timeZone" in fields:
                calendars.zone_of(fields["timeZone"])
            elif code == "que" and "estimatedWait" in fields:
                queueing.wait_ms(fields["estimatedWait"])
        except ValueError as error:
            self._error(str(error), node, hint="see docs/world.md")

    def _table(self, name: str, node: Node) -> Table:
        """`{key: column, rows: [{column: value}]}`."""
        self.problems.unknown_keys(node, WORLD_KEYS["dataTable"], where=f"in the data table {name!r}")
        key = _text(node.get("key")) or "key"
        rows: dict[str, Mapping[str, Any]] = {}
        for row in node.get("rows") or ():
            value = _text(row.get(key))
            if not value:
                self._error(f"a row without its key column {key!r}", row, hint=f"write `{key}: …`")
            elif value in rows:
                self._error(f"two rows have the key {value!r}", row, hint="remove one of them")
            else:
                rows[value] = {column: cell.plain() for column, cell in row.items()}
        return Table(name, key, rows)

    def _flows(self) -> dict[str, Program | None] | None:
        """`[name]`, or name to the file of its document; a name alone exists without running inside."""
        node = self.document.get("flows")
        if node is None:
            return None
        named = list(node.items()) if node.is_map else [(_text(item), Node(None, item.span)) for item in node]
        return {name.strip().lower(): self._flow(member) for name, member in named}

    def _flow(self, node: Node) -> Program | None:
        if node.value is None:
            return None
        self.problems.unknown_keys(node, WORLD_KEYS["flow"], where="in the flow")
        file = node.get("file") if node.is_map else node
        if file is None:
            self._error("a flow names its file", node, hint="write `Name: flow.yaml`")
            return None
        text = self._file(file)
        return None if text is None else compile_flow(load_flow(text, file=_text(file)))

    def _outcome(self, name: str, node: Node) -> Outcome:
        """A bare output, or `{output: …, values: {…}}`."""
        if not node.is_map:
            return Outcome(_text(node))
        self.problems.unknown_keys(node, WORLD_KEYS["outcome"], where=f"in the outcome of {name!r}")
        return Outcome(_text(node.get("output")), _plain_map(node.get("values")) or {})

    def _contacts(self) -> tuple[Mapping[str, Any], ...] | None:
        node = self.document.get("contacts")
        if node is None:
            return None
        found = []
        for item in node:
            plain = item.plain()
            if isinstance(plain, dict):
                plain.setdefault("id", made_id("contact", str(plain)))
                found.append(plain)
            else:
                self._error(
                    "a contact must be a mapping", item, hint="write `- {firstName: …, workPhone: …}`"
                )
        return tuple(found)

    def _host(self, name: str, node: Node) -> tuple[str, str]:
        for origin in (name, _text(node)):
            if not _is_origin(origin):
                hint = 'write "https://crm.example": "http://127.0.0.1:8081"'
                self._error(f"{origin!r} is not the origin of a service", node, hint=hint)
        return name.rstrip("/"), _text(node).rstrip("/")

    def _country(self) -> str:
        node = self.document.get("country")
        code = _text(node).upper() or "US"
        if node is not None and not (len(code) == 2 and code.isascii() and code.isalpha()):
            self._error(f"{code!r} is no country code", node, hint="write two letters, e.g. US or DE")
        return code

    # ---- data actions

    def _data_action(self, name: str, node: Node) -> DataActionSetup:
        """A mapping with `file`, `reply` …; a bare text is the file."""
        if isinstance(node.value, str):
            return DataActionSetup(name, self._document(node))
        self.problems.unknown_keys(node, WORLD_KEYS["dataAction"], where=f"in the data action {name!r}")
        file, reply = node.get("file"), node.get("reply")
        integration = Integration(
            credentials=_plain_map(node.get("credentials")) or {},
            auth_response=_plain_map(node.get("authResponse")),
            base_url=_text(node.get("baseUrl")),
        )
        return DataActionSetup(
            name=name,
            action=self._document(file) if file is not None else None,
            reply=self._reply(reply, name) if reply is not None else None,
            integration=integration,
        )

    def _document(self, node: Node) -> DataAction | None:
        text = self._file(node)
        return None if text is None else load_data_action(text, file=_text(node))

    def _file(self, node: Node) -> str | None:
        """The text of a file that the document names."""
        if self.read is None:
            self._error(
                f"the file {_text(node)!r} cannot be read here", node, hint="load the world from a file"
            )
            return None
        try:
            return self.read(_text(node))
        except (OSError, UsageError) as error:
            self._error(
                f"cannot read {_text(node)!r}: {error}", node, hint="the path is relative to the world file"
            )
            return None

    def _reply(self, node: Node, name: str) -> Transport | None:
        """A canned answer written here, in a file, or a fault."""
        try:
            if node.is_map:
                return CannedTransport([response_of(node.plain(), name=name)], repeat=True)
            spec = _text(node)
            if not spec.endswith(".json"):
                return transport_of(spec, read=_no_file)
            text = self._file(node)
            return None if text is None else transport_of(spec, read=lambda _spec: text)
        except UsageError as error:
            self._error(error.message, node, hint=error.hint)
            return None

    def _error(self, message: str, node: Node, *, hint: str) -> None:
        self.problems.error("RB050", message, span=node.span, hint=hint)


def _is_origin(text: str) -> bool:
    """Whether a text is scheme and host of a service, without a path."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and parts.path in ("", "/")


def _no_file(spec: str) -> str:
    raise UsageError(f"{spec!r} is no file")


def _text(node: Node | None) -> str:
    """The text of a scalar as written; "" for anything else."""
    if node is None or node.value is None or node.is_map or node.is_list:
        return ""
    return node.text or str(node.value)


def _plain_map(node: Node | None) -> dict[str, Any] | None:
    plain = node.plain() if node is not None else None
    return plain if isinstance(plain, dict) else None
