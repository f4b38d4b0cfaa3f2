"""Small documents that several tests start from."""

from __future__ import annotations

import copy
import json
from typing import Any

from ringback.dataactions import DataAction, load_data_action

PLAIN: dict[str, Any] = {
    "name": "Fetch User Data External",
    "description": "Reads a user",
    "request": {
        "method": "GET",
        "url": "https://api.example.com/user-data?userId=${userId}",
        "headers": {"Authorization": "Bearer ${externalApiKey}"},
        "body": None,
        "timeout": 5000,
    },
    "response": {
        "statusCodes": [200],
        "body": {"mapping": [{"variableName": "userName", "jsonPath": "$.body.userName"}]},
    },
    "inputVariables": [
        {"name": "userId", "description": "whose", "required": True},
        {"name": "externalApiKey", "required": True},
    ],
    "outputVariables": [{"name": "userName", "description": "the name"}],
}

EXPORT: dict[str, Any] = {
    "name": "Look up customer",
    "integrationType": "custom-rest-actions",
    "actionType": "custom",
    "config": {
        "request": {
            "requestUrlTemplate": "https://crm.example.com/api/v1/lookup",
            "requestType": "POST",
            "headers": {"Content-Type": "application/json"},
            "requestTemplate": '{"phoneNumber": "$esc.jsonEncode(${input.phone})"}',
        },
        "response": {
            "translationMap": {"name": "$.customer.name", "points": "$.customer.points"},
            "translationMapDefaults": {"points": "0"},
            "successTemplate": '{"name": ${name}, "points": ${points}}',
        },
    },
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
                "properties": {"name": {"type": "string"}, "points": {"type": "integer"}},
            }
        },
    },
    "secure": False,
}


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with the member at a dotted path set, or removed when the value is `...`."""
    copied = copy.deepcopy(document)
    *parents, last = path.split(".")
    node: Any = copied
    for key in parents:
        node = node[int(key)] if isinstance(node, list) else node[key]
    place = int(last) if isinstance(node, list) else last
    if value is ...:
        del node[place]
    else:
        node[place] = value
    return copied


def action_of(document: dict[str, Any], **changes: Any) -> DataAction:
    """The action of a document with changes; `__` stands for a dot in the names."""
    for path, value in changes.items():
        document = changed(document, path.replace("__", "."), value)
    return load_data_action(json.dumps(document, indent=1), file="action.json")
