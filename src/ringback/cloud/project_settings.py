"""`ringback.yaml`: what a project knows that its files cannot say.

    integration: Genesys Cloud Data Actions      # of data actions that name none
    division: Home                               # of what is created
    integrations:                                # may be created; credentials stay yours to set
      - {name: CRM, type: custom-rest-actions}
    dataActions:
      Get Customer: {integration: CRM, category: CRM}
    queues:
      - Support
      - {name: Sales, description: Sales calls}
    substitutions: {queue: Support}              # values of {{queue}} in flows
    ignore: ["drafts/*"]
    environments:                                # --env production
      production:
        substitutions: {queue: Support EMEA}
        integrations: {CRM: CRM production}      # what an integration is called there

`organisation.json`, which `ringback pull` writes, has the same keys; `ringback.yaml` goes before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ringback.core.errors import UsageError
from ringback.core.span import Span
from ringback.documents import Node, Problems, suggestion
from ringback.flows.loaders.shapes import text_of

KEYS = (
    *("integration", "division", "integrations", "dataActions", "queues", "substitutions", "ignore"),
    "environments",
)
_LISTS = ("integrations", "queues", "ignore")
_MAPPINGS = ("dataActions", "substitutions", "environments")
ENVIRONMENT_KEYS = ("division", "integration", "substitutions", "integrations")
ACTION_KEYS = ("integration", "category")
INTEGRATION_KEYS = ("name", "type")
QUEUE_KEYS = ("name", "description", "division")
WRONG = "RB090"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a data action belongs; "" where the project does not say."""

    integration: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue that the project wants; None where it does not say."""

    name: str
    description: str | None = None
    division: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Integration:
    """An integration that the project wants."""

    name: str
    type: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What `ringback.yaml` says, for one environment."""

    integration: str = ""
    division: str = ""
    integrations: tuple[Integration, ...] = ()
    actions: Mapping[str, Placement] = field(default_factory=dict)
    queues: tuple[Queue, ...] = ()
    substitutions: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()

    def over(self, other: Settings) -> Settings:
        """These settings, and those of another where these say nothing."""
        mine = {queue.name.casefold() for queue in self.queues}
        known = {integration.name.casefold() for integration in self.integrations}
        return Settings(
            self.integration or other.integration,
            self.division or other.division,
            self.integrations + tuple(i for i in other.integrations if i.name.casefold() not in known),
            {**other.actions, **self.actions},
            self.queues + tuple(queue for queue in other.queues if queue.name.casefold() not in mine),
            {**other.substitutions, **self.substitutions},
            self.ignore + other.ignore,
        )

    def placement(self, action: str) -> Placement:
        """Where a data action belongs, as far as the project says."""
        return self.actions.get(action.casefold(), Placement())


def read_settings(node: Node, *, environment: str = "") -> Settings:
    """The settings of a document.

    Raises:
        DefinitionError: a key that does not exist, a value of the wrong kind.
        UsageError: it has no such environment.
    """
    problems = Problems()
    found = _Reader(problems).settings(node)
    around = node.get("environments")
    if environment:
        inner = around.get(environment) if around is not None else None
        if inner is None:
            names = [key for key, _ in around.items()] if around is not None else []
            hint = suggestion(environment, names, what="environments")
            raise UsageError(f"{node.span.file} has no environment {environment!r}", hint=hint)
        found = _Reader(problems).environment(inner, found)
    problems.check()
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    problems: Problems

    def settings(self, node: Node) -> Settings:
        if node.value is None:
            return Settings()
        self._keys(node, KEYS, where="of the project")
        self._kinds(node)
        return Settings(
            self._text(node, "integration"),
            self._text(node, "division"),
            tuple(self._integrations(node.get("integrations"))),
            dict(self._actions(node.get("dataActions"))),
            tuple(self._queues(node.get("queues"))),
            dict(self._texts(node.get("substitutions"))),
            tuple(text_of(item) for item in node.get("ignore") or ()),
        )

    def environment(self, node: Node, common: Settings) -> Settings:
        self._keys(node, ENVIRONMENT_KEYS, where="of an environment")
        names = dict(self._texts(node.get("integrations")))
        lowered = {old.casefold(): new for old, new in names.items()}

        def there(name: str) -> str:
            return lowered.get(name.casefold(), name)

        return replace(
            common,
            integration=self._text(node, "integration") or there(common.integration),
            division=self._text(node, "division") or common.division,
            integrations=tuple(replace(each, name=there(each.name)) for each in common.integrations),
            actions={
                name: replace(placed, integration=there(placed.integration))
                for name, placed in common.actions.items()
            },
            substitutions={**common.substitutions, **dict(self._texts(node.get("substitutions")))},
        )

    def _keys(self, node: Node, known: tuple[str, ...], *, where: str) -> None:
        if not node.is_map:
            self.problems.error(WRONG, f"the settings {where} must be a mapping", span=node.span)
        self.problems.unknown_keys(node, known, where=where)

    def _kinds(self, node: Node) -> None:
        """What is no list or mapping where one is meant would be passed over without a word."""
        for key in (*_LISTS, *_MAPPINGS):
            member = node.get(key)
            wanted = "list" if key in _LISTS else "mapping"
            if member is None or member.value is None:
                continue
            if not (member.is_list if key in _LISTS else member.is_map):
                self.problems.error(WRONG, f"{key} must be a {wanted}", span=member.span)

    def _text(self, node: Node, key: str) -> str:
        member = node.get(key)
        if member is not None and (member.is_map or member.is_list):
            self.problems.error(WRONG, f"{key} must be a text", span=member.span)
        return text_of(member)

    def _texts(self, node: Node | None) -> Iterator[tuple[str, str]]:
        for key, member in node.items() if node is not None else ():
            if member.is_map or member.is_list:
                self.problems.error(WRONG, f"the value of {key!r} must be a text", span=member.span)
            yield key, text_of(member)

    def _integrations(self, node: Node | None) -> Iterator[Integration]:
        for item in node or ():
            self._keys(item, INTEGRATION_KEYS, where="of an integration")
            name, kind = self._text(item, "name"), self._text(item, "type")
            if not name or not kind:
                hint = "for example {name: CRM, type: custom-rest-actions}"
                self.problems.error(WRONG, "an integration needs name and type", span=item.span, hint=hint)
            yield Integration(name, kind, item.span)

    def _actions(self, node: Node | None) -> Iterator[tuple[str, Placement]]:
        for name, member in node.items() if node is not None else ():
            if not member.is_map:
                yield name.casefold(), Placement(text_of(member))
                continue
            self._keys(member, ACTION_KEYS, where="of a data action")
            yield (
                name.casefold(),
                Placement(self._text(member, "integration"), self._text(member, "category")),
            )

    def _queues(self, node: Node | None) -> Iterator[Queue]:
        for item in node or ():
            if not item.is_map:
                yield Queue(text_of(item), span=item.span)
                continue
            self._keys(item, QUEUE_KEYS, where="of a queue")
            described = self._text(item, "description") if item.get("description") is not None else None
            name = self._text(item, "name")
            if not name:
                self.problems.error(WRONG, "a queue needs a name", span=item.span)
            yield Queue(name, described, self._text(item, "division"), item.span)
