"""Exported flows to the flow model: `.i3…` files, and the configuration JSON of the API.

Both hold the same document. It is turned into the Archy document that stands for it and then loaded as such,
so that the two forms of one flow give one model; actions keep the ids that they have in the export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ringback.core.span import Span
from ringback.documents import Node, Problems
from ringback.flows.loaders.archy import FLOW_TYPES, flow_of
from ringback.flows.loaders.export_actions import Actions
from ringback.flows.loaders.export_containers import Boxes
from ringback.flows.loaders.export_parts import Part, read_export
from ringback.flows.loaders.export_settings import flow_settings
from ringback.flows.loaders.export_values import wrapped
from ringback.flows.loaders.export_variables import variable_list
from ringback.flows.model import Action, Container, Flow

_TYPES: Mapping[str, str] = {
    **{type_.lower(): type_ for type_ in sorted(FLOW_TYPES)},
    "bot": "botFlow",
}
# What we do not know of an export is our gap, not its author's mistake: Architect has checked it.
_OURS = frozenset(["RB021", "RB026", "RB032"])


class _Lenient(Problems):
    """Notes as warnings what only shows that a table of ours is not complete."""

    def error(self, code: str, message: str, *, span: Span | None, hint: str = "") -> None:
        """Note an error, or a warning when the rule is about our own tables."""
        if code in _OURS:
            self.warn(code, message, span=span, hint=hint)
        else:
            super().error(code, message, span=span, hint=hint)


def load_export(text: str, *, file: str) -> Flow:
    """The flow of an export.

    Args:
        text: a `.i3…` file (base64 of percent-encoded JSON), or the JSON itself.
        file: its name in messages and in the trace.

    Raises:
        DefinitionError: it cannot be decoded; `DocumentErrors` when it is an export but no right flow.
    """
    root = read_export(text, file)
    problems = _Lenient()
    type_ = _type(root, problems)
    boxes = Boxes(root, problems, type_=type_)
    actions = Actions(problems, boxes.references)
    body = root.map(dict(_members(root, boxes, actions=actions)))
    flow = flow_of(type_, body, file=file, problems=problems)
    problems.check()
    return _with_ids(replace(flow, form="export"), actions.ids)


def _type(root: Part, problems: Problems) -> str:
    written = root.get("type")
    found = _TYPES.get(written.text.lower()) if written is not None else None
    if found is None:
        shown = written.text if written is not None else ""
        message = f"unknown flow type {shown!r}" if shown else "the export does not say its flow type"
        hint = f"types: {', '.join(sorted(_TYPES))}"
        problems.error("RB020", message, span=(written or root).span, hint=hint)
    return found or "inboundCall"


def _members(root: Part, boxes: Boxes, *, actions: Actions) -> Iterator[tuple[str, Node]]:
    """What stands below the flow type in Archy's document."""
    for key in ("name", "description"):
        if (part := root.get(key)) is not None:
            yield key, part.scalar(part.text)
    yield from boxes.start()
    if (language := root.get("defaultLanguage")) is not None:
        yield "defaultLanguage", language.scalar(language.text.lower())
    if languages := dict(_languages(root)):
        yield "supportedLanguages", root.map(languages)
    greeting = root.get("initialPrompts")
    if greeting is not None and (audio := wrapped(greeting)) is not None:
        yield "initialGreeting", audio
    variables = root.get("variables")
    if variables is not None and variables.node.value:
        yield "variables", variable_list(variables)
    yield from flow_settings(root, boxes.references)
    yield from boxes.sections(actions)


def _languages(root: Part) -> Iterator[tuple[str, Node]]:
    """`en-us: {defaultLanguageSkill, speechToText, textToSpeech}`."""
    options = {part.text_at("language").lower(): part for part in root.get("supportedLanguageOptions") or ()}
    for tag in root.get("supportedLanguages") or ():
        option = options.get(tag.text.lower())
        members = dict(_language(option)) if option is not None else {}
        yield tag.text.lower(), tag.map(members or {"none": tag.scalar(value=True)})


def _language(option: Part) -> Iterator[tuple[str, Node]]:
    skill = option.get("languageSkill")
    if skill is not None and (node := wrapped(skill)) is not None:
        yield "defaultLanguageSkill", node
    if (heard := option.at("speechToText", "engine")) is not None:
        name = heard.scalar(heard.text_at("name"))
        default = heard.scalar(value=heard.flag("isDefault"))
        yield "speechToText", heard.named("engine", heard.map({"name": name, "defaultEngine": default}))
    engine, voice = option.at("textToSpeech", "engine"), option.at("textToSpeech", "voice")
    if engine is not None and voice is not None:
        is_default = engine.text_at("selection") == "default"
        key = "defaultEngine" if is_default else engine.text_at("name")
        yield "textToSpeech", engine.named(key, voice.named("voice", voice.scalar(voice.text_at("name"))))


def _with_ids(flow: Flow, ids: Mapping[Span, str]) -> Flow:
    """The flow with the export's ids on its actions; one that occurs twice stays as it was made."""
    given = {
        action.id: ids.get(action.span, "") for action in flow.actions.values() if action.span is not None
    }
    known = Counter(given.values())
    new = {made: id_ if id_ and known[id_] == 1 else made for made, id_ in given.items()}
    boxes = {id_: _renamed_box(box, new) for id_, box in flow.containers.items()}
    return replace(flow, containers=boxes)


def _renamed_box(box: Container, new: Mapping[str, str]) -> Container:
    return replace(
        box,
        start=new.get(box.start or "", box.start),
        default_choice=new.get(box.default_choice or "", box.default_choice),
        actions=tuple(_renamed(action, new) for action in box.actions),
    )


def _renamed(action: Action, new: Mapping[str, str]) -> Action:
    return replace(
        action,
        id=new[action.id],
        next=new.get(action.next or "", action.next),
        outputs={output: new[first] for output, first in action.outputs.items()},
        parent=new.get(action.parent or "", action.parent),
    )
