"""An organisation into a project folder.

    flows/<type>_<name>.yaml      Archy YAML, through export jobs
    data-actions/<name>.json      as Architect exports them
    tables/<name>.yaml, .csv      schema and rows
    organisation.json             queues, integrations, the integration of each data action

A file that means what the organisation has is left as it is. A file that was changed here since it was
pulled is never written over, unless that is asked for.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ringback.cloud.apply_flows import version_text
from ringback.cloud.flow_jobs import JobFailedError
from ringback.cloud.organisation import ACTIONS, FLOWS, INTEGRATIONS, QUEUES, TABLES, Body, Organisation
from ringback.cloud.plan_actions import CUSTOM
from ringback.cloud.planner import Planner
from ringback.cloud.project import FOUND, KINDS, Item, Project, means
from ringback.cloud.project_tables import Table, rows_text
from ringback.core.errors import UsageError
from ringback.dataactions.model import DataAction
from ringback.files import read_exact, write_text
from ringback.flows.model import Flow
from ringback.flows.writers.nodes import listing, mapping, scalar
from ringback.flows.writers.yaml_text import to_yaml

Outcome: TypeAlias = Literal["written", "same", "kept", "skipped"]
STATE = Path(".ringback") / "pulled.json"
_UNSAFE = re.compile(r"[^\w. ()+-]+")
_LONGEST = 120  # characters of a file's name


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of one thing.

    Attributes:
        outcome: "kept" is a file that was changed here and is not written over.
        kind, name: the thing.
        file: where it is, relative to the folder.
        why: for "kept" and "skipped".
    """

    outcome: Outcome
    kind: str
    name: str
    file: str = ""
    why: str = ""

    def to_dict(self) -> dict[str, str]:
        """For JSON."""
        found = {"outcome": self.outcome, "kind": self.kind, "name": self.name, "file": self.file}
        return found | ({"why": self.why} if self.why else {})


Tell: TypeAlias = Callable[[Pulled], None]


@dataclass(slots=True)
class Puller:
    """Pulls an organisation into a folder.

    Attributes:
        project: what the folder holds already.
        organisation: where from.
        force: whether files that were changed here are written over.
    """

    project: Project
    organisation: Organisation
    force: bool = False
    _state: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _integrations: dict[str, str] = field(default_factory=dict)
    _of_action: dict[str, str] = field(default_factory=dict)

    def pull(self, patterns: Sequence[str], tell: Tell) -> list[Pulled]:
        """Pull what the patterns of `--select` mean; everything without any.

        Raises:
            UsageError: a pattern means nothing, a file cannot be written. CloudError: a call is refused.
        """
        self._state = _read_state(self.project.folder / STATE)
        found: list[Pulled] = []
        for part in (self._tables, self._actions, self._flows, self._rest):
            for pulled in part(patterns):
                found.append(pulled)
                tell(pulled)
        state = self.project.folder / STATE
        state.parent.mkdir(parents=True, exist_ok=True)
        write_text(state, json.dumps(self._state, indent=1, sort_keys=True) + "\n")
        for pattern in patterns:
            if not any(means(pattern, pulled.kind, name=pulled.name) for pulled in found):
                raise UsageError(f"--select {pattern!r} means nothing in the organisation")
        return found

    # ---- kinds

    def _flows(self, patterns: Sequence[str]) -> Iterator[Pulled]:
        if not _may_mean(patterns, "flow"):
            return
        bodies = [body for body in self.organisation.listed(FLOWS) if not body.get("system")]
        for body in sorted(bodies, key=lambda body: (str(body["type"]), str(body["name"]), str(body["id"]))):
            name, kind = str(body["name"]), str(body["type"])
            if not _wanted(patterns, "flow", name=name):
                continue
            item = self._item("flow", name, type_=kind)
            if not body.get("publishedVersion"):
                yield Pulled("skipped", "flow", name, why="it was never published")
            elif item is not None and self._is_same(item):
                yield Pulled("same", "flow", name, item.file)
            else:
                yield self._flow(body, item)

    def _flow(self, body: Body, item: Item | None) -> Pulled:
        name = str(body["name"])
        try:
            version = str(body["publishedVersion"]["id"])
            text, form = version_text(self.organisation, body, version=version)
        except JobFailedError as error:
            return Pulled("skipped", "flow", name, why=error.message)
        own = item is not None and isinstance(item.content, Flow) and item.content.form == form
        if item is not None and not own:
            return Pulled("kept", "flow", name, item.file, f"the file has another form than {_FORMS[form]}")
        ending = ".json" if form == "plain" else ".yaml"
        file = item.file if item is not None else self._free(f"flows/{body['type'].lower()}_{name}", ending)
        return self._write("flow", name, file=file, text=text)

    def _actions(self, patterns: Sequence[str]) -> Iterator[Pulled]:
        if not _may_mean(patterns, "data action"):
            return
        integrations = {str(body["id"]): body for body in self.organisation.listed(INTEGRATIONS)}
        bodies = [body for body in self.organisation.listed(ACTIONS) if str(body["id"]).startswith(CUSTOM)]
        for body in sorted(bodies, key=lambda body: (str(body["name"]), str(body["id"]))):
            name = str(body["name"])
            if not _wanted(patterns, "data action", name=name):
                continue
            integration = integrations.get(str(body.get("integrationId"))) or {}
            self._note_integration(name, integration)
            item = self._item("data action", name)
            if item is not None and self._is_same(item):
                yield Pulled("same", "data action", name, item.file)
                continue
            if item is not None and not _is_export(item):
                yield Pulled(
                    "kept", "data action", name, item.file, "the file has another form than export JSON"
                )
                continue
            text = action_text(self.organisation.action(str(body["id"]))[1], integration=integration)
            file = item.file if item is not None else self._free(f"data-actions/{name}", ".json")
            yield self._write("data action", name, file=file, text=text)

    def _note_integration(self, action: str, integration: Body) -> None:
        if integration:
            kind = str((integration.get("integrationType") or {}).get("id") or "")
            self._integrations[str(integration["name"])] = kind
            self._of_action[action] = str(integration["name"])

    def _tables(self, patterns: Sequence[str]) -> Iterator[Pulled]:
        if not _may_mean(patterns, "data table"):
            return
        for body in sorted(self.organisation.listed(TABLES), key=lambda body: str(body["name"])):
            name = str(body["name"])
            if not _wanted(patterns, "data table", name=name):
                continue
            item = self._item("data table", name)
            table = self.organisation.table(str(body["id"]))
            if item is not None and self._is_same(item) and _same_rows(item, table):
                yield Pulled("same", "data table", name, item.file)
                continue
            file = item.file if item is not None else self._free(f"tables/{name}", ".yaml")
            if not file.endswith((".yaml", ".yml")):
                yield Pulled("kept", "data table", name, file, "the file has another form than YAML")
                continue
            yield self._write("data table", name, file=file, text=table_text(table))
            rows = Path(file).with_suffix(".csv").as_posix()
            yield self._write("data table", name, file=rows, text=rows_text(table, table.rows or {}))

    def _rest(self, patterns: Sequence[str]) -> Iterator[Pulled]:
        """`organisation.json`: what has no file of its own; only written whole."""
        listed = self.organisation.listed(QUEUES) if _may_mean(patterns, "queue") else []
        queues = [body for body in listed if _wanted(patterns, "queue", name=body["name"])]
        if patterns and not queues and not self._of_action:
            return
        for body in queues:
            if self._item("queue", str(body["name"])) is not None:
                yield Pulled("same", "queue", str(body["name"]), FOUND)
        text = self._organisation_text(queues, partly=bool(patterns))
        pulled = self._write("queue", "organisation", file=FOUND, text=text)
        names = [str(body["name"]) for body in queues if self._item("queue", str(body["name"])) is None]
        yield from (Pulled(pulled.outcome, "queue", name, FOUND, pulled.why) for name in names)
        if not names and pulled.outcome != "same":
            yield pulled

    def _organisation_text(self, queues: Sequence[Body], *, partly: bool) -> str:
        before: dict[str, Any] = {}
        file = self.project.folder / FOUND
        if partly and file.is_file():
            before = json.loads(read_exact(file))
        wanted = {**{each["name"]: each for each in before.get("queues", ())}}
        wanted |= {str(body["name"]): _queue(body) for body in queues}
        integrations = {each["name"]: each["type"] for each in before.get("integrations", ())}
        integrations |= self._integrations
        found = {
            "integrations": [{"name": name, "type": integrations[name]} for name in sorted(integrations)],
            "dataActions": dict(sorted({**before.get("dataActions", {}), **self._of_action}.items())),
            "queues": [wanted[name] for name in sorted(wanted)],
        }
        return json.dumps(found, indent=2, ensure_ascii=False) + "\n"

    # ---- files

    def _item(self, kind: str, name: str, *, type_: str = "") -> Item | None:
        wanted = (kind, type_, name.strip().casefold())
        return next((item for item in self.project.items if item.key == wanted), None)

    def _is_same(self, item: Item) -> bool:
        return not Planner.of(self.project, self.organisation).step(item).acts

    def _free(self, wanted: str, ending: str) -> str:
        """A file name that nothing else has, the same at every pull."""
        folder, _, name = wanted.partition("/")
        safe = _UNSAFE.sub("_", name).strip(" .")[:_LONGEST] or "unnamed"
        files = {item.file.casefold() for item in self.project.items} | self._taken
        file, number = f"{folder}/{safe}{ending}", 2
        while file.casefold() in files:
            file, number = f"{folder}/{safe} ({number}){ending}", number + 1
        self._taken.add(file.casefold())
        return file

    def _write(self, kind: str, name: str, *, file: str, text: str) -> Pulled:
        path = self.project.folder / file
        digest = _digest(text)
        if path.is_file():
            there = _digest(read_exact(path))
            if there == digest:
                self._state[file] = digest
                return Pulled("same", kind, name, file)
            if there != self._state.get(file) and not self.force:
                return Pulled("kept", kind, name, file, "it was changed here; --force writes over it")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
        self._state[file] = digest
        return Pulled("written", kind, name, file)


_FORMS = {"archy": "Archy YAML", "plain": "the plain form", "export": "an export"}


def _may_mean(patterns: Sequence[str], kind: str) -> bool:
    """Whether patterns of `--select` may mean something of a kind: else its list need not be read."""
    kinds = [pattern.partition(":")[0].casefold().replace("-", " ").removesuffix("s") for pattern in patterns]
    return not patterns or any(named not in KINDS or named == kind for named in kinds)


def _wanted(patterns: Sequence[str], kind: str, *, name: str) -> bool:
    return not patterns or any(means(pattern, kind, name=name) for pattern in patterns)


def _is_export(item: Item) -> bool:
    return isinstance(item.content, DataAction) and item.content.form == "export"


def _same_rows(item: Item, table: Table) -> bool:
    content = item.content
    if not isinstance(content, Table) or content.rows is None:
        return True
    return set(content.rows) == set(table.rows or {})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read_state(file: Path) -> dict[str, str]:
    """File -> digest of what was written to it last."""
    try:
        found = json.loads(read_exact(file)) if file.is_file() else {}
    except ValueError:
        return {}
    return {str(name): str(digest) for name, digest in found.items()} if isinstance(found, dict) else {}


def _queue(body: Body) -> Mapping[str, str]:
    division = str((body.get("division") or {}).get("name") or "")
    said = {"description": str(body.get("description") or ""), "division": division}
    return {"name": str(body["name"]), **{key: text for key, text in said.items() if text}}


def action_text(action: DataAction, *, integration: Body) -> str:
    """A data action as Architect's own export; the category only where it is not the integration's name."""
    config: dict[str, Any] = {
        "request": {
            "requestUrlTemplate": action.request.url,
            "requestType": action.request.method,
            "headers": dict(action.request.headers),
            "requestTemplate": action.request.body,
        },
        "response": {
            "translationMap": dict(action.response.translation),
            "translationMapDefaults": dict(action.response.defaults),
            "successTemplate": action.response.success_template,
        },
    }
    config["request"] = {key: value for key, value in config["request"].items() if value is not None}
    if action.timeout:
        config["timeoutSeconds"] = int(action.timeout)
    category = action.category if action.category != integration.get("name") else ""
    found = {
        "name": action.name,
        "integrationType": str((integration.get("integrationType") or {}).get("id") or ""),
        "actionType": "custom",
        **({"category": category} if category else {}),
        "config": config,
        "contract": {
            "input": {"inputSchema": dict(action.input_contract)},
            "output": {"successSchema": dict(action.output_contract)},
        },
        "secure": action.secure,
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def table_text(table: Table) -> str:
    """The schema of a data table as YAML."""
    columns = []
    for column in table.columns:
        members = {"name": scalar(column.name), "type": scalar(column.type)}
        if column.title and column.title != column.name:
            members["title"] = scalar(column.title)
        if column.default is not None:
            members["default"] = scalar(column.default)
        columns.append(mapping(members))
    said = {"name": table.name, "description": table.description, "division": table.division}
    members = {key: scalar(text) for key, text in said.items() if text}
    members |= {"key": scalar(table.key_title), "columns": listing(columns)}
    return to_yaml(mapping({"dataTable": mapping(members)}))
