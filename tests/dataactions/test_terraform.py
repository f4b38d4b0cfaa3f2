"""Terraform documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ringback.core.errors import DefinitionError
from ringback.dataactions import load_data_action, load_data_actions
from tests.corpus import CORPUS, needs_corpus

SOURCE = r"""
variable "region" {
  default = "eu"
}

locals {
  prefix = "Acme-${var.region}"
  schema = { type = "object", properties = { id = { type = "string" } } }
  loop   = local.loop
}

resource "genesyscloud_integration" "rest" {
  integration_type = "custom-rest-actions"
}

resource "genesyscloud_integration_action" "lookup" {
  name                   = "${local.prefix} look-up"   # a comment
  category               = var.category
  integration_id         = genesyscloud_integration.rest.id
  secure                 = true
  config_timeout_seconds = 20
  contract_input         = jsonencode(local.schema)
  contract_output = jsonencode({
    "type" = "object",
    "properties" = {
      "a" = { "type" = "string" }, // another
      b : { "type" = "integer", "default" = -1 }
    }
  })
  config_request {
    request_url_template = "https://x.example/${var.region}/$${input.id}?q=\"\u00e9\"&h=${local.loop}"
    request_type         = "post"
    request_template     = <<-EOT
      {
        "id": "$${input.id}",
        "region": "${var.region}"
      }
    EOT
    headers = {
      Content-Type  = "application/json"
      "X-Two Words" = upper("x")
      X-Choice      = true ? "yes" : "no"
      X-Unknown     = "Bearer ${module.auth.token}"
    }
  }
  config_response {
    translation_map = {
      a = "$.rows[?(@.x=='y')].a"
    }
    translation_map_defaults = {
      a = "[\"none\"]"
    }
    success_template = "{\"a\": $${successTemplateUtils.firstFromArray($${a})}}"
  }
}
"""


def test_a_resource_with_everything() -> None:
    action = load_data_action(SOURCE, file="main.tf")
    assert action.form == "terraform"
    assert action.name == "Acme-eu look-up"
    assert action.category == "TF_var_category"
    assert action.integration_type == "custom-rest-actions"
    assert (action.secure, action.timeout) == (True, 20.0)
    assert action.request.method == "POST"
    assert action.request.url == 'https://x.example/eu/${input.id}?q="é"&h=TF_local_loop'
    assert action.request.body == '{\n  "id": "${input.id}",\n  "region": "eu"\n}\n'
    assert action.request.headers == {
        "Content-Type": "application/json",
        "X-Two Words": "X",
        "X-Choice": "yes",
        "X-Unknown": "Bearer TF_module_auth_token",
    }
    assert action.response.translation == {"a": "$.rows[?(@.x=='y')].a"}
    assert action.response.defaults == {"a": '["none"]'}
    assert action.response.success_template == '{"a": ${successTemplateUtils.firstFromArray(${a})}}'
    assert action.input_contract == {"type": "object", "properties": {"id": {"type": "string"}}}
    assert action.output_contract["properties"]["b"] == {"type": "integer", "default": -1}
    assert set(action.origin.placeholders) == {
        "TF_var_category", "TF_local_loop", "TF_module_auth_token", "TF_genesyscloud_integration_rest_id",
    }  # fmt: skip
    span = action.span("config.request.requestUrlTemplate")
    assert span is not None
    assert SOURCE.splitlines()[span.line - 1].strip() == "config_request {"


def resource(body: str, kind: str = "genesyscloud_integration_action") -> str:
    return f'resource "{kind}" "x" {{\n name = "x"\n{body}\n}}\n'


VALUES: list[tuple[str, Any]] = [
    ('"a\\nb\\t\\"c\\" \\\\ $${d} %%{e} $f"', 'a\nb\t"c" \\ ${d} %{e} $f'),
    ("<<EOT\n  one $${x}\n two\nEOT\n", "  one ${x}\n two\n"),
    ("<<-EOT\n    one\n      two\n\n    EOT\n", "one\n  two\n\n"),
    (
        'jsonencode({ b = [1, 2.5, true, null], a = "<&>" })',
        '{"a":"\\u003c\\u0026\\u003e","b":[1,2.5,true,null]}',
    ),
    ('join(",", ["a", 1, true])', "a,1,true"),
    ('format("%s-%d", "a", 5)', "a-5"),
    ('replace("a b", " ", "+")', "a+b"),
    ('trimspace(" a ")', "a"),
    ('merge({ a = "x" }, { b = "y" }).b', "y"),
    ('concat(["a"], ["b"])[1]', "b"),
    ('coalesce("", "b")', "b"),
    ('jsondecode("{\\"a\\": \\"b\\"}").a', "b"),
    ("(5)", "5"),
    ("var.nothing", "TF_var_nothing"),
    ('file("${path.module}/x.json")', "TF_file_path_module_x_json"),
    ("each.value.name", "TF_each_value_name"),
    ('var.a == "b" ? "c" : "d"', "TF_var_a_b_c_d"),
    ("local.missing", "TF_local_missing"),
]


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_expressions(expression: str, value: str) -> None:
    text = resource(f' config_request {{\n  request_type = "POST"\n  request_template = {expression}\n }}')
    assert load_data_action(text, file="x.tf").request.body == value


def test_custom_auth_actions() -> None:
    text = resource(
        ' config_request {\n request_type = "POST"\n }', "genesyscloud_integration_custom_auth_action"
    )
    action = load_data_action(text, file="x.tf")
    assert (action.action_type, action.is_auth_action) == ("customAuth", True)


def test_files_with_several_actions_or_none() -> None:
    assert [action.name for action in load_data_actions(resource("") * 2, file="x.tf")] == ["x", "x"]
    assert load_data_actions('variable "x" {}\n', file="x.tf") == ()
    assert load_data_actions("", file="x.tf") == ()


ERRORS = [
    ("resource {", "not valid Terraform (HCL)"),
    (resource(" config_timeout_seconds = 100"),
     "genesyscloud_integration_action.x: config_timeout_seconds must be a number from 1 to 60"),
    (resource(' contract_input = "{"'), "genesyscloud_integration_action.x: contract_input is no JSON"),
    (resource(" contract_input = jsonencode([])"),
     "genesyscloud_integration_action.x: contract_input must be an object, not a list"),
    (resource(' config_request {\n request_type = "FETCH"\n }'),
     ("genesyscloud_integration_action.x: config_request.request_type must be one of "
     "GET, POST, PUT, PATCH, DELETE, HEAD, not 'FETCH'")),
    (resource(' config_request {\n request_type = "GET"\n headers = ["a"]\n }'),
     "genesyscloud_integration_action.x: headers must be an object of texts, not a list"),
    ('resource "genesyscloud_integration_action" "x" {\n}\n',
     "genesyscloud_integration_action.x: name is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_errors(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_data_actions(text, file="x.tf")
    assert caught.value.message == message
    assert caught.value.span is not None


TWINS = sorted((CORPUS / "data-actions").glob("*.tf"))
# These pairs differ in their repositories: the Terraform original has other headers or a variable there.
DIFFERENT_REQUESTS = (
    "LookupQueueName", "lambda-data-action", "Mickelsen-SFDC", "Hubspot", "Get-Last-Contact-State", "hubspot",
)  # fmt: skip


@needs_corpus
@pytest.mark.parametrize("path", TWINS, ids=lambda path: path.stem.split("__", 1)[1])
def test_terraform_and_json_of_the_corpus_are_the_same_action(path: Path) -> None:
    twin = path.with_suffix(".json")
    terraform = load_data_action(path.read_text(encoding="utf-8"), file=path.name)
    export = load_data_action(twin.read_text(encoding="utf-8"), file=twin.name)
    assert terraform.response == export.response
    assert terraform.timeout == export.timeout
    assert terraform.secure == export.secure
    if not any(part.lower() in path.name.lower() for part in DIFFERENT_REQUESTS):
        assert terraform.request == export.request
    properties = terraform.input_contract.get("properties")
    if properties is not None:
        assert sorted(properties) == sorted(export.input_contract["properties"])
    assert json.dumps(terraform.output_contract)
