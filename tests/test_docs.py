"""The documentation is complete and true: everything that exists has a place in it, and its examples run."""

from __future__ import annotations

import dataclasses
import re
import runpy
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

import click
import pytest

from ringback.cli.main import COMMANDS, cli
from ringback.core.policies import POLICIES
from ringback.documents import read_yaml
from ringback.documents.limits import Limits as DocumentLimits
from ringback.flows.actions import ACTIONS
from ringback.flows.keys import CONTAINER_KEYS
from ringback.flows.needs import SECTIONS
from ringback.lang.jsonpath.limits import LIMITS as PATH_LIMITS
from ringback.lang.velocity.limits import Limits as TemplateLimits
from ringback.trace import events as ev
from tests.cli.helpers import ROOT, invoke

DOCS = ROOT / "docs"
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PAPERS = {"plan.md"}  # a working paper is no page for users
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
PAGES += sorted(path for path in DOCS.glob("*.md") if path.name not in PAPERS)
PAGES += sorted((DOCS / "actions").glob("*.md"))
# What a page says in a block ```console is the output of its first line.
CONSOLE = re.compile(r"^```console\n\$ (?P<command>.*)\n(?P<output>(?:.*\n)*?)```$", re.MULTILINE)
PYTHON = re.compile(r"^```python\n(?P<code>(?:.*\n)*?)```$", re.MULTILINE)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
# The other pages show results in comments and files that a reader makes; their own tests hold them to it.
RUN_HERE = ("README.md", "getting-started.md", "cli.md")


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text: str) -> dict[str, str]:
    """First cell of each table row, without its back quotes -> the row."""
    return {
        name.strip("`"): line
        for line in text.splitlines()
        if line.startswith("| `")
        for name in re.split(r", ", line.split("|")[1].strip())
    }


def sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)


def commands(group: click.Group, names: list[str], path: str) -> Iterator[tuple[str, click.Command]]:
    for name in names:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, list(command.commands), f"{path} {name}")
        else:
            yield f"{path} {name}", command


ALL_COMMANDS = dict(commands(cli, list(COMMANDS), "ringback"))


@pytest.mark.parametrize("path", ALL_COMMANDS)
def test_every_option_of_every_command(path: str) -> None:
    sections = dict(re.findall(r"^## `(ringback [^`]*)`\n((?:(?!## ).*\n?)*)", page("cli.md"), re.MULTILINE))
    assert path in sections
    for option in ALL_COMMANDS[path].params:
        if isinstance(option, click.Option):
            for name in option.opts:
                assert re.search(rf"`{name}[ `]", sections[path]), f"{path} {name}"


def test_every_event_and_its_keys() -> None:
    documented = rows(page("events.md"))
    for type_ in get_args(ev.AnyEvent):
        tag = type_.__struct_config__.tag
        assert tag in documented
        own = set(type_.__struct_fields__) - set(ev.Event.__struct_fields__)
        assert {key for key in own if f"`{key}`" not in documented[tag]} == set(), tag
    for key in (*ev.Event.__struct_fields__, "type"):
        assert key in documented


def test_every_policy_and_its_choices() -> None:
    documented = rows(page("policies.md"))
    assert set(documented) == set(POLICIES)
    for policy in POLICIES.values():
        listed = ", ".join(f"`{choice}`" for choice in policy.choices)
        assert f"| {listed} | {policy.about} |" in documented[policy.name]


def limits() -> set[str]:
    named = {field.name for field in dataclasses.fields(DocumentLimits)} | set(PATH_LIMITS)
    named |= {f"template_{field.name}" for field in dataclasses.fields(TemplateLimits)}
    named |= set(re.findall(r'limit="([a-z_]+)"', sources()))
    return named | {"expression_calls", "expression_depth", "response_size"}


def test_every_limit() -> None:
    assert limits() - set(rows(page("limits.md"))) == set()


def test_every_error_code() -> None:
    documented = {name for name in rows(page("errors.md")) if name.startswith("RB")}
    # Each check of lint has a page of its own, and other code names some of them.
    checks = {path.stem for path in (DOCS / "checks").glob("RB*.md")}
    without_lint = [path for path in SOURCES if "lint" not in path.parts]
    used = set(
        re.findall(r'"(RB\d{3})"', "\n".join(path.read_text(encoding="utf-8") for path in without_lint))
    )
    used -= {"RB001"} | (checks - documented)
    assert used - documented == set(), "not documented"
    assert documented - used == set(), "documented, but not used"


def test_every_action_has_its_page_as_it_is_generated() -> None:
    script = DOCS / "generate_actions.py"
    generated: Mapping[str, str] = runpy.run_path(str(script))["pages"]()
    assert {path.name for path in (DOCS / "actions").glob("*.md")} == {*generated}
    assert {*generated} == {f"{key}.md" for key in ACTIONS} | {"index.md"}
    stale = [name for name, text in generated.items() if page(f"actions/{name}") != text]
    assert not stale, "run python docs/generate_actions.py"


@pytest.mark.parametrize("key", [key for key in ACTIONS if not key.startswith("plain")])
def test_the_example_of_a_page_is_the_action(key: str) -> None:
    """The first block of YAML holds the action with each of its fields, in the keys that Archy has."""
    block = re.search(r"^```yaml\n(.*?)^```$", page(f"actions/{key}.md"), re.MULTILINE | re.DOTALL)
    assert block is not None
    shown = read_yaml(block[1], file=key)
    body = next(iter(shown), shown).get(key)
    assert body is not None
    for name, _ in body.items():
        assert name in ACTIONS[key].keys | CONTAINER_KEYS["menu"] | {"refId"}, name
    for field in ACTIONS[key].fields:
        assert f"| `{field.path}` |" in page(f"actions/{key}.md")


def test_every_section_of_the_world() -> None:
    text = page("world.md")
    others = ("dataTables", "contacts", "participantData", "dataActions", "hosts", "country", "timeZone")
    for section in (*SECTIONS, *others):
        assert f"`{section}`" in text


def flow_error_codes() -> set[str]:
    # FUNCTION_UNSUPPORTED becomes an event of its own.
    pattern = r'(?:FlowFault|EvaluationError|refuse|_fault)\(\s*(?:[^()]*?,\s*)?"([A-Z]+_[A-Z_]+)"'
    return set(re.findall(pattern, sources())) - {"FUNCTION_UNSUPPORTED"}


def test_every_code_of_a_flow_error() -> None:
    assert flow_error_codes() - set(rows(page("events.md"))) == set()


def blocks(pattern: re.Pattern[str]) -> list[tuple[Path, Mapping[str, str]]]:
    return [
        (path, found.groupdict())
        for path in PAGES
        if path.name in RUN_HERE
        for found in pattern.finditer(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("path", "block"), blocks(CONSOLE), ids=lambda value: getattr(value, "name", ""))
def test_shown_output_is_real(monkeypatch: pytest.MonkeyPatch, path: Path, block: Mapping[str, str]) -> None:
    monkeypatch.chdir(ROOT)
    program, *arguments = shlex.split(block["command"])
    assert program == "ringback"
    assert invoke(*arguments).out == block["output"], f"{path.name}: {block['command']}"


@pytest.mark.parametrize(
    ("path", "block"),
    blocks(PYTHON),
    ids=lambda value: getattr(value, "name", ""),
)
def test_python_examples_run(monkeypatch: pytest.MonkeyPatch, path: Path, block: Mapping[str, str]) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(block["code"], str(path), "exec"), {})


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name) if name else path
        assert file.exists(), f"{path.name}: {target}"
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{path.name}: {target}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_page_is_reachable_from_the_readme(path: Path) -> None:
    seen, wanted = set(), [ROOT / "README.md"]
    while wanted:
        current = wanted.pop()
        if current in seen or current.suffix != ".md" or not current.exists():
            continue
        seen.add(current)
        for target in LINK.findall(current.read_text(encoding="utf-8")):
            if "://" not in target:
                wanted.append((current.parent / target.partition("#")[0]).resolve())
    assert path in seen
