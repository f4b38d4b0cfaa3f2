"""Terraform files: the same findings, at the words that the file has."""

from __future__ import annotations

import pytest

from ringback.lint import lint

pytest.importorskip("hcl2", reason="the extra `terraform` is not installed")

FILE = """
resource "genesyscloud_integration" "crm" {
  integration_type = "custom-rest-actions"
}

resource "genesyscloud_integration_action" "create" {
  name           = "Create Customer"
  category       = "CRM"
  integration_id = genesyscloud_integration.crm.id
  contract_input = jsonencode({
    "type" = "object",
    "required" = ["name"],
    "properties" = { "name" = { "type" = "string" }, "city" = { "type" = "string" } }
  })
  contract_output = jsonencode({ "type" = "object", "properties" = { "id" = { "type" = "string" } } })
  config_timeout_seconds = 5
  config_request {
    request_type         = "POST"
    request_url_template = "https://$${credentials.host}/customers?x=$${input.nmae}"
    request_template     = <<-EOT
      {
        "name": "$${input.name}"
        "age": 4
      }
    EOT
  }
  config_response {
    translation_map          = { id = "$.id" }
    translation_map_defaults = { id = "none" }
    success_template         = "{\\"id\\": $${id}, \\"id2\\": $${idd}}"
  }
}
"""


def test_findings_of_a_terraform_file() -> None:
    checked = lint(FILE, file="action.tf")
    places = [(r.rule.code, r.finding.span.line, r.finding.span.column) for r in checked.reports]
    assert places == [
        ("RB111", 13, 54),
        ("RB103", 19, 79),
        ("RB113", 22, 18),
        ("RB116", 23, 9),
        ("RB123", 29, 34),
        ("RB129", 30, 50),
        ("RB122", 30, 62),
    ]
    assert all(report.finding.fix is None for report in checked.reports)
    marked = [report.finding.span for report in checked.reports if report.rule.code in ("RB103", "RB122")]
    assert [s.text[s.column - 1 : s.column - 1 + s.length] for s in marked] == ["nmae", "idd"]


def test_a_terraform_file_without_actions_is_passed_over() -> None:
    assert lint('resource "aws_instance" "a" {}\n', file="main.tf").kind is None


def test_a_broken_terraform_file_is_one_finding() -> None:
    checked = lint(FILE.replace("config_request {", "config_request = {{"), file="a.tf")
    assert [report.rule.code for report in checked.reports] == ["RB101"]
