"""Making a plan: the project on one side, the organisation on the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from ringback.cloud.compare import Change, differences
from ringback.cloud.organisation import (
    ACTIONS,
    DRAFTS,
    FLOWS,
    INTEGRATIONS,
    QUEUES,
    TABLES,
    Body,
    Organisation,
)
from ringback.cloud.plan import Block, Plan, Step, Verb, in_order, with_blocked_needs
from ringback.cloud.plan_actions import plan_action
from ringback.cloud.plan_flows import Key, plan_flow
from ringback.cloud.project import KINDS, Item, Project
from ringback.cloud.project_settings import Integration, Queue
from ringback.cloud.project_tables import Table
from ringback.core.diagnostics import Diagnostic
from ringback.lint.model import SEVERITIES

READERS = 4  # threads that read the organisation at a time; named in docs/limits.md
_LISTS: Mapping[str, tuple[str, ...]] = {
    "integration": (INTEGRATIONS,),
    "queue": (QUEUES,),
    "data table": (TABLES,),
    "data action": (INTEGRATIONS, ACTIONS, DRAFTS),
    "flow": (FLOWS,),
}


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans items of a project, one or all of them.

    Attributes:
        project: what should be.
        organisation: what is.
        taken: holders whose locks and drafts may be overridden.
        found: what lint and the project say, errors first.
    """

    project: Project
    organisation: Organisation
    taken: Collection[str] = ()
    found: tuple[Diagnostic, ...] = ()
    _known: Mapping[tuple[str, str], list[Key]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        project: Project,
        organisation: Organisation,
        *,
        items: Sequence[Item] | None = None,
        ignore: Collection[str] = (),
        taken: Collection[str] = (),
    ) -> Planner:
        """The planner of a project.

        Args:
            project: what should be.
            organisation: what is.
            items: those that will be there when the plan is carried out; all of the project by default.
            ignore: beginnings of lint codes that stand against nothing.
            taken: holders whose locks and drafts may be overridden.
        """
        known: dict[tuple[str, str], list[Key]] = {}
        for item in project.items if items is None else items:
            known.setdefault((item.kind, item.name.strip().casefold()), []).append(item.key)
        return cls(project, organisation, taken, tuple(_findings(project, ignore)), known)

    def plan(self, items: Sequence[Item]) -> Plan:
        """The plan of some items, in the order in which they would be applied.

        Raises:
            CloudError: the organisation cannot be read.
        """
        for path in dict.fromkeys(path for item in items for path in _LISTS[item.kind]):
            self.organisation.listed(path)
        ordered = sorted(items, key=lambda item: KINDS.index(item.kind))
        with ThreadPoolExecutor(READERS) as pool:
            steps = list(pool.map(self.step, ordered))
        return Plan(
            f"{self.organisation.name} at {self.organisation.cloud.profile.origins.api}",
            tuple(with_blocked_needs(tuple(in_order(steps)))),
            self.found,
            dict(self.organisation.unchecked),
        )

    def again(self, item: Item) -> Step:
        """The step of one item, everything read anew."""
        self.organisation.fresh = True
        if item.kind == "integration":  # the one list that cannot be asked for a name
            self.organisation.forget(INTEGRATIONS)
        return self.step(item)

    def step(self, item: Item) -> Step:
        """The step of one item, without locks and drafts that may be overridden."""
        step = self._planned(item).without_blocks(self.taken)
        lint = self._lint_blocks(item)
        return replace(step, blocks=(*lint, *step.blocks)) if step.acts and lint else step

    def _planned(self, item: Item) -> Step:
        if item.kind == "flow":
            return plan_flow(item, self.organisation, known=self._known)
        if item.kind == "data action":
            return plan_action(item, self.organisation, settings=self.project.settings)
        division = {"division": getattr(item.content, "division", "") or self.project.settings.division}
        if isinstance(item.content, Table):
            return replace(_table(item, item.content, organisation=self.organisation), data=division)
        if isinstance(item.content, Queue):
            return replace(_queue(item, item.content, organisation=self.organisation), data=division)
        assert isinstance(item.content, Integration)
        return _integration(item, item.content, organisation=self.organisation)

    def _lint_blocks(self, item: Item) -> tuple[Block, ...]:
        wrong = [found for found in self.found if found.severity == "error" and found.file == item.file]
        if not wrong:
            return ()
        first = wrong[0]
        more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        message = f"{first.file}:{first.line}: {first.code} {first.message.splitlines()[0]}{more}"
        return (Block("lint", message, "correct the file, or --ignore the code"),)


def _findings(project: Project, ignore: Collection[str]) -> list[Diagnostic]:
    listed = list(project.problems)
    for checked in project.checked:
        for report in checked.reports:
            if report.severity != "info" and not report.rule.code.startswith(tuple(ignore)):
                listed.append(report.diagnostic(checked.text))
    return sorted(listed, key=lambda found: SEVERITIES.index(found.severity))


def _table(item: Item, table: Table, *, organisation: Organisation) -> Step:
    found = organisation.named(TABLES, item.name)
    if not found:
        rows = len(table.rows or ())
        written = (f"with {rows:,} row{'' if rows == 1 else 's'}",) if table.rows is not None else ()
        return Step(item, "create", notes=written)
    there = organisation.table(str(found[0]["id"]))
    changes = list(differences(there.meaning(), table.meaning()))
    notes: list[str] = []
    if table.rows is not None:
        changes += _rows(there, table)
        alone = len(set(there.rows or ()) - set(table.rows))
        if alone:
            notes.append(f"rows in the organisation only, which stay: {alone:,}")
    verb: Verb = "change" if changes else "none"
    return Step(item, verb, str(found[0]["id"]), changes=tuple(changes), notes=tuple(notes))


def _rows(there: Table, table: Table) -> Iterator[Change]:
    old = {key: table.full_row(row) for key, row in (there.rows or {}).items()}
    for key, row in (table.rows or {}).items():
        new = table.full_row(row)
        if key not in old:
            yield from differences({}, {f"row {key}": new})
        else:
            yield from differences(old[key], new, path=(f"row {key}",))


def _queue(item: Item, queue: Queue, *, organisation: Organisation) -> Step:
    found = organisation.named(QUEUES, item.name)
    if not found:
        return Step(item, "create")
    body = found[0]
    old, new = str(body.get("description") or ""), queue.description
    changes = () if new is None or new == old else (Change("changed", ("description",), old, new),)
    return Step(item, "change" if changes else "none", str(body["id"]), changes=changes)


def _integration(item: Item, wanted: Integration, *, organisation: Organisation) -> Step:
    found = organisation.named(INTEGRATIONS, item.name)
    if not found:
        note = "it begins without credentials: set them in Genesys Cloud where it needs some"
        return Step(item, "create", notes=(note,))
    body: Body = found[0]
    kind = str((body.get("integrationType") or {}).get("id") or "")
    off = body.get("intendedState") == "DISABLED"
    notes = ("it is switched off: its actions do not run",) if off else ()
    if kind != wanted.type:
        block = Block("type", f"it is of the type {kind!r}, not {wanted.type!r}", "correct ringback.yaml")
        return Step(item, "change", str(body["id"]), blocks=(block,), notes=notes)
    if off and _is_begun(body, organisation):
        change = Change("added", ("state",), new="switched on")
        return Step(item, "change", str(body["id"]), changes=(change,))
    return Step(item, "none", str(body["id"]), notes=notes)


def _is_begun(body: Body, organisation: Organisation) -> bool:
    """Whether an integration is as an apply leaves it that ended before it was switched on.

    Nobody configured it, and it has no actions: it was not switched off on purpose.
    """
    if any(action.get("integrationId") == body["id"] for action in organisation.listed(ACTIONS)):
        return False
    config = organisation.cloud.get(f"{INTEGRATIONS}/{body['id']}/config/current").json or {}
    return config.get("version") == 1
