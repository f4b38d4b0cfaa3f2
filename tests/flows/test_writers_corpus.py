"""Every public flow is written and loaded again: the same model, and nearly the same bytes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ringback.documents import read_yaml
from ringback.flows.loaders import load_archy, load_flow
from ringback.flows.writers import write_archy, write_plain
from tests.corpus import needs_corpus
from tests.flows.flow_meaning import differences, meaning
from tests.flows.test_export_corpus import EXPORTS
from tests.flows.test_loader_corpus import FLOWS, report


def short(path: Path) -> str:
    """The file without its repository's owner."""
    return path.name.split("__", 1)[1][-60:]


@needs_corpus
@pytest.mark.parametrize("path", [*FLOWS, *EXPORTS], ids=short)
def test_archy_round_trip(path: Path) -> None:
    flow = load_flow(path.read_text(encoding="utf-8"), file=path.name)
    text = write_archy(flow).text
    again = load_archy(text, file="again.yaml")
    assert list(differences(meaning(flow), meaning(again))) == []
    assert list(again.containers) == list(flow.containers)
    assert [item.name for item in again.variables] == [item.name for item in flow.variables]
    assert {found.code for found in again.diagnostics} <= {"RB027", "RB022"}
    # A reader of YAML 1.1 sees the same document.
    assert yaml.safe_load(text) == read_yaml(text, file="again.yaml").plain()
    # Written again it does not change.
    assert write_archy(again).text == text


def unquoted(text: str) -> str:
    """Without what the writer adds for readers of YAML 1.1, and without blanks at the ends of lines."""
    text = re.sub(r'"(yes|no|YES|NO|Yes|No|\d+)"', r"\1", text)
    return "\n".join(line.rstrip() for line in text.splitlines())


@needs_corpus
def test_layout_of_the_exporter(capsys: pytest.CaptureFixture[str]) -> None:
    texts = [text for path in FLOWS if "{{" not in (text := path.read_text(encoding="utf-8"))]
    written = [write_archy(load_archy(text, file="f")).text for text in texts]
    same = sum(new == old for new, old in zip(written, texts, strict=True))
    but_quotes = sum(unquoted(new) == unquoted(old) for new, old in zip(written, texts, strict=True))
    report(
        capsys,
        f"{len(texts)} flows without {{{{names}}}}: {same} are written byte for byte,"
        f" {but_quotes} but for the quotes of yes, no and numbers",
    )
    assert same >= 43
    assert but_quotes >= 53


@needs_corpus
def test_plain_form(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused = 0
    for path in [*FLOWS, *EXPORTS]:
        flow = load_flow(path.read_text(encoding="utf-8"), file=path.name)
        written = write_plain(flow)
        if any(found.severity == "error" for found in written.diagnostics):
            refused += 1
            continue
        said += 1
        plain = load_flow(written.text, file="plain.json")
        assert plain.form == "plain"
        back = write_archy(plain)
        assert back.diagnostics == ()
        assert load_archy(back.text, file="back.yaml").name == flow.name
    report(capsys, f"{said} flows have a plain form, {refused} say what it cannot express")
    assert said >= 118
