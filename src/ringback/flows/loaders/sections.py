"""The containers of an Archy flow: tasks, states, bots, menus with their choices and inline tasks."""

from __future__ import annotations

from dataclasses import dataclass, field

from ringback.documents import Node, Problems, suggestion
from ringback.flows.keys import CONTAINER_KEYS
from ringback.flows.loaders.graph import Collector, Draft, link
from ringback.flows.loaders.references import Containers
from ringback.flows.loaders.shapes import is_empty, single_items, text_of
from ringback.flows.loaders.variables import declared, undeclared
from ringback.flows.model import Action, Container, ContainerKind, Variable

_SECTIONS = {"tasks": "task", "menus": "menu", "states": "state", "bots": "bot", "botStates": "bot"}
_KINDS: dict[str, ContainerKind] = {"task": "task", "menu": "menu", "state": "state", "bot": "bot"}
_DEFAULT_CHOICE = ("defaultMenuChoice", "defaultChildMenuRef")


@dataclass(slots=True)
class ContainerDraft:
    """A container while it is loaded; `parent` is the menu that holds an inline task or sub-menu."""

    id: str
    kind: ContainerKind
    name: str
    node: Node
    drafts: list[Draft] = field(default_factory=list)
    parent: str | None = None
    variables: tuple[Variable, ...] = ()


class Sections:
    """Reads every container of a flow, then turns the drafts into the model's containers."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.containers = Containers(problems)
        self._drafts: list[ContainerDraft] = []

    def read(self, flow: Node) -> None:
        """Read the sections of a flow's document."""
        for section, kind in _SECTIONS.items():
            for key, body, _ in single_items(flow.get(section), section, problems=self.problems):
                if key != kind:
                    hint = f"write '- {kind}:'"
                    self.problems.error("RB020", f"{section} cannot hold {key!r}", span=body.span, hint=hint)
                elif not body.is_map:
                    self.problems.error("RB020", f"the {kind} must be a mapping", span=body.span)
                else:
                    self._container(kind, body)

    def read_start_up(self, flow: Node, kind: ContainerKind) -> str | None:
        """Read `startUpTaskActions`, the only task of common modules and in-queue flows; its id."""
        actions = flow.get("startUpTaskActions")
        if actions is None:
            return None
        id_ = self.containers.add("task", "startUpTask", node=actions)
        draft = ContainerDraft(id_, kind, "Start-up task", flow)
        draft.drafts = Collector(id_, self.problems).collect(actions, "startUpTaskActions")
        draft.variables = declared(flow.get("startUpTaskVariables"), self.problems)
        self._drafts.insert(0, draft)
        return id_

    def _container(self, kind: str, body: Node) -> None:
        name = text_of(body.get("name"))
        ref = text_of(body.get("refId")) or name
        if not ref:
            hint = f"write `refId:` so that /…/{kind}s/{kind}[refId] can name it"
            self.problems.error("RB020", f"a {kind} without name and refId", span=body.span, hint=hint)
            return
        self.problems.unknown_keys(body, CONTAINER_KEYS[kind], where=f"in the {kind} {name or ref!r}")
        id_ = self.containers.add(kind, ref, node=body)
        draft = ContainerDraft(id_, _KINDS[kind], name or ref, body)
        draft.variables = declared(body.get("variables"), self.problems)
        self._drafts.append(draft)
        if kind == "menu":
            self._choices(draft, body)
        else:
            draft.drafts = Collector(id_, self.problems).collect(
                body.get("actions"), f"the actions of {name!r}"
            )

    def _choices(self, menu: ContainerDraft, body: Node) -> None:
        collector = Collector(menu.id, self.problems)
        for type_, choice, item in single_items(
            body.get("choices"), f"the choices of {menu.name!r}", problems=self.problems
        ):
            draft = collector.draft(type_, choice, item=item)
            menu.drafts.append(draft)
            if type_ == "menuTask":
                draft.target = self._inline_task(menu, draft)
            elif (inner := _inner_menu(choice)) is not None:
                draft.target = self._sub_menu(menu, draft, body=inner)

    def _inline_task(self, menu: ContainerDraft, choice: Draft) -> str | None:
        task = choice.body.get("task")
        if task is None or not task.is_map:
            hint = "write `task:`, below it `actions:`"
            self.problems.error(
                "RB020", f"the choice {choice.name!r} has no task", span=choice.item.span, hint=hint
            )
            return None
        self.problems.unknown_keys(
            task, CONTAINER_KEYS["task"], where=f"in the task of the choice {choice.name!r}"
        )
        draft = ContainerDraft(self._inline_id(menu, choice), "menuTask", choice.name, task, parent=menu.id)
        self._drafts.append(draft)
        draft.variables = declared(task.get("variables"), self.problems)
        actions = task.get("actions")
        draft.drafts = Collector(draft.id, self.problems).collect(actions, f"the actions of {choice.name!r}")
        return draft.id

    def _sub_menu(self, menu: ContainerDraft, choice: Draft, *, body: Node) -> str:
        ref = text_of(body.get("refId")) or self._inline_id(menu, choice)
        id_ = self.containers.add("menu", ref, node=body)
        draft = ContainerDraft(id_, "menu", text_of(body.get("name")) or choice.name, body, parent=menu.id)
        self._drafts.append(draft)
        self._choices(draft, body)
        return id_

    def _inline_id(self, menu: ContainerDraft, choice: Draft) -> str:
        """`<menu id>/<choice name>`, with the choice's number behind it when the name is taken."""
        made = f"{menu.id}/{choice.name}"
        taken = {draft.id for draft in self._drafts}
        return made if made not in taken else f"{made}#{choice.id.rpartition('#')[2]}"

    def finish(
        self, flow_variables: tuple[Variable, ...]
    ) -> tuple[dict[str, Container], tuple[Variable, ...]]:
        """The containers by id, and the flow's variables with the undeclared ones that actions assign."""
        known = {variable.name.lower() for variable in flow_variables}
        extra: list[Variable] = []
        done: dict[str, Container] = {}
        for draft in self._drafts:
            own = list(draft.variables)
            names = known | {variable.name.lower() for variable in own}
            for variable in undeclared(draft.drafts, names, problems=self.problems):
                of_flow = not variable.name.lower().startswith(("task.", "state."))
                (extra if of_flow else own).append(variable)
                if of_flow:
                    known.add(variable.name.lower())
            done[draft.id] = self._finished(draft, tuple(own))
        return done, (*flow_variables, *extra)

    def _finished(self, draft: ContainerDraft, variables: tuple[Variable, ...]) -> Container:
        is_menu = draft.kind == "menu"
        actions = link(draft.drafts, draft.id, containers=self.containers, in_turn=not is_menu)
        return Container(
            id=draft.id,
            name=draft.name,
            kind=draft.kind,
            start=actions[0].id if actions and not is_menu else None,
            actions=actions,
            variables=variables,
            body=draft.node,
            default_choice=self._default_choice(draft.node, actions) if is_menu else None,
            output_paths=self._output_paths(draft.node),
            parent=draft.parent,
            span=draft.node.span,
        )

    def _output_paths(self, node: Node) -> tuple[str, ...]:
        paths = node.get("outputPaths")
        items = single_items(paths, "outputPaths", problems=self.problems)
        return tuple(text_of(body.get("name")) for _, body, _ in items)

    def _default_choice(self, node: Node, actions: tuple[Action, ...]) -> str | None:
        """`./choices/menuTask[x]`: x is the refId or the name of a choice."""
        written = next((member for key in _DEFAULT_CHOICE if (member := node.get(key)) is not None), None)
        if written is None or is_empty(written):
            return None
        text = text_of(written) or text_of(written.at("lit", "name"))
        wanted = text[text.find("[") + 1 : -1] if text.endswith("]") else text
        names = {text_of(action.body.get("refId")) or action.name: action.id for action in actions}
        names |= {action.name: action.id for action in actions if action.name not in names}
        if wanted not in names:
            hint = suggestion(wanted, names, what="choices")
            self.problems.error("RB023", f"there is no choice {wanted!r}", span=written.span, hint=hint)
        return names.get(wanted)


def _inner_menu(choice: Node) -> Node | None:
    """The document of a menu that a choice holds itself."""
    for inner in (choice.get("menu"), choice.get("subMenu"), choice):
        if inner is not None and inner.get("choices") is not None:
            return inner
    return None
