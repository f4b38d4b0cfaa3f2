"""The flow as a drawing needs it: lanes with boxes, and links between them.

    Flow ──diagram──▶ Diagram ──layout──▶ Picture ──▶ SVG, HTML

Every container is a lane, every action (and every menu itself) a box. A first lane shows how the flow begins
and what it does on an error. A link inside a lane joins two boxes; a link across lanes ends at the head of
the other lane, or at one of its boxes when the flow goes on in the middle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ringback.core.span import Span
from ringback.documents import Node
from ringback.draw.details import brief, detail_of, fields_of, spoken
from ringback.draw.families import LOOPS, Family, LinkClass, below, class_of, family_of, title_of
from ringback.flows.model import Action, Container, Flow

GREETING, HANDLING = "#greeting", "#errorHandling"
FLOW_LANE = "#flow"
_CALLS = frozenset({"callTask"})


@dataclass(frozen=True, slots=True)
class Box:
    """One node.

    Attributes:
        id: of the action, of the menu's container, or GREETING or HANDLING; the trace uses the same.
        lane: id of its lane.
        name, detail: as a reader sees them, not shortened.
        type, title: the action's key and Architect's name for it.
        family: decides shape and colour.
        place: "file:line", "" when unknown.
        span: the same as a place.
        fields: path and text of what the document says.
    """

    id: str
    lane: str
    name: str
    type: str
    title: str
    family: Family
    detail: str = ""
    place: str = ""
    span: Span | None = None
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def full(self) -> str:
        """Everything in words, for tooltips."""
        lines = [self.name, self.title, self.detail, self.place]
        return "\n".join(line for line in dict.fromkeys(lines) if line)


@dataclass(frozen=True, slots=True)
class Link:
    """One edge.

    Attributes:
        number: position in the diagram.
        source: id of a box; "" for the entry of a lane.
        target: id of a box; "" when the link ends at the head of `lane`.
        lane: id of the lane that it ends in.
        kind: decides the colour.
        outputs: names of the outputs that it stands for; () is the plain way down.
        label, full: what is written on it, and the whole text.
        rank: 0 for the main way on from its source, then the others from left to right.
    """

    number: int
    source: str
    target: str
    lane: str
    kind: LinkClass
    outputs: tuple[str, ...] = ()
    label: str = ""
    full: str = ""
    rank: int = 0

    @property
    def goal(self) -> tuple[str, str]:
        """What it leads to: a lane, and a box in it or "" for its head. Links to one goal share lines."""
        return self.lane, self.target


@dataclass(frozen=True, slots=True)
class Lane:
    """A container.

    Attributes:
        boxes: ids in document order.
        is_start: whether the flow begins here.
        parent: id of the menu whose choice it is.
    """

    id: str
    name: str
    kind: str
    boxes: tuple[str, ...]
    place: str = ""
    is_start: bool = False
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Diagram:
    """A flow, ready to be laid out."""

    name: str
    type: str
    source: str
    lanes: tuple[Lane, ...]
    boxes: Mapping[str, Box]
    links: tuple[Link, ...] = field(default_factory=tuple)

    def inside(self, lane: str) -> list[Link]:
        """Links that stay in a lane, its entry included."""
        return [link for link in self.links if link.lane == lane and self.stays(link)]

    def across(self) -> list[Link]:
        """Links that leave their lane, or come back to its head."""
        return [link for link in self.links if not self.stays(link)]

    def stays(self, link: Link) -> bool:
        """Whether a link joins two boxes of one lane, or is a lane's entry."""
        if not link.source:
            return True
        return bool(link.target) and self.boxes[link.source].lane == link.lane


def diagram(flow: Flow) -> Diagram:
    """The lanes, boxes and links of a flow."""
    return _Maker(flow).make()


class _Maker:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.actions = flow.actions
        self.boxes: dict[str, Box] = {}
        self.links: list[Link] = []
        self.ranks: Counter[str] = Counter()

    def make(self) -> Diagram:
        lanes = [self._flow_lane(), *(self._lane(box) for box in self.flow.containers.values())]
        self._begin()
        for container in self.flow.containers.values():
            self._container(container)
        flow = self.flow
        return Diagram(flow.name, flow.type, flow.source, tuple(lanes), self.boxes, tuple(self.links))

    # ---- lanes and boxes

    def _flow_lane(self) -> Lane:
        flow = self.flow
        hello = brief(flow.greeting) if flow.greeting is not None else ""
        self.boxes[GREETING] = Box(GREETING, FLOW_LANE, flow.name, "start", "Start", "start", hello)
        self.boxes[HANDLING] = Box(
            HANDLING, FLOW_LANE, "On an error", "errorHandling", "Error handling", "end", self._handling()
        )
        return Lane(FLOW_LANE, flow.type, "flow", (GREETING, HANDLING))

    def _handling(self) -> str:
        handling = self.flow.error_handling
        target = self.flow.containers.get(handling.target or "")
        return f"{title_of(handling.kind)} {target.name}" if target is not None else title_of(handling.kind)

    def _lane(self, container: Container) -> Lane:
        ids = []
        if container.kind == "menu":
            self.boxes[container.id] = self._menu(container)
            ids.append(container.id)
        for action in container.actions:
            self.boxes[action.id] = self._box(action, container.id)
            ids.append(action.id)
        return Lane(
            container.id,
            container.name,
            container.kind,
            tuple(ids),
            _place(container.span),
            container.id == self.flow.start,
            container.parent,
        )

    def _menu(self, menu: Container) -> Box:
        audio = menu.body.get("audio") if menu.body is not None else None
        return Box(
            menu.id,
            menu.id,
            menu.name,
            "menu",
            title_of("menu"),
            "asks",
            spoken(brief(audio)) if audio is not None else "",
            _place(menu.span),
            menu.span,
        )

    def _box(self, action: Action, lane: str) -> Box:
        return Box(
            action.id,
            lane,
            action.name,
            action.type,
            title_of(action.type),
            family_of(action.type),
            self._detail(action),
            _place(action.span),
            action.span,
            tuple(fields_of(action.body)),
        )

    def _detail(self, action: Action) -> str:
        target = self.flow.containers.get(action.target or "")
        if target is not None:
            return f"→ {target.name}"
        text = detail_of(action)
        return spoken(text) if family_of(action.type) in ("says", "asks") else text

    # ---- links

    def _add(
        self,
        source: str,
        target: str,
        *,
        lane: str = "",
        kind: LinkClass = "flow",
        outputs: tuple[str, ...] = (),
        words: tuple[str, str] = ("", ""),
    ) -> None:
        """One link; `words` are its label and the whole text."""
        into = lane or self.boxes[target].lane
        if source and self.boxes[source].lane != into and target in self._first_of(into):
            target, kind = "", "jump" if kind == "flow" else kind
        label, full = words
        rank = self.ranks[source]
        self.ranks[source] += 1
        self.links.append(
            Link(len(self.links), source, target, into, kind, outputs, label, full or label, rank)
        )

    def _first_of(self, lane: str) -> tuple[str | None, ...]:
        """What the head of a lane leads to."""
        return (lane, self.flow.containers[lane].start)

    def _begin(self) -> None:
        self._add(GREETING, "", lane=self.flow.start, kind="jump")
        target = self.flow.error_handling.target
        if target is not None and target in self.flow.containers:
            self._add(HANDLING, "", lane=target, kind="error")

    def _container(self, container: Container) -> None:
        if container.kind == "menu":
            self._add("", container.id, lane=container.id, kind="entry")
            for choice in container.actions:
                self._choice(container, choice)
        elif container.start is not None:
            self._add("", container.start, lane=container.id, kind="entry")
        for action in container.actions:
            self._ways(action)

    def _choice(self, menu: Container, choice: Action) -> None:
        keys = [_key(choice)] if _key(choice) else []
        keys += [f"“{term}”" for term in _terms(choice)[:1]] if not keys else []
        keys += ["default"] if choice.id == menu.default_choice else []
        full = ", ".join([*keys, *(f"“{term}”" for term in _terms(choice))])
        self._add(menu.id, choice.id, outputs=(choice.name,), words=(", ".join(keys), full))

    def _ways(self, action: Action) -> None:
        """The links of one action, the main way on first: that one is drawn straight down."""
        ways: list[tuple[tuple[str, ...], str]]
        ways = [((name,), first) for name, first in action.outputs.items() if first in self.boxes]
        down = below(action.type, frozenset(action.outputs), documented=tuple(_documented(action)))
        if down is not None and action.next is not None and action.next in self.boxes:
            ways.append((down, action.next))
        for outputs, first in sorted(ways, key=_main_first):
            label, full = self._words(action, outputs)
            self._add(action.id, first, kind=_class(outputs), outputs=outputs, words=(label, full))
        if action.type in ("loopNext", "loopExit"):
            self._leave_loop(action)
        if action.target is not None and action.target in self.flow.containers:
            self._add(action.id, "", lane=action.target, kind="call" if action.type in _CALLS else "jump")

    def _words(self, action: Action, outputs: tuple[str, ...]) -> tuple[str, str]:
        """Label and whole text of an output; a switch's cases show their condition."""
        label = ", ".join(outputs)
        if action.type == "switch" and outputs and outputs[0].startswith("case"):
            condition = _cases(action).get(outputs[0], "")
            return condition or label, f"{label}: {condition}"
        return label, label

    def _leave_loop(self, action: Action) -> None:
        around = self.actions.get(action.parent or "")
        while around is not None and around.type not in LOOPS:
            around = self.actions.get(around.parent or "")
        if around is None:
            return
        target = around.id if action.type == "loopNext" else around.next
        if target is not None and target in self.boxes:
            self._add(action.id, target, outputs=(action.type,))


def _main_first(way: tuple[tuple[str, ...], str]) -> int:
    """The way down (of a loop: out of it), then what went well, then failures, then timeouts."""
    outputs, _ = way
    kind = _class(outputs)
    if not outputs or outputs in (("done",), ("otherwise",)):
        return 0
    return {"flow": 1, "failure": 2, "timeout": 3}[kind]


def _class(outputs: tuple[str, ...]) -> LinkClass:
    """Failure or timeout only when the link stands for nothing else."""
    kinds = {class_of(name) for name in outputs}
    if not kinds or "flow" in kinds:
        return "flow"
    return "failure" if "failure" in kinds else "timeout"


def _documented(action: Action) -> Iterator[str]:
    """Outputs that the document names, with or without actions; those that are switched off left out."""
    outputs = action.body.get("outputs")
    members = list(outputs.items()) if outputs is not None else []
    for name, output in [*members, *((("", outputs),) if outputs is not None and outputs.is_list else ())]:
        if output.is_list:
            for item in output:
                yield from (brief(body.get("name") or body) or key for key, body in item.items())
        elif name != "none" and not _is_off(output):
            yield name
    if action.type == "switch":
        yield from _cases(action)


def _is_off(output: Node) -> bool:
    enabled = output.get("enabled")
    return enabled is not None and enabled.value is False


def _cases(action: Action) -> dict[str, str]:
    """`case<n>` -> its condition or value."""
    found: dict[str, str] = {}
    evaluate = action.body.get("evaluate")
    for _, style in evaluate.items() if evaluate is not None else ():
        members = [style, *(member for _, member in style.items())]
        cases = next((node for item in members if (node := item.get("cases")) is not None), None)
        for number, case in enumerate(cases or (), 1):
            value = case.at("case", "value")
            found[f"case{number}"] = brief(value) if value is not None else ""
    return found


def _key(choice: Action) -> str:
    node = choice.body.get("dtmf")
    text = (node.text or str(node.value)) if node is not None else ""
    return {"digit_star": "*", "digit_pound": "#"}.get(text, text.removeprefix("digit_"))


def _terms(choice: Action) -> list[str]:
    languages = choice.body.get("speechRecTerms")
    return [
        term.text or str(term.value)
        for _, language in (languages.items() if languages is not None else ())
        for term in language.get("terms") or ()
    ]


def _place(span: Span | None) -> str:
    return f"{span.file}:{span.line}" if span is not None else ""
