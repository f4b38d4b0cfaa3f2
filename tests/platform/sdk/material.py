"""What the suites of both SDKs send, and the steps that each must go through."""

from __future__ import annotations

from typing import Any

# Each suite has one test for each of these; the JavaScript one reports them by these names.
STEPS = (
    *("login", "login_refused", "organization", "credential", "integration"),
    *("action_create", "action_draft", "action_publish", "action_test", "action_execute", "action_refused"),
    *("action_templates", "flow_publish", "flow_publish_bad", "flow_list", "flow_versions", "flow_export"),
    *("datatable", "datatable_rows", "queue", "contact_create", "contact_search", "contact_bulk"),
    *("contact_merge", "contact_note", "callback", "audit_query", "users", "oauth_client"),
    *("unauthorized", "forbidden", "not_found", "conflict", "gone", "rate_limited"),
)

FLOW = """\
inboundCall:
  name: {name}
  description: published by an SDK
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  tasks:
    - task:
        name: Main
        refId: main
        actions:
          - playAudio:
              name: Hello
              audio: {{tts: Hello there}}
          - disconnect:
              name: Bye
"""
BAD_FLOW = FLOW.replace("./tasks/task[main]", "./tasks/task[nowhere]")
TABLE: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "required": ["key"],
    "additionalProperties": False,
    "properties": {
        "key": {"$id": "/properties/key", "type": "string", "title": "Phone", "displayOrder": 0},
        "zone": {
            "$id": "/properties/zone",
            "type": "string",
            "title": "Zone",
            "displayOrder": 1,
            "default": "north",
        },
    },
}


def action(upstream: str, integration_id: str, name: str) -> dict[str, Any]:
    """A data action that asks the test's own service for a customer."""
    return {
        "name": name,
        "category": "SDK",
        "integrationId": integration_id,
        "secure": False,
        "contract": {
            "input": {
                "inputSchema": {
                    "type": "object",
                    "required": ["phone"],
                    "properties": {"phone": {"type": "string"}},
                }
            },
            "output": {
                "successSchema": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "tags": {"type": "array", "items": {"type": "string"}},
                    },
                }
            },
        },
        "config": {
            "request": {
                "requestUrlTemplate": f"{upstream}/customers/$esc.url(${{input.phone}})",
                "requestType": "GET",
                "requestTemplate": "${input.rawRequest}",
                "headers": {"Accept": "application/json"},
            },
            "response": {
                "translationMap": {},
                "translationMapDefaults": {},
                "successTemplate": "${rawResult}",
            },
        },
    }
