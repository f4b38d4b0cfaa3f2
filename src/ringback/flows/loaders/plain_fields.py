"""The body of an Architect action from the simple fields of a plain action."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from urllib.parse import urlsplit

from ringback.documents import Node, Problems
from ringback.flows.actions import ACTIONS
from ringback.flows.keys import ACTION_KEYS, WRAPPERS
from ringback.flows.loaders import plain_values as values
from ringback.flows.loaders.plain_types import ALIASES, CONTACT_LOOKUP, LOOKUP, SET_VARIABLE
from ringback.flows.loaders.shapes import text_of

# Keys that say how actions hang together; they are no fields.
FRAME = frozenset(
    ["id", "name", "type", "description", "on", "onerror", "ontimeout", "onError", "onTimeout", "routing"]
)
DEFAULT_TIMEOUT_MS = 10_000
_LOOPBACK = ("localhost", "::1")


@dataclass(frozen=True, slots=True)
class Fields:
    """Reads the fields of plain actions.

    Attributes:
        variables: lower-case names of the document's variables.
    """

    problems: Problems
    variables: Set[str]

    def body(self, type_: str, node: Node) -> Node:
        """The body that the action type expects."""
        special = _SPECIAL.get(type_)
        members = special(self, node) if special is not None else self._fields(type_, node)
        members = {"name": node.get("name") or values.scalar(type_, node), **members}
        return Node(members, node.span, {key: member.span for key, member in members.items()})

    def _fields(self, type_: str, node: Node) -> dict[str, Node]:
        """Fields by the action's declaration."""
        action = ACTIONS.get(type_)
        roles = {field.path: (field.role, field.type) for field in (action.fields if action else ())}
        found: dict[str, Node] = {}
        for plain_key, member in fields_of(node):
            key = ALIASES.get(type_, {}).get(plain_key, plain_key)
            role, wanted = roles.get(key, ("word", "any"))
            if role == "value":
                self._check_wrapped(plain_key, member)
                found[key] = values.value(member, wanted, variables=self.variables)
            else:
                found[key] = values.variable(member) if role == "writes" else member
        known = action.keys if action is not None else ACTION_KEYS.get(type_, frozenset())
        self._known(node, (known - {"none", "outputs"}) | set(ALIASES.get(type_, {})), type_=type_)
        return found

    def _check_wrapped(self, key: str, member: Node) -> None:
        """A value is wrapped or it is not."""
        if not values.is_mixed(member):
            return
        inside = [name for name, _ in member.items() if name in WRAPPERS]
        others = [name for name, _ in member.items() if name not in WRAPPERS]
        message = f"{key!r} has `{inside[0]}` and, beside it, {', '.join(repr(name) for name in others)}"
        hint = f'write {{"{others[0]}": …}} or {{"{inside[0]}": …}}, not both'
        self.problems.error("RB020", message, span=member.key_span(others[0]), hint=hint)

    def _known(self, node: Node, keys: Set[str], *, type_: str) -> None:
        where = f"in the action {text_of(node.get('name'))!r} ({type_})"
        self.problems.unknown_keys(node, keys | FRAME, where=where)

    def lookup(self, node: Node) -> dict[str, Node]:
        """`url`, `timeout`, `inputVariables`, `outputVariable`."""
        self._known(node, {"url", "timeout", "inputVariables", "outputVariable"}, type_=LOOKUP)
        url = node.get("url")
        found = self._output(node)
        if url is not None:
            self._check_url(url)
            found["url"] = url
        found["timeoutMs"] = self._timeout(node)
        found["errorVariable"] = values.variable(values.scalar("error", node))
        inputs = node.get("inputVariables")
        if inputs is not None:
            # The caller's number is sent anyway.
            given = {
                key: self._input(member)
                for key, member in inputs.items()
                if text_of(member) != "$phoneNumber"
            }
            found["inputs"] = Node(given, inputs.span, inputs.keys)
        return found

    def contact_lookup(self, node: Node) -> dict[str, Node]:
        """`outputVariable`; what an HTTP look-up has besides is allowed and means nothing."""
        self._known(node, {"url", "timeout", "inputVariables", "outputVariable"}, type_=CONTACT_LOOKUP)
        return self._output(node)

    @staticmethod
    def _output(node: Node) -> dict[str, Node]:
        output = node.get("outputVariable")
        return {"outputVariable": values.variable(output or values.scalar("lookupResponse", node))}

    def _input(self, node: Node) -> Node:
        if isinstance(node.value, str):
            return values.value(node, "str", variables=self.variables)
        return values.json_value(node)

    def _timeout(self, node: Node) -> Node:
        timeout = node.get("timeout")
        if timeout is None:
            return values.scalar(DEFAULT_TIMEOUT_MS, node)
        if isinstance(timeout.value, bool) or not isinstance(timeout.value, int) or timeout.value < 1:
            hint = "write milliseconds as a whole number, e.g. 10000"
            self.problems.error(
                "RB041", "the timeout must be a number of milliseconds", span=timeout.span, hint=hint
            )
        return timeout

    def _check_url(self, url: Node) -> None:
        """https, or http to this machine."""
        try:
            parts = urlsplit(text_of(url))
            host = parts.hostname or ""
        except ValueError:
            host, parts = "", urlsplit("")
        loopback = host in _LOOPBACK or (host.startswith("127.") and host.replace(".", "").isdigit())
        if not host or not (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
            hint = "write https://…; plain http only to 127.0.0.1 or localhost"
            self.problems.error(
                "RB040", f"the URL {text_of(url)!r} is not an https URL", span=url.span, hint=hint
            )

    def set_variables(self, node: Node) -> dict[str, Node]:
        """`set: {name: value}` as statements of type JSON."""
        if node.get("statements") is not None:
            return self._fields(SET_VARIABLE, node)
        self._known(node, {"set"}, type_=SET_VARIABLE)
        assigned = node.get("set")
        if assigned is None or not assigned.is_map:
            place = node.span if assigned is None else assigned.span
            hint = 'write "set": {"name": value}'
            self.problems.error("RB020", "an action that sets variables needs `set`", span=place, hint=hint)
            return {}
        statements = []
        for name, member in assigned.items():
            key = Node(None, assigned.key_span(name))
            target = values.scalar(values.variable_name(name), key)
            body = values.made({"variable": target, "value": values.json_value(member)}, member)
            statements.append(values.made({"json": body}, member))
        return {"statements": Node(tuple(statements), assigned.span)}

    def participant_data(self, node: Node) -> dict[str, Node]:
        """`attributes: {name: value}`; the native list stays as it is."""
        return self._attributes(node, "value", type_="setParticipantData")

    def read_participant_data(self, node: Node) -> dict[str, Node]:
        """`attributes: {name: variable}`."""
        return self._attributes(node, "variable", type_="getParticipantData")

    def _attributes(self, node: Node, key: str, *, type_: str) -> dict[str, Node]:
        self._known(node, {"attributes"}, type_=type_)
        given = node.get("attributes")
        if given is None or not given.is_map:
            return {"attributes": given} if given is not None else {}
        items = []
        for name, member in given.items():
            place = Node(None, given.key_span(name))
            name_node = values.made({"lit": values.scalar(name, place)}, place)
            to = (
                values.value(member, "str", variables=self.variables)
                if key == "value"
                else self._bare_variable(member)
            )
            items.append(
                values.made({"attribute": values.made({"name": name_node, key: to}, member)}, member)
            )
        return {"attributes": Node(tuple(items), given.span)}

    @staticmethod
    def _bare_variable(node: Node) -> Node:
        return values.scalar(values.variable_name(text_of(node)), node)

    def data_action(self, node: Node) -> dict[str, Node]:
        """`dataAction`, `integration`, `inputs`, `outputs: {name: variable}`, `timeout`."""
        if node.get("category") is not None:
            return self._fields("callData", node)
        self._known(
            node,
            {"dataAction", "integration", "inputs", "outputs", "failureOutputs", "timeout"},
            type_="callData",
        )
        called = node.get("dataAction")
        if called is None:
            hint = 'write "dataAction": "name"'
            self.problems.error("RB020", "callData needs `dataAction`", span=node.span, hint=hint)
            return {}
        inside = {"inputs": self._mapped(node.get("inputs"), self._input)}
        inside["successOutputs"] = self._mapped(node.get("outputs"), values.variable)
        inside["failureOutputs"] = self._mapped(node.get("failureOutputs"), values.variable)
        action = values.made({key: member for key, member in inside.items() if member is not None}, called)
        named = values.made({text_of(called): action}, called)
        integration = text_of(node.get("integration")) or "Data Actions"
        category = values.made({integration: values.made({"dataAction": named}, called)}, called)
        timeout = node.get("timeout")
        limit = {} if timeout is None else {"timeout": values.value(timeout, "dur", variables=self.variables)}
        return {"category": category, **limit}

    @staticmethod
    def _mapped(node: Node | None, convert: Callable[[Node], Node]) -> Node | None:
        if node is None or not node.is_map:
            return None
        return Node({key: convert(member) for key, member in node.items()}, node.span, node.keys)

    def table_lookup(self, node: Node) -> dict[str, Node]:
        """`table`, `key`, `outputs: {column: variable}`."""
        if node.get("dataTable") is not None:
            return self._fields("dataTableLookup", node)
        self._known(node, {"table", "key", "outputs"}, type_="dataTableLookup")
        table, key = node.get("table"), node.get("key")
        if table is None or key is None:
            hint = 'write "table": "name", "key": "$phoneNumber"'
            self.problems.error("RB020", "a table look-up needs `table` and `key`", span=node.span, hint=hint)
            return {}
        outputs = self._mapped(node.get("outputs"), values.variable)
        inside = values.made({} if outputs is None else {"foundOutputs": outputs}, table)
        named = values.made({text_of(table): inside}, table)
        return {"dataTable": named, "lookupValue": values.value(key, "str", variables=self.variables)}

    def switch(self, node: Node) -> dict[str, Node]:
        """`cases: [{condition, next}]`; the first that is true wins."""
        if node.get("evaluate") is not None:
            return self._fields("switch", node)
        self._known(node, {"cases", "default"}, type_="switch")
        items = []
        for case in node.get("cases") or ():
            condition = case.get("condition")
            if condition is None:
                hint = 'write {"condition": "…", "next": "action"}'
                self.problems.error("RB020", "a case needs `condition`", span=case.span, hint=hint)
                continue
            wrapped = values.value(condition, "bln", variables=self.variables)
            items.append(values.made({"case": values.made({"value": wrapped}, case)}, case))
        cases = values.made({"cases": Node(tuple(items), node.span)}, node)
        return {"evaluate": values.made({"firstTrue": cases}, node)}


def fields_of(node: Node) -> Iterator[tuple[str, Node]]:
    """The members of an action that are fields."""
    return ((key, member) for key, member in node.items() if key not in FRAME)


_SPECIAL: Mapping[str, Callable[[Fields, Node], dict[str, Node]]] = {
    LOOKUP: Fields.lookup,
    CONTACT_LOOKUP: Fields.contact_lookup,
    SET_VARIABLE: Fields.set_variables,
    "setParticipantData": Fields.participant_data,
    "getParticipantData": Fields.read_participant_data,
    "callData": Fields.data_action,
    "dataTableLookup": Fields.table_lookup,
    "switch": Fields.switch,
}
