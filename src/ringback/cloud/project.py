"""A project: the files of a folder as what an organisation should have.

Files are known by their content, wherever they stand: flows (Archy YAML, exports, the plain form), data
actions (export JSON, Terraform, the plain form), data tables with their rows. `ringback.yaml` says what files
cannot; see `project_settings`. Files that are none of these are passed over.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, TypeAlias

from ringback.cloud.project_settings import Integration, Queue, Settings, read_settings
from ringback.cloud.project_tables import Table, is_table, read_rows, read_table
from ringback.core.diagnostics import Diagnostic
from ringback.core.errors import DefinitionError, UsageError
from ringback.core.span import Span
from ringback.dataactions.model import DataAction
from ringback.documents import Node, Problems, read_json, read_yaml
from ringback.files import read_exact, read_text
from ringback.flows.loaders.substitution import substitute
from ringback.flows.model import Flow
from ringback.lint.documents import load
from ringback.lint.model import Checked
from ringback.lint.runner import lint_all

Kind: TypeAlias = Literal["integration", "queue", "data table", "data action", "flow"]
KINDS: tuple[Kind, ...] = ("integration", "queue", "data table", "data action", "flow")
"""In the order in which they are applied."""

SETTINGS, FOUND = "ringback.yaml", "organisation.json"
TWICE, UNRESOLVED = "RB092", "RB029"
# Archy's flow types -> the words of the API, where upper case alone does not make one.
_API_TYPES: Mapping[str, str] = {"botFlow": "BOT", "digitalBotFlow": "DIGITALBOT"}
_ENDINGS = frozenset((".json", ".tf", ".hcl", ".yaml", ".yml"))
_TEMPLATES = (".yaml.tftpl", ".yml.tftpl")
_HIDDEN = frozenset(("node_modules", "__pycache__"))


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the organisation should have.

    Attributes:
        kind, name: what it is called; of a flow, `type` belongs to its name.
        file: where it is written.
        type: the API's flow type, e.g. "INBOUNDCALL"; "" for other kinds.
        content: its model.
        text: of a flow, the document with its substitutions.
        written: of other kinds, what the project says of it.
        span: where it begins.
    """

    kind: Kind
    name: str
    file: str
    content: Flow | DataAction | Table | Queue | Integration
    type: str = ""
    text: str = field(default="", repr=False)
    written: str = field(default="", repr=False)
    span: Span | None = None

    @property
    def digest(self) -> str:
        """Another one when something else is to be created."""
        return hashlib.sha256(f"{self.text}\0{self.written}".encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def key(self) -> tuple[str, str, str]:
        """Under which an organisation has it once."""
        return self.kind, self.type, self.name.strip().casefold()

    @property
    def label(self) -> str:
        """For people: `flow Main menu`."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Project:
    """What a folder holds.

    Attributes:
        folder: where.
        settings: of `ringback.yaml`, for the environment.
        items: what the organisation should have.
        checked: what lint says about each document, file by file.
        problems: errors of the project itself: two files for one thing, a table that cannot be read.
    """

    folder: Path
    settings: Settings
    items: tuple[Item, ...]
    checked: tuple[Checked, ...] = ()
    problems: tuple[Diagnostic, ...] = ()

    def selected(self, patterns: Sequence[str]) -> tuple[Item, ...]:
        """The items that `--select` means: by name, `kind:name` or file, `*` for anything.

        Raises:
            UsageError: a pattern that means nothing.
        """
        if not patterns:
            return self.items
        for pattern in patterns:
            if not any(_means(pattern, item) for item in self.items):
                names = ", ".join(repr(item.name) for item in self.items[:12])
                raise UsageError(f"--select {pattern!r} means nothing in the project", hint=f"it has {names}")
        return tuple(item for item in self.items if any(_means(pattern, item) for pattern in patterns))


def _means(pattern: str, item: Item) -> bool:
    return means(pattern, item.kind, name=item.name) or fnmatchcase(item.file, pattern)


def means(pattern: str, kind: str, *, name: str) -> bool:
    """Whether a pattern of `--select` means a thing: `Name`, `Na*`, `flow:Name`, `data action:*`."""
    wanted, colon, rest = pattern.partition(":")
    if colon and wanted.casefold().replace("-", " ") in (kind, f"{kind}s"):
        return fnmatchcase(name.casefold(), rest.casefold())
    return fnmatchcase(name.casefold(), pattern.casefold())


def api_type(archy: str) -> str:
    """The API's word for a flow type.

    >>> api_type("inboundCall"), api_type("botFlow")
    ('INBOUNDCALL', 'BOT')
    """
    return _API_TYPES.get(archy, archy.upper())


def load_project(
    folder: Path, *, environment: str = "", substitutions: Mapping[str, str] | None = None
) -> Project:
    """The project of a folder.

    Args:
        folder: where its files are, in folders of their own or not.
        environment: one of `environments` in `ringback.yaml`.
        substitutions: values for `{{names}}` in flows, before those of `ringback.yaml`.

    Raises:
        UsageError: there is no such folder or environment, a file cannot be read.
        DefinitionError: `ringback.yaml` is wrong.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", hint="name the folder that holds the project")
    settings = _settings(folder, environment)
    values = {**settings.substitutions, **(substitutions or {})}
    settings = replace(settings, substitutions=values)
    texts = [(file, _text(folder / file)) for file in _files(folder, settings.ignore)]
    reader = _Reader(folder, settings)
    items = [*_declared(settings), *reader.items(texts)]
    documents = [(file, text) for file, text in texts if file in reader.checkable]
    checked = lint_all(documents, substitutions=values)
    problems = [*reader.problems, *_twice(items)]
    return Project(folder, settings, tuple(items), tuple(checked), tuple(problems))


def _settings(folder: Path, environment: str) -> Settings:
    found = Settings()
    if (folder / SETTINGS).is_file():
        node = read_yaml(read_text(folder / SETTINGS), file=SETTINGS)
        found = read_settings(node, environment=environment)
    elif environment:
        raise UsageError(f"{folder} has no {SETTINGS}, so no environment {environment!r}")
    if (folder / FOUND).is_file():
        found = found.over(read_settings(read_json(read_text(folder / FOUND), file=FOUND)))
    return found


def _text(file: Path) -> str:
    return read_exact(file)


def _files(folder: Path, ignore: Sequence[str]) -> Iterator[str]:
    """Files that may count, relative to the folder, in one order on every machine."""
    found: list[str] = []
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _HIDDEN and not name.startswith("."))
        paths = [(Path(at) / name).relative_to(folder).as_posix() for name in names]
        found += [path for path in paths if _may_count(path)]
    for path in sorted(found):
        if path not in (SETTINGS, FOUND) and not any(fnmatchcase(path, pattern) for pattern in ignore):
            yield path


def _may_count(path: str) -> bool:
    suffix = Path(path).suffix.lower()
    return suffix in _ENDINGS or suffix.startswith(".i3") or path.endswith(_TEMPLATES)


def _declared(settings: Settings) -> Iterator[Item]:
    for integration in settings.integrations:
        place = integration.span
        file, kind = place.file if place else SETTINGS, integration.type
        yield Item("integration", integration.name, file, integration, written=kind, span=place)
    for queue in settings.queues:
        place, said = queue.span, f"{queue.description}"
        yield Item("queue", queue.name, place.file if place else SETTINGS, queue, written=said, span=place)


@dataclass(slots=True)
class _Reader:
    """Reads documents one after the other; `checkable` are those that lint has rules for."""

    folder: Path
    settings: Settings
    problems: list[Diagnostic] = field(default_factory=list)
    checkable: set[str] = field(default_factory=set)

    def items(self, texts: Iterable[tuple[str, str]]) -> Iterator[Item]:
        for file, text in texts:
            loaded = load(text, file=file, substitutions=self.settings.substitutions)
            if loaded.kind in ("flow", "data action"):  # a world is for simulation
                self.checkable.add(file)
            if loaded.flow is not None:
                yield self._flow(loaded.flow, text, file=file)
            elif loaded.kind == "data action":
                for subject in loaded.subjects:
                    action = self._timed(subject.action, subject.timeout_written)
                    place = action.span("")
                    yield Item("data action", action.name, file, action, written=text, span=place)
            elif loaded.kind is None:
                yield from self._table(text, file)

    def _timed(self, action: DataAction, written: object) -> DataAction:
        number = isinstance(written, int | float) and not isinstance(written, bool)
        return replace(action, timeout=float(written)) if number else action  # type: ignore[arg-type]

    def _flow(self, flow: Flow, text: str, *, file: str) -> Item:
        for found in flow.diagnostics:
            if found.code == UNRESOLVED:
                self.problems.append(replace(found, severity="error"))
        if flow.form == "archy":
            text = substitute(text, file, values=self.settings.substitutions, problems=Problems()).text
        kind = api_type("inboundCall" if flow.type == "voice" else flow.type)
        return Item("flow", flow.name, file, flow, kind, text, span=Span(file, 1, 1))

    def _table(self, text: str, file: str) -> Iterator[Item]:
        node = _tree(text, file)
        if node is None or not is_table(node):
            return
        try:
            table = read_table(node)
            rows = (self.folder / file).with_suffix(".csv")
            if rows.is_file():
                name = rows.relative_to(self.folder).as_posix()
                listed = read_text(rows)
                table = replace(table, rows=read_rows(table, listed, file=name))
                text += listed
        except DefinitionError as error:
            self.problems += [Diagnostic.of(each) for each in getattr(error, "errors", (error,))]
            return
        yield Item("data table", table.name, file, table, written=text, span=table.span)


def _tree(text: str, file: str) -> Node | None:
    """The document of a file that holds no flow, data action or world; None when it is none at all."""
    if "dataTable" not in text and '"schema"' not in text:
        return None
    try:
        return read_json(text, file=file) if file.endswith(".json") else read_yaml(text, file=file)
    except DefinitionError:
        return None


def _twice(items: Iterable[Item]) -> Iterator[Diagnostic]:
    known: dict[tuple[str, str, str], Item] = {}
    for item in items:
        first = known.setdefault(item.key, item)
        if first is not item:
            message = f"the {item.kind} {item.name!r} is in {first.file} as well"
            hint = "rename one of them, or name the file that does not count under `ignore` in ringback.yaml"
            yield Diagnostic.at(TWICE, "error", message, item.span or Span(item.file, 1, 1), hint=hint)
