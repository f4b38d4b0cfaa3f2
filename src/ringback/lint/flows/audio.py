"""Checks of what a caller hears and presses: menus, languages, silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringback.documents import Node
from ringback.flows.loaders.shapes import flag_of, is_empty, text_of
from ringback.flows.model import Action, Container
from ringback.flows.timeouts import PLATFORM_MS, milliseconds_in
from ringback.lint.flows.subject import DATA_STEPS, VOICE, FlowSubject
from ringback.lint.model import Finding

_KEYS: Mapping[str, str] = {"star": "*", "pound": "#"}
_SPEAKS = (
    "playAudio",
    "collectInput",
    "communicate",
    "askFor",
    "waitForInput",
    "callBot",
    "callDialog",
    "callLex",
    "holdMusic",
    "playEstimatedWaitTime",
    "playPositionInQueue",
    "playUser",
    "dialByExtension",
    "digitalMenu",
    "transferTo",
)
_LOOKUP_MS = 10_000
_MOST_STEPS = 20_000


def _menus(subject: FlowSubject) -> Iterator[Container]:
    return (box for box in subject.flow.containers.values() if box.kind == "menu")


def _key(choice: Action) -> str:
    written = text_of(choice.body.get("dtmf"))
    word = written.rpartition("_")[2] if written.startswith("digit") else written
    return _KEYS.get(word, word)


def dtmf_clash(subject: FlowSubject) -> Iterator[Finding]:
    """Two choices of a menu, or a choice and another menu's global one, have the same key or word."""
    for menu in _menus(subject):
        seen: dict[str, Action] = {}
        for choice in menu.actions:
            for word, node in _ways(choice):
                if word in seen and seen[word].id != choice.id:
                    yield _clash(node, word, choice=choice, other=seen[word], where="")
                seen.setdefault(word, choice)
    yield from _global_clashes(subject)


def _ways(choice: Action) -> Iterator[tuple[str, Node]]:
    """The key and the words of a choice, with their places."""
    node = choice.body.get("dtmf")
    if node is not None and (key := _key(choice)):
        yield f"key {key}", node
    for _, words in _languages_of(choice.body.get("speechRecTerms")):
        for word in words:
            if text := text_of(word).strip().lower():
                yield f"word {text!r}", word


def _languages_of(node: Node | None) -> Iterator[tuple[str, list[Node]]]:
    """Speech terms by language, whatever form they have."""
    for tag, member in node.items() if node is not None else ():
        listed = member.get("terms") or member
        yield tag.lower(), [item for item in listed if not item.is_map]


def _clash(node: Node, word: str, *, choice: Action, other: Action, where: str) -> Finding:
    message = (
        f"the {word} of {choice.name!r} is taken by {other.name!r}{where}: only one of them can be chosen"
    )
    return Finding(node.span, message, "give one of them another one")


def _global_clashes(subject: FlowSubject) -> Iterator[Finding]:
    everywhere = [
        (menu, choice)
        for menu in _menus(subject)
        for choice in menu.actions
        if flag_of(choice.body.get("globalDtmf")) and _key(choice)
    ]
    for menu in _menus(subject):
        for choice in menu.actions:
            node = choice.body.get("dtmf")
            for other_menu, other in everywhere:
                if node is not None and other_menu.id != menu.id and _key(choice) == _key(other):
                    where = f", which the menu {other_menu.name!r} has for all menus"
                    yield _clash(node, f"key {_key(choice)}", choice=choice, other=other, where=where)


def choice_without_key(subject: FlowSubject) -> Iterator[Finding]:
    """A choice that nobody can choose: it has neither a key nor a word."""
    for menu in _menus(subject):
        for choice in menu.actions:
            has_words = any(words for _, words in _languages_of(choice.body.get("speechRecTerms")))
            if not _key(choice) and not has_words and choice.id != menu.default_choice:
                yield Finding(
                    subject.place(choice),
                    f"nobody can choose {choice.name!r}: it has neither a key nor a word",
                    "write `dtmf:` or `speechRecTerms:`",
                )


def missing_language(subject: FlowSubject) -> Iterator[Finding]:
    """An audio or a list of words lacks one of the flow's languages."""
    wanted = set(subject.flow.supported_languages)
    if len(wanted) < 2:
        return
    for node, what in _by_language(subject):
        has = {key.lower() for key, member in node.items() if member.value is not None}
        lacks = sorted(wanted - has)
        if has and lacks:
            yield Finding(
                node.span,
                f"{what} has nothing for {', '.join(lacks)}",
                "add it, or remove the language from supportedLanguages",
            )


def _by_language(subject: FlowSubject) -> Iterator[tuple[Node, str]]:
    for action in subject.actions.values():
        for path, node in subject.nodes(action):
            if path and path[-1] == "alternateSequences" and node.is_map and not _beside(action, path):
                yield node, f"the audio of {action.name!r}"
            elif path and path[-1] == "speechRecTerms" and node.is_map:
                yield node, f"the words of {action.name!r}"
    for audio, what in _around(subject):
        sequences = audio.get("alternateSequences") if audio is not None else None
        if audio is not None and sequences is not None and not _serves_all(audio):
            yield sequences, what


def _around(subject: FlowSubject) -> Iterator[tuple[Node | None, str]]:
    """The audio of menus and of the flow itself."""
    flow = subject.flow
    yield flow.greeting, "the initial greeting"
    yield flow.error_handling.audio, "the audio of the error handling"
    for box in flow.containers.values():
        if box.kind == "menu" and box.body is not None:
            yield box.body.get("audio"), f"the audio of the menu {box.name!r}"


def _beside(action: Action, path: tuple[str, ...]) -> bool:
    """Whether an audio for all other languages stands beside the sequences."""
    holder = action.body.at(*path[:-1])
    return holder is not None and _serves_all(holder)


def _serves_all(holder: Node) -> bool:
    return any(not is_empty(holder.get(key)) for key in ("tts", "exp", "lit", "prompt"))


# ---- silence


def silence(subject: FlowSubject) -> Iterator[Finding]:
    """A caller may hear nothing for longer than `--max-silence` allows."""
    budget = subject.project.max_silence_ms
    if budget is None or subject.flow.type not in VOICE:
        return
    quiet = _quiet(subject)
    for action_id, (before, own) in quiet.items():
        if before <= budget < before + own:
            action = subject.actions[action_id]
            how = f"{own / 1000:g} s here" + (f", {before / 1000:g} s before it" if before else "")
            yield Finding(
                subject.place(action),
                f"the caller may hear nothing for {(before + own) / 1000:g} s ({how}); "
                f"the budget is {budget / 1000:g} s",
                "play something before it, or lower the timeouts",
            )


def _quiet(subject: FlowSubject) -> dict[str, tuple[int, int]]:
    """For each reached action: the longest silence before it, and how long it is silent itself.

    A round is walked once: each of its actions counts at most once on the way.
    """
    found: dict[str, tuple[int, int]] = {}
    own = {id_: _waits(subject, action) for id_, action in subject.actions.items()}
    waiting: list[tuple[str, int, frozenset[str]]] = [(subject.flow.start, 0, frozenset())]
    best: dict[str, int] = {}
    for _ in range(_MOST_STEPS):
        if not waiting:
            break
        at, before, way = waiting.pop()
        if best.get(at, -1) >= before or at in way:
            continue
        best[at] = before
        behind = _behind(subject, at, before=before, own=own)
        if at in own:
            found[at] = before, own[at]
        waits = own.get(at, 0) > 0
        for edge in subject.graph.edges.get(at, ()):
            waiting.append((edge.to, behind, way | {at} if waits else way))
    return found


def _behind(subject: FlowSubject, at: str, *, before: int, own: Mapping[str, int]) -> int:
    """The silence after a node: none when it says something."""
    container = subject.flow.containers.get(at)
    if container is not None:
        return 0 if container.kind == "menu" else before
    action = subject.actions[at]
    return 0 if _speaks(action) else before + own[at]


def _speaks(action: Action) -> bool:
    if action.type.startswith("transferTo"):
        return not is_empty(action.body.get("preTransferAudio"))
    return action.type.startswith(_SPEAKS)


def _waits(subject: FlowSubject, action: Action) -> int:
    """The milliseconds that an action may be silent."""
    if action.type in DATA_STEPS:
        return _data_action_ms(subject, action)
    if action.type == "plainLookup":
        return _milliseconds(action.body.get("timeout")) or _LOOKUP_MS
    return (_milliseconds(action.body.get("duration")) or 0) if action.type == "wait" else 0


def _milliseconds(node: Node | None) -> int | None:
    return milliseconds_in(node) if node is not None and not is_empty(node) else None


def _data_action_ms(subject: FlowSubject, action: Action) -> int:
    service = next(
        (call.document.timeout for call in subject.calls if call.action is action and call.document), None
    )
    limit = PLATFORM_MS if service is None else round(service * 1000)
    defaults = subject.flow.settings.get("settingsActionDefaults")
    own = _milliseconds(action.body.get("timeout")) or _milliseconds(
        defaults.at(action.type, "timeout") if defaults is not None else None
    )
    return min(own, limit) if own else limit
