"""A starter `world.yaml`: everything that some flows name, with comments, for a person to edit.

What it says behaves like the permissive world: queues accept, data actions succeed with plain values. Section
by section a person replaces that by the organisation as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ringback.engine.samples import sample
from ringback.engine.world_wants import Fields, Named, Wants, wants_of
from ringback.flows.model import Flow
from ringback.flows.needs import SECTIONS
from ringback.flows.writers.yaml_text import quoted, scalar_text
from ringback.lang.expr.types import display_name, is_collection

_PLACES = 3
_WIDE = 100
_HEAD = """\
# The organisation around: {flows}
# A section that is absent is open: everything of its kind exists. A section that is there is complete:
# what it does not list does not exist, and a flow that names it is refused before the run.

country: US      # region of national telephone numbers
timeZone: UTC    # the organisation's, such as America/New_York
"""
# Type code -> what may be said of such a thing, told above its section.
_ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "que": "accepts: false refuses every transfer; waiting: 4, estimatedWait: 3m are for in-queue flows.",
        "usr": "email is the user name.",
        "sch": "Local times; or start, end and rrule as the platform has them, dates, or active: true.",
        "sqg": "A group follows its schedules; timeZone when it has its own.",
        "emg": "active: true switches the emergency on.",
    }
)


def starter_world(flows: Iterable[Flow], *, files: Mapping[str, str] | None = None) -> str:
    """The text of a world in which these flows run.

    Args:
        flows: the flows.
        files: lower-case name of a flow -> its file as the world will name it; other flows that these call
            are listed by name only.
    """
    given = list(flows)
    wants = wants_of(given)
    for group in [*wants.resources.get("sqg", {}).values()]:
        wants.resources.setdefault("sch", {}).setdefault(_hours(group).lower(), Named(_hours(group)))
    parts = [_HEAD.format(flows=_clean(", ".join(flow.source or flow.name for flow in given)))]
    if wants.languages:
        parts[0] += f"# Languages of the flows: {_clean(', '.join(wants.languages))}\n"
    parts += [_text(lines) for lines in _sections(wants, files or {})]
    return "\n".join(parts)


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _sections(wants: Wants, files: Mapping[str, str]) -> Iterator[list[str]]:
    for section, code in SECTIONS.items():
        if listed := wants.resources.get(code):
            yield _resources(section, code, listed=listed.values(), wants=wants)
        elif computed := wants.computed.get(code):
            yield [
                f"# {section}: any {display_name(code)} exists; which one is wanted is computed:",
                *_at(computed),
            ]
    makers: tuple[tuple[Any, Callable[[], list[str]]], ...] = (
        (wants.tables, lambda: ["dataTables:", *_each(wants.tables, _table)]),
        (wants.actions, lambda: [*_ABOUT_ACTIONS, "dataActions:", *_each(wants.actions, _action)]),
        (wants.contacts, lambda: _contacts(wants)),
        (wants.attributes, lambda: _attributes(wants)),
        (wants.flows, lambda: _flows(wants, files)),
    )
    yield from (make() for wanted, make in makers if wanted)


# ---- resources


def _resources(section: str, code: str, *, listed: Iterable[Named], wants: Wants) -> list[str]:
    lines = [f"# {_ABOUT[code]}"] if code in _ABOUT else []
    if computed := wants.computed.get(code):
        lines += ["# Expressions compute further names; add what they may give, or remove the section:"]
        lines += _at(computed)
    lines.append(f"{section}:")
    for item in listed:
        lines.append(_noted(f"  - {_entry(code, item)}", item.places))
    return lines


def _entry(code: str, item: Named) -> str:
    """`VIP`, or `{name: VIP, …}` with what is worth editing."""
    name = item.name or f"{display_name(code)} {item.id}"
    members: dict[str, Any] = {"name": name} | ({"id": item.id} if item.id else {})
    members |= _facts(code, name, item=item)
    return _flow_map(members) if len(members) > 1 else scalar_text(name)


def _facts(code: str, name: str, *, item: Named) -> dict[str, Any]:
    match code:
        case "que":
            return {"accepts": True}
        case "usr":
            return {"email": name}
        case "sch":
            return {"days": ["MO", "TU", "WE", "TH", "FR"], "from": "09:00", "to": "17:00"}
        case "sqg":
            return {"open": [_hours(item)]}
        case "emg":
            return {"active": False}
    return {}


def _hours(group: Named) -> str:
    """The name of the schedule that a group of unknown schedules is open by."""
    return f"{group.name or group.id} (open)"


# ---- tables, data actions, contacts, attributes, flows


def _each(found: Mapping[str, Fields], lines: Callable[[Fields], Iterable[str]]) -> Iterator[str]:
    for item in found.values():
        yield _noted(f"  {scalar_text(item.name)}:", item.places)
        yield from lines(item)


def _table(item: Fields) -> Iterator[str]:
    key = "key" if "key" not in {name.lower() for name in item.types} else "key column"
    yield f"    {_noted(f'key: {key}', ['the key column'])}"
    yield "    rows:"
    for value in item.keys or ["1"]:
        row = {key: value} | {name: sample(type_) for name, type_ in item.types.items()}
        yield f"      - {_flow_map(row)}"


_ABOUT_ACTIONS = (
    "# reply answers while nothing is sent: {status, headers, body}, a file, status:503, slow:2s …",
    "# With `file: action.json` its templates and contracts are used; reply is the service's answer then.",
)


def _action(item: Fields) -> Iterator[str]:
    yield "    reply:"
    yield "      status: 200"
    body = _nested(item.types)
    if not body:
        yield "      body: {}"
        return
    yield "      body:"
    yield from _block(body, "        ")


def _nested(types: Mapping[str, str]) -> dict[str, Any]:
    """Flat outputs as the JSON that flattens to them: dots are objects, lists of them where all are lists."""
    body: dict[str, Any] = {}
    for name, type_ in types.items():
        *parents, last = name.split(".")
        place = body
        for parent in parents:
            inner = place.setdefault(parent, {})
            place = inner if isinstance(inner, dict) else {}
        if not isinstance(place.get(last), dict):
            place[last] = sample(type_)
    return {key: _listed(member, f"{key}.", types=types) for key, member in body.items()}


def _listed(member: Any, prefix: str, *, types: Mapping[str, str]) -> Any:
    """An object whose leaves are all lists as a list of one object."""
    if not isinstance(member, dict) or not member:
        return member
    below = [type_ for name, type_ in types.items() if name.startswith(prefix)]
    if below and all(map(is_collection, below)):
        return [_single(member)]
    return {key: _listed(inner, f"{prefix}{key}.", types=types) for key, inner in member.items()}


def _single(member: Any) -> Any:
    if isinstance(member, dict):
        return {key: _single(inner) for key, inner in member.items()}
    return member[0] if isinstance(member, list) and member else None


def _contacts(wants: Wants) -> list[str]:
    contact = {"firstName": "Sample", "lastName": "Contact", "workPhone": "+12125550123"}
    return [
        "# External contacts, found by number, name or e-mail:",
        *_at(wants.contacts),
        "contacts:",
        f"  - {_flow_map(contact)}",
    ]


def _attributes(wants: Wants) -> list[str]:
    lines = [
        "# Attributes that the participant brings. The flows read these: take the # from those that it has."
    ]
    lines.append("participantData:")
    for item in wants.attributes.values():
        lines.append(_noted(f'#  {scalar_text(item.name)}: ""', item.places))
    return lines


def _flows(wants: Wants, files: Mapping[str, str]) -> list[str]:
    lines = ["# Name: file.yaml runs that flow inside; without a file its outcome says where it leads."]
    lines.append("flows:")
    for key, item in wants.flows.items():
        lines.append(_noted(f"  {scalar_text(item.name)}: {_file(files.get(key))}".rstrip(), item.places))
    return [*lines, "# outcomes:", "#   a flow or an action: {output: Default, values: {Common.Name: value}}"]


def _file(name: str | None) -> str:
    return scalar_text(name) if name else ""


# ---- YAML


def _flow_map(members: Mapping[str, Any]) -> str:
    return _inline(dict(members))


def _inline(value: Any) -> str:
    """A value on one line, in braces; texts that commas or brackets would split are quoted."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_word(key)}: {_inline(member)}' for key, member in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return _word(value) if isinstance(value, str) else scalar_text(value)


def _word(text: str) -> str:
    return quoted(text) if set(text) & set(",[]{}#") else scalar_text(text)


def _block(members: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, member in members.items():
        if isinstance(member, dict) and member:
            yield f"{indent}{scalar_text(key)}:"
            yield from _block(member, f"{indent}  ")
        else:
            yield f"{indent}{scalar_text(key)}: {_inline(member)}"


# ---- comments


def _noted(line: str, places: list[str]) -> str:
    """A line, and behind it where the flows name the thing."""
    shown = ", ".join(places[:_PLACES]) + (
        f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
    )
    if not shown:
        return line
    text = f"{line}  # {_clean(shown)}"
    return text if len(text) <= _WIDE or len(line) >= _WIDE - 10 else f"{text[: _WIDE - 1]}…"


def _at(places: list[str]) -> list[str]:
    shown = [f"#   {_clean(place)}" for place in places[:_PLACES]]
    return shown + ([f"#   and {len(places) - _PLACES} more"] if len(places) > _PLACES else [])


def _clean(text: str) -> str:
    """Text for a comment: on one line, nothing that steers a terminal or that YAML forbids."""
    return "".join(char if char.isprintable() else " " for char in text)
