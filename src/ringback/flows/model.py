"""A flow as ringback holds it, whatever document it came from.

The model is the flat graph of Genesys' own configuration: a container (task, menu, state …) holds its
actions in document order; an action names the action that follows it and the first action of each of its
branches. Nesting (Archy YAML) is kept as `parent` and `branch`, so that a flow can be written back.
What an action's fields mean is declared once, in `ringback.flows.actions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ringback.core.diagnostics import Diagnostic
from ringback.core.span import Span
from ringback.documents import Node

ContainerKind = Literal["task", "menu", "state", "bot", "loopTask", "menuTask"]
Form = Literal["archy", "plain", "export"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared variable.

    Attributes:
        name: with its scope, e.g. "Flow.points", "Task.queue".
        type: expression type code, e.g. "int", "str_coll", "que".
        initial: the wrapped initial value as written (`lit`, `exp`, `noValue` …), or None.
        is_input, is_output, is_secure: flags as declared.
        description: as written.
        span: where it is declared.
    """

    name: str
    type: str
    initial: Node | None = None
    is_input: bool = False
    is_output: bool = False
    is_secure: bool = False
    description: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One action, or one choice of a menu.

    Attributes:
        id: unique in the flow: `<container id>#<number in document order>`, or the GUID of an export.
        name: as written; the action's title when the document has none.
        type: Archy's key, e.g. "callData", "menuTask".
        body: what the document says of it, `name` and nested action lists included.
        next: id of the action that runs when no branch leads elsewhere; None at an open end. The last
            action of a branch names the action after the branching one; the last of a loop's body the loop.
        outputs: output name -> id of the first action of that branch; only branches that have actions.
            Switch cases are "case1", "case2" …, and "default".
        target: id of the container that the action enters (jumpToTask, callTask, jumpToMenu, menuTask …).
        parent, branch: the branching action that this one is nested in, and the output; None at top level.
        container: id of the container that holds it.
        span: where its key stands in the document.
    """

    id: str
    name: str
    type: str
    body: Node
    next: str | None
    outputs: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None
    parent: str | None = None
    branch: str | None = None
    container: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Container:
    """A task, menu, state … with its actions (for a menu: its choices).

    Attributes:
        id: its refId, or a made one (`menuTask`: `<menu id>/<choice name>`); unique in the flow.
        name: as written.
        kind: what it is.
        start: id of its first action; None when it is empty or a menu.
        actions: in document order, nested ones included.
        variables: declared on the container.
        body: the rest of its document (audio, settings, default choice …).
        default_choice: for a menu, the id of the choice that runs when nothing is chosen; or None.
        output_paths: names of the outputs of a reusable task.
        parent: id of the menu that holds an inline task or sub-menu; None at top level.
    """

    id: str
    name: str
    kind: ContainerKind
    start: str | None
    actions: tuple[Action, ...]
    variables: tuple[Variable, ...] = ()
    body: Node | None = None
    default_choice: str | None = None
    output_paths: tuple[str, ...] = ()
    parent: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class ErrorHandling:
    """What the flow does when a step cannot be executed (`settingsErrorHandling`).

    Attributes:
        kind: "disconnect", "jumpToTask", "jumpToMenu", "transferToAcd", "endWorkflow", "exit" …
        target: id of the container for a jump; None otherwise.
        body: the document of the chosen handling (queue, audio …).
        audio: wrapped audio that is played first, or None.
    """

    kind: str = "disconnect"
    target: str | None = None
    body: Node | None = None
    audio: Node | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A loaded flow.

    Attributes:
        name, type, description, division: as written; `type` in Archy's spelling, e.g. "inboundCall".
        start: id of the container in which the flow begins.
        containers: by id, in document order (inline tasks of menus after their menu).
        variables: declared on the flow.
        greeting: wrapped initial greeting audio, or None.
        default_language, supported_languages: tags in lower case, e.g. "en-us".
        settings: other `settings…` blocks as written, by key.
        error_handling: see there.
        source: name of the document.
        form: which kind of document it came from.
        body: its document below the flow type, for what is not modelled (voices, work type …); None for
            plain documents.
        diagnostics: warnings found while loading (unknown actions, undeclared variables …).
    """

    name: str
    type: str
    start: str
    containers: Mapping[str, Container]
    variables: tuple[Variable, ...] = ()
    greeting: Node | None = None
    description: str = ""
    division: str = ""
    default_language: str = "en-us"
    supported_languages: tuple[str, ...] = ()
    settings: Mapping[str, Node] = field(default_factory=dict)
    error_handling: ErrorHandling = field(default_factory=ErrorHandling)
    source: str = ""
    form: Form = "archy"
    body: Node | None = None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def actions(self) -> Mapping[str, Action]:
        """Every action of the flow by id, in document order."""
        return {action.id: action for container in self.containers.values() for action in container.actions}
