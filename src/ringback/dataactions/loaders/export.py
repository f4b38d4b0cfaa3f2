"""Genesys' own export JSON (and the Platform API's body) to a `DataAction`, in all its variants.

`actionType`, `integrationType`, `secure`, defaults and the contract may be missing or null; `category` and
`integrationId` may stand instead; the output contract is called `successSchema` or `outputSchema`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.dataactions.loaders.fields import MALFORMED, Fields, spans_of, wrong
from ringback.dataactions.model import (
    MAX_SUGGESTED_TIMEOUT,
    METHODS,
    DataAction,
    Origin,
    RequestConfig,
    ResponseConfig,
)
from ringback.documents import Node

DEFAULT_SUCCESS_TEMPLATE = "${rawResult}"


def load_export(node: Node, *, file: str) -> DataAction:
    """The action of one export document.

    Raises:
        DefinitionError: a field is missing or of the wrong kind; the message names it.
    """
    top = Fields(node)
    config = top.section("config") or Fields(node)
    contract = top.section("contract")
    return DataAction(
        name=top.required_text("name", hint="every data action has a name"),
        integration_type=top.text("integrationType"),
        action_type=top.text("actionType") or "custom",
        category=top.text("category"),
        integration_id=top.text("integrationId"),
        secure=top.flag("secure"),
        timeout=config.number("timeoutSeconds", low=1, high=MAX_SUGGESTED_TIMEOUT),
        request=_request(config),
        response=_response(config),
        input_contract=_schema(contract, "input", names=("inputSchema",)),
        output_contract=_schema(contract, "output", names=("successSchema", "outputSchema")),
        origin=Origin(file, "export", _document(node), spans_of(node)),
    )


def _document(node: Node) -> Mapping[str, Any]:
    plain = node.plain()
    assert isinstance(plain, dict)
    return plain


def _request(config: Fields) -> RequestConfig:
    request = config.section("request")
    if request is None:
        return RequestConfig()
    body = request.text("requestTemplate") if request.get("requestTemplate") else None
    url = request.text("requestUrlTemplate") if request.get("requestUrlTemplate") else None
    return RequestConfig(method(request, "requestType"), url, request.texts("headers"), body)


def method(request: Fields, key: str) -> str:
    """The HTTP method in upper case; GET when missing."""
    text = request.text(key, "GET").strip().upper()
    if text not in METHODS:
        node = request.get(key)
        raise DefinitionError(
            f"{request.name(key)} must be one of {', '.join(METHODS)}, not {text!r}",
            span=node.span if node else request.node.span,
            code=MALFORMED,
        )
    return text


def _response(config: Fields) -> ResponseConfig:
    response = config.section("response")
    if response is None:
        return ResponseConfig()
    return ResponseConfig(
        translation=response.texts("translationMap"),
        defaults=response.texts("translationMapDefaults"),
        success_template=response.text("successTemplate", DEFAULT_SUCCESS_TEMPLATE),
    )


def _schema(contract: Fields | None, side: str, *, names: tuple[str, ...]) -> Mapping[str, Any]:
    section = contract.section(side) if contract else None
    if section is None:
        return {}
    for name in names:
        node = section.get(name)
        if node is not None:
            return schema_of(node, section.name(name))
    return {}


def schema_of(node: Node, path: str) -> Mapping[str, Any]:
    """A schema object; a text that holds one is read."""
    value = node.plain()
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise wrong(path, "an object", node=node, hint="the text there is no JSON") from None
    if not isinstance(value, dict):
        raise wrong(path, "an object", node=node)
    return value
