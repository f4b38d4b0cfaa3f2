"""`{{name}}` before YAML: values, keys, parts of expressions; places stay those of the user's text."""

from __future__ import annotations

import pytest

from ringback.core.errors import DefinitionError
from ringback.documents import Problems, read_yaml
from ringback.flows.loaders import load_archy
from ringback.flows.loaders.substitution import substitute

TEXT = """inboundCall:
  name: {{flow_name}}
  description: "{{ description }} and {{flow_name}}"
  startUpRef: ./tasks/task[t]
  tasks:
    - task:
        name: t
        actions:
          - dataTableLookup:
              lookupValue: {exp: Flow.x.{{column}}}
              dataTable:
                {{table}} :
                  foundOutputs: {}
          - callData:
              category:
                {{prefix}}-Lambda: {dataAction: {x: {}}}
"""


def test_values_in_every_place() -> None:
    values = {"flow_name": "My Flow", "description": "about", "table": "T", "prefix": "dev", "column": "tier"}
    flow = load_archy(TEXT, file="f", substitutions=values)
    assert (flow.name, flow.description) == ("My Flow", "about and My Flow")
    lookup, call = flow.actions.values()
    assert lookup.body.plain() == {
        "lookupValue": {"exp": "Flow.x.tier"},
        "dataTable": {"T": {"foundOutputs": {}}},
    }
    assert call.body.plain() == {"category": {"dev-Lambda": {"dataAction": {"x": {}}}}}
    assert flow.diagnostics == ()


WARNINGS = """
warning RB030: a value is given for 'unused', but {{unused}} does not occur
f:2:9: warning RB029: {{flow_name}} has no value, so the text 'flow_name' stands for it
  hint: --substitute flow_name=VALUE
f:3:17: warning RB029: {{description}} has no value, so the text 'description' stands for it
  hint: --substitute description=VALUE
f:10:41: warning RB029: {{column}} has no value, so the text 'column' stands for it
  hint: --substitute column=VALUE
f:12:17: warning RB029: {{table}} has no value, so the text 'table' stands for it
  hint: --substitute table=VALUE
f:16:17: warning RB029: {{prefix}} has no value, so the text 'prefix' stands for it
  hint: --substitute prefix=VALUE
"""


def test_a_name_without_a_value_stands_for_itself() -> None:
    flow = load_archy(TEXT, file="f", substitutions={"unused": "x"})
    assert (flow.name, flow.description) == ("flow_name", "description and flow_name")
    assert "\n".join(str(found) for found in flow.diagnostics) == WARNINGS.strip()


PLACES = [
    # (text, values, the place of the node after the names, its underline)
    ("a: {{x}}\nb: here", {"x": "1"}, "f:2:4", 4),
    ("a: {{x}}\nb: here", {"x": "'one\n  two\n  three'"}, "f:2:4", 4),
    ("{a: {{x}}, b: here}", {"x": "a much longer value"}, "f:1:15", 4),
    ("{a: {{x}}, b: {{y}}}", {"x": "a much longer value", "y": "short"}, "f:1:15", 5),
    ("{a: {{x}}, b: {{y}}z}", {"x": "", "y": "short"}, "f:1:15", 6),
]


@pytest.mark.parametrize(("text", "values", "where", "length"), PLACES)
def test_places_are_those_of_the_users_text(
    text: str, values: dict[str, str], where: str, length: int
) -> None:
    source = substitute(text, "f", values=values, problems=Problems())
    node = read_yaml(source.text, file="f", positions=source.positions).get("b")
    assert node is not None
    assert (node.span.where, node.span.length) == (where, length)
    assert node.span.text in text.split("\n")


def test_an_error_in_a_value_points_at_its_name() -> None:
    with pytest.raises(DefinitionError) as caught:
        load_archy(TEXT, file="f", substitutions={"flow_name": "a: b"})
    assert caught.value.span is not None
    assert caught.value.span.where == "f:2:9"


@pytest.mark.parametrize("text", ["{{}}", "{{a b}}", "{ {a} }", "{{a}", "${a}"])
def test_what_is_no_name_stays(text: str) -> None:
    assert substitute(text, "f", values={"a": "1", "b": "2"}, problems=Problems()).text == text
