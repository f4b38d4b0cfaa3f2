"""Plain flow documents to the flow model: the JSON form that tutorials use.

    {"name": …, "type": "voice",
     "initialAction": {"name": "Start", "type": "Start", "routing": {"queue": …}, "on": {"next": …}},
     "actions": [{"name": …, "type": …, "on": {…}}, …]}

or the same actions as `nodes` or `steps`, see `plain_forms`. Keys may be written in snake case, and the
document may be YAML. Every action becomes the Architect action that it stands for: one engine runs them all.
Look-ups are `plainLookup` (a POST) and `plainContactLookup`. A menu is a container of its own, entered
by a jumpToMenu.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringback.core.errors import DefinitionError
from ringback.documents import Node, Problems, read_json, read_yaml, suggestion
from ringback.flows.actions import ACTIONS
from ringback.flows.loaders import plain_values as values
from ringback.flows.loaders.plain_fields import Fields
from ringback.flows.loaders.plain_forms import camel_keys, listing_of
from ringback.flows.loaders.plain_items import END, Item, Items
from ringback.flows.loaders.plain_loops import with_bodies
from ringback.flows.loaders.plain_types import ALIASES, CONTACT_LOOKUP, LOOKUP, MENU, SET_VARIABLE, START
from ringback.flows.loaders.shapes import list_of, text_of
from ringback.flows.loaders.supported import known_outputs
from ringback.flows.loaders.variables import declared
from ringback.flows.model import Action, Container, Flow, Variable

MAIN = "main"
# What a plain document calls the types of flows.
TYPES: Mapping[str, str] = {
    "voice": "inboundCall",
    "call": "inboundCall",
    "message": "inboundShortMessage",
    "sms": "inboundShortMessage",
    "chat": "inboundChat",
    "email": "inboundEmail",
    "workflow": "workflow",
    # As the platform spells them.
    "inboundcall": "inboundCall",
    "inboundshortmessage": "inboundShortMessage",
    "inboundchat": "inboundChat",
    "inboundemail": "inboundEmail",
}
_KEYS = frozenset(
    [
        "id",
        "version",
        "name",
        "description",
        "type",
        "initialAction",
        "actions",
        "nodes",
        "steps",
        "routing",
        "selfUri",
        "language",
        "division",
        "variables",
    ]
)
_EMPTY: Mapping[str, str] = {
    "actions": 'write "initialAction": {…} and "actions": […]',
    "nodes": 'write "nodes": [{"id": …, "name": …, "type": …}]',
    "steps": 'write "steps": [{"type": "data-action", "name": …}]',
}
_MENU_KEYS = frozenset(["audio", "choices", "repeat", "timeout", "default"])
_FRAME_KEYS = frozenset(["id", "name", "type", "description", "on", "routing"])
_NUMBER = "If(IsNotSetOrEmpty(Call.Ani), NOT_SET, ToPhoneNumber(Call.Ani).e164)"
_DTMF = {"*": "digit_star", "#": "digit_pound"} | {str(digit): f"digit_{digit}" for digit in range(10)}


def load_plain(text: str, *, file: str) -> Flow:
    """The flow of a plain document.

    Raises:
        DefinitionError: the document is wrong; `DocumentErrors` when it is JSON (or YAML) but no right flow.
    """
    document = (
        read_json(text, file=file)
        if text.lstrip("\ufeff \t\r\n").startswith("{")
        else read_yaml(text, file=file)
    )
    if not document.is_map:
        hint = 'write {"name": …, "initialAction": …, "actions": […]}'
        raise DefinitionError("a plain flow is an object", span=document.span, hint=hint, code="RB020")
    problems = Problems()
    flow = _Loader(camel_keys(document, problems), problems, text=text).load(file)
    problems.check()
    return flow


class _Loader:
    """Loads one plain flow."""

    def __init__(self, document: Node, problems: Problems, *, text: str) -> None:
        self._document = document
        self._problems = problems
        self._listing = listing_of(document, problems)
        self._items = Items(problems, MAIN, listing=self._listing)
        self._mentions_number = "$phonenumber" in text.lower()
        self._start: Item | None = None

    def load(self, file: str) -> Flow:
        """The flow; problems are noted, not raised."""
        self._problems.unknown_keys(self._document, _KEYS, where="in the flow")
        name = self._name(file)
        first = self._read()
        variables = self._variables()
        fields = Fields(self._problems, {name.lower() for name in variables})
        language = text_of(self._document.get("language")).lower() or "en-us"
        main, menus = self._containers(fields, first, name=name, language=language)
        return Flow(
            name=name,
            type=self._type(),
            start=MAIN,
            containers={box.id: box for box in (main, *menus)},
            variables=tuple(variables.values()),
            description=text_of(self._document.get("description")),
            division=text_of(self._document.get("division")),
            default_language=language,
            source=file,
            form="plain",
            diagnostics=self._problems.warnings,
        )

    def _name(self, file: str) -> str:
        """The flow's name; definitions that the platform gives are known by their id, or their file."""
        name = text_of(self._document.get("name"))
        if name or self._listing != "actions":
            return (
                name
                or text_of(self._document.get("id"))
                or file.replace("\\", "/").rpartition("/")[2].partition(".")[0]
            )
        hint = 'write "name": "…"'
        self._problems.error("RB020", "the flow has no name", span=self._document.span, hint=hint)
        return ""

    def _type(self) -> str:
        written = self._document.get("type")
        found = TYPES.get(text_of(written).lower() or "voice")
        if found is None and written is not None:
            hint = suggestion(text_of(written), TYPES, what="types")
            self._problems.error(
                "RB020", f"unknown flow type {text_of(written)!r}", span=written.span, hint=hint
            )
        return found or "inboundCall"

    def _read(self) -> Item | None:
        """Take all actions; the one that runs first."""
        initial = self._document.get("initialAction")
        start = self._items.add(initial) if initial is not None else None
        what = self._listing
        written = self._document.get(what)
        listed = list_of(written, f"`{what}`", problems=self._problems)
        below = self._items.add_all(listed)
        if start is not None:
            start.below = below
        elif written is None or not written.value:
            hint = _EMPTY[what]
            self._problems.error("RB024", f"the flow has no {what}", span=self._document.span, hint=hint)
        self._start = start
        start = start or below
        if start is None or start.type != START:
            return self._items.entry(start)
        self._start = start
        self._problems.unknown_keys(
            start.node,
            _FRAME_KEYS | {"onerror", "ontimeout", "onError", "onTimeout"},
            where="in the Start action",
        )
        return self._lead_on(start)

    def _lead_on(self, start: Item) -> Item | None:
        """The action that Start leads to; it takes over what Start says about errors and timeouts."""
        first = self._items.after(start)
        handlers = {output: node for output, node in start.on.items() if output != "next"}
        if first is not None:
            first.on = {**handlers, **first.on}
            for item in self._items:
                item.inside = first if item.inside is start else item.inside
        return first

    def _variables(self) -> dict[str, Variable]:
        """The declared variables, and those that the actions write; `$phoneNumber` and `$error` when used."""
        listed = declared(self._document.get("variables"), self._problems, plain=True)
        found: dict[str, Variable] = {variable.name: variable for variable in listed}
        for item in self._items:
            for node, type_ in _written(item):
                name = values.variable_name(text_of(node))
                if not name[1:].replace("_", "a").isalnum() or name[1:2].isdigit():
                    hint = "use letters, digits and underscores, e.g. customerName"
                    self._problems.error(
                        "RB032", f"{name!r} is no name for a variable", span=node.span, hint=hint
                    )
                elif name not in found or found[name].type == "jsn":
                    found[name] = _declared(name, type_, place=node)
            if item.type in (LOOKUP, CONTACT_LOOKUP):
                found.setdefault("$error", _declared("$error", "jsn", place=item.node))
        if self._mentions_number and "$phoneNumber" not in found:
            initial = values.exp(_NUMBER, self._document)
            found["$phoneNumber"] = Variable(name="$phoneNumber", type="str", initial=initial)
        return found

    def _containers(
        self, fields: Fields, first: Item | None, *, name: str, language: str
    ) -> tuple[Container, list[Container]]:
        last = self._routing(fields) or self._hang_up()
        end = last.id if last is not None else None
        actions = with_bodies(self._action(item, fields, end=end) for item in self._items)
        menus = [
            self._menu(item, fields, end=end, language=language) for item in self._items if item.type == MENU
        ]
        if last is not None:
            actions.append(last)
        start = first.id if first is not None else end
        main = Container(
            MAIN, name, "task", start, tuple(actions), span=self._document.span, body=self._document
        )
        return main, menus

    def _routing(self, fields: Fields) -> Action | None:
        """The transfer to the queue that ends the flow."""
        start = self._start
        places = [start.node.get("routing") if start is not None else None, self._document.get("routing")]
        routing = next((node for node in places if node is not None), None)
        if routing is None:
            return None
        queue = routing.get("queue") if routing.is_map else routing
        if queue is None or queue.value is None:
            hint = 'write "routing": {"queue": {"name": "…"}}'
            self._problems.error("RB020", "the routing names no queue", span=routing.span, hint=hint)
            return None
        name = values.scalar("Transfer to queue", routing)
        members = {"name": name, "targetQueue": values.value(queue, "que", variables=fields.variables)}
        body = values.made(members, routing)
        return Action(
            self._last_id(),
            "Transfer to queue",
            "transferToAcd",
            body,
            None,
            container=MAIN,
            span=routing.span,
        )

    def _hang_up(self) -> Action | None:
        """What an output runs into that names the end of a flow without routing; None when none does.

        Without it such an output would be an open one, which goes on below like `next`.
        """
        ends = [
            target
            for item in self._items
            for output, target in item.on.items()
            if output != "next" and text_of(target) == END and item.type != MENU
        ]
        if not ends:
            return None
        body = values.made({"name": values.scalar("End", ends[0])}, ends[0])
        return Action(self._last_id(), "End", "disconnect", body, None, container=MAIN, span=ends[0].span)

    def _last_id(self) -> str:
        """An id that no action has, for the one that ends the flow."""
        taken = {item.id for item in self._items}
        number = len(taken) + 2
        while f"{MAIN}#{number}" in taken:
            number += 1
        return f"{MAIN}#{number}"

    def _action(self, item: Item, fields: Fields, *, end: str | None) -> Action:
        is_menu = item.type == MENU
        type_ = "jumpToMenu" if is_menu else item.type
        reference = values.scalar(f"./menus/menu[{item.name}]", item.node)
        body = (
            values.made({"targetMenuRef": reference}, item.node)
            if is_menu
            else fields.body(item.type, item.node)
        )
        outputs = {} if is_menu else self._outputs(item, end)
        return Action(
            id=item.id,
            name=item.name,
            type=type_,
            body=body,
            # A menu goes on through its choices only.
            next=None if is_menu else _id(self._items.after(item), end),
            outputs={output: target for output, target in outputs.items() if target is not None},
            target=_menu_id(item) if is_menu else None,
            container=MAIN,
            span=item.node.span,
        )

    def _outputs(self, item: Item, end: str | None) -> dict[str, str | None]:
        known = known_outputs(item.type)
        found = {}
        for output, target in item.on.items():
            if output == "next":
                continue
            if known is not None and output not in known and not {"*", "case*"} & known:
                message = f"the action {item.name!r} ({item.type}) has no output {output!r}"
                hint = suggestion(output, {*known, "next"}, what="outputs")
                self._problems.error("RB026", message, span=target.span, hint=hint)
            found[output] = _id(self._items.find(target), end)
        return found

    def _menu(self, item: Item, fields: Fields, *, end: str | None, language: str) -> Container:
        """A menu with a choice for each key; the default choice has no key."""
        where = f"in the menu {item.name!r}"
        self._problems.unknown_keys(item.node, _MENU_KEYS | _FRAME_KEYS, where=where)
        otherwise = item.on.get("default") or item.on.get("timeout") or item.on.get("next")
        targets = [*item.choices.items(), *([("", otherwise)] if otherwise is not None else [])]
        actions = []
        for number, (key, node) in enumerate(targets, 1):
            led = self._items.find(node)
            id_ = f"{_menu_id(item)}#{number}"
            name = led.name if led is not None else END
            body = _choice(name, key, place=node, language=language)
            follows = _id(led, end)
            actions.append(
                Action(id_, name, "plainChoice", body, follows, container=_menu_id(item), span=body.span)
            )
        body = values.made(dict(_menu_settings(item.node, fields)), item.node)
        return Container(
            id=_menu_id(item),
            name=item.name,
            kind="menu",
            start=None,
            actions=tuple(actions),
            body=body,
            default_choice=actions[-1].id if otherwise is not None else None,
            span=item.node.span,
        )


def _choice(name: str, key: str, *, place: Node, language: str) -> Node:
    """The body of a choice: a key of the telephone, or a word that the caller says; "" for the default."""
    members = {"name": values.scalar(name, place)}
    if key in _DTMF:
        members["dtmf"] = values.scalar(_DTMF[key], place)
    elif key:
        terms = Node((values.scalar(key, place),), place.span)
        by_language = values.made({language: values.made({"terms": terms}, place)}, place)
        members["speechRecTerms"] = by_language
    return values.made(members, place)


def _declared(name: str, type_: str, *, place: Node) -> Variable:
    """A variable; JSON ones begin as JSON null, of which any property may be read (it is not set)."""
    initial = values.exp('JsonParse("null")', place) if type_ == "jsn" else None
    return Variable(name=name, type=type_, initial=initial, span=place.span)


def _id(item: Item | None, end: str | None) -> str | None:
    return item.id if item is not None else end


def _menu_id(item: Item) -> str:
    return f"menu/{item.name}"


def _menu_settings(node: Node, fields: Fields) -> Iterator[tuple[str, Node]]:
    """`audio`, `repeat`, `timeout` (ms) as a menu of Architect has them."""
    audio, repeat, timeout = node.get("audio"), node.get("repeat"), node.get("timeout")
    if audio is not None:
        yield "audio", values.value(audio, "aud", variables=fields.variables)
    settings = {}
    if repeat is not None:
        settings["repeatCount"] = values.value(repeat, "int", variables=fields.variables)
    if timeout is not None:
        settings["menuSelectionTimeout"] = values.value(timeout, "dur", variables=fields.variables)
    yield "settingsMenu", values.made(settings, node)


def _written(item: Item) -> Iterator[tuple[Node, str]]:
    """The names of variables that an action writes, with their types."""
    node = item.node
    if item.type == SET_VARIABLE:
        assigned = node.get("set")
        if assigned is not None:
            for name, _ in assigned.items():
                yield values.scalar(name, Node(None, assigned.key_span(name))), "jsn"
    if item.type in (LOOKUP, CONTACT_LOOKUP):
        yield node.get("outputVariable") or values.scalar("lookupResponse", node), "jsn"
    for key in ("outputs", "failureOutputs"):
        for _, member in _items_of(node.get(key)):
            yield member, "jsn"
    if item.type == "getParticipantData":
        for _, member in _items_of(node.get("attributes")):
            yield member, "str"
    yield from _declared_writes(item)


def _declared_writes(item: Item) -> Iterator[tuple[Node, str]]:
    """What the action's declaration says that it writes."""
    action = ACTIONS.get(item.type)
    plain_key = {archy: plain for plain, archy in ALIASES.get(item.type, {}).items()}
    for field in action.fields if action is not None and not item.type.startswith("plain") else ():
        if field.role == "writes" and "." not in field.path:
            member = item.node.get(field.path) or item.node.get(plain_key.get(field.path, ""))
            if member is not None and text_of(member):
                yield member, field.type


def _items_of(node: Node | None) -> Iterator[tuple[str, Node]]:
    return ((key, member) for key, member in (node.items() if node is not None else ()) if text_of(member))
