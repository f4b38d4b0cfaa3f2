"""Terraform `genesyscloud_integration_action` and `…_custom_auth_action` to `DataAction`.

A reference without a value in the file becomes a placeholder text `TF_var_name`, listed in
`Origin.placeholders`; the integration's type is known when its resource stands in the same file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.dataactions.loaders.fields import MALFORMED, kind_of
from ringback.dataactions.loaders.hcl import Block, read_hcl
from ringback.dataactions.loaders.hcl_functions import Encoded, Placeholder, plain, text_of
from ringback.dataactions.model import (
    MAX_SUGGESTED_TIMEOUT,
    METHODS,
    DataAction,
    Origin,
    RequestConfig,
    ResponseConfig,
    Schema,
)

ACTION = "genesyscloud_integration_action"
AUTH_ACTION = "genesyscloud_integration_custom_auth_action"

_PLACEHOLDER = re.compile(r"\bTF_\w+")
_INTEGRATION = re.compile(r"genesyscloud_integration\.([\w-]+)\.id")


def load_terraform(text: str, *, file: str) -> tuple[DataAction, ...]:
    """Every data action of a Terraform file.

    Raises:
        DefinitionError: no HCL, or an attribute of the wrong kind; the message names it.
    """
    blocks = read_hcl(text, file=file)
    types = dict(_integration_types(blocks))
    resources = [block for block in blocks if block.kind == "resource" and block.labels[:1]]
    return tuple(
        _Resource(block, types, text=text, file=file).action()
        for block in resources
        if block.labels[0] in (ACTION, AUTH_ACTION)
    )


def _integration_types(blocks: tuple[Block, ...]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if block.kind == "resource" and block.labels[:1] == ("genesyscloud_integration",):
            kind = block.attributes.get("integration_type")
            if isinstance(kind, str) and len(block.labels) > 1:
                yield block.labels[1], kind


class _Resource:
    def __init__(self, block: Block, types: Mapping[str, str], *, text: str, file: str) -> None:
        self.block = block
        self.types = types
        self.text = text
        self.file = file

    def action(self) -> DataAction:
        top = self.block.attributes
        if "name" not in top:
            raise self.error("name is missing")
        return DataAction(
            name=self.string(top, "name"),
            integration_type=self.integration_type(),
            action_type="customAuth" if self.block.labels[0] == AUTH_ACTION else "custom",
            category=self.string(top, "category"),
            integration_id=self.string(top, "integration_id"),
            secure=top.get("secure") is True,
            timeout=self.timeout(),
            request=self.request(),
            response=self.response(),
            input_contract=self.schema("contract_input"),
            output_contract=self.schema("contract_output"),
            origin=self.origin(),
        )

    def error(self, message: str) -> DefinitionError:
        label = ".".join(self.block.labels)
        return DefinitionError(f"{label}: {message}", span=self.block.span, code=MALFORMED)

    def origin(self) -> Origin:
        document = {"terraform": self.text}
        values = json.dumps(
            [plain(self.block.attributes), [plain(b.attributes) for b in self.block.blocks]],
            ensure_ascii=False,
        )
        names = tuple(dict.fromkeys(_PLACEHOLDER.findall(values)))
        resource = self.block.labels[1] if len(self.block.labels) > 1 else ""
        spans: dict[str, Span] = {"": self.block.span}
        spans |= {_SECTIONS[block.kind]: block.span for block in self.block.blocks if block.kind in _SECTIONS}
        return Origin(self.file, "terraform", document, spans, names, resource)

    def integration_type(self) -> str:
        found = self.block.attributes.get("integration_id")
        match = _INTEGRATION.fullmatch(found.name) if isinstance(found, Placeholder) else None
        return self.types.get(match.group(1), "") if match else ""

    def string(self, attributes: Mapping[str, Any], key: str, *, default: str = "") -> str:
        value = attributes.get(key)
        if value is None:
            return default
        if isinstance(value, dict | list):
            raise self.error(f"{key} must be a text, not {kind_of(value)}")
        return text_of(value)

    def timeout(self) -> float | None:
        value = self.block.attributes.get("config_timeout_seconds")
        if value is None or isinstance(value, Placeholder):
            return None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not 1 <= value <= MAX_SUGGESTED_TIMEOUT
        ):
            raise self.error(f"config_timeout_seconds must be a number from 1 to {MAX_SUGGESTED_TIMEOUT:g}")
        return float(value)

    def request(self) -> RequestConfig:
        section = self.block.block("config_request")
        if section is None:
            return RequestConfig()
        values = section.attributes
        method = self.string(values, "request_type", default="GET").upper()
        if method not in METHODS and not method.startswith("TF_"):
            raise self.error(
                f"config_request.request_type must be one of {', '.join(METHODS)}, not {method!r}"
            )
        body = self.string(values, "request_template") if values.get("request_template") is not None else None
        url = self.string(values, "request_url_template") or None
        return RequestConfig(method, url, self.texts(values, "headers"), body)

    def response(self) -> ResponseConfig:
        section = self.block.block("config_response")
        values = section.attributes if section else {}
        return ResponseConfig(
            translation=self.texts(values, "translation_map"),
            defaults=self.texts(values, "translation_map_defaults"),
            success_template=self.string(values, "success_template", default="${rawResult}"),
        )

    def texts(self, values: Mapping[str, Any], key: str) -> dict[str, str]:
        found = values.get(key)
        if found is None or isinstance(found, Placeholder):
            return {}
        if not isinstance(found, dict):
            raise self.error(f"{key} must be an object of texts, not {kind_of(found)}")
        return {name: self.string(found, name) for name in found}

    def schema(self, key: str) -> Schema:
        value = self.block.attributes.get(key)
        if isinstance(value, Encoded):
            value = value.value
        value = value if isinstance(value, Placeholder) else plain(value)
        if value is None or isinstance(value, Placeholder) or value == "":
            return {}
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise self.error(f"{key} is no JSON") from None
        if not isinstance(value, dict):
            raise self.error(f"{key} must be an object, not {kind_of(value)}")
        return value


_SECTIONS: Mapping[str, str] = {"config_request": "config.request", "config_response": "config.response"}
