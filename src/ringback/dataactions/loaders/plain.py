"""The plain form of tutorials (`docs/data-actions.md`) to a `DataAction`.

`${x}` names an input variable. It becomes the native reference with the escape that its place needs: URL
encoding inside a URL, JSON escapes inside a quoted JSON text, nothing in headers or when it is the start
of the URL. Native references (`${input.x}`) stay as they are. In a header that carries credentials, a name
that is no input variable is a credential of the integration (policy `plain_credential`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.dataactions import jsontext
from ringback.dataactions.loaders.export import method
from ringback.dataactions.loaders.fields import MALFORMED, Fields, missing, spans_of, wrong
from ringback.dataactions.model import DataAction, Origin, RequestConfig, ResponseConfig
from ringback.dataactions.secrets import carries_secret
from ringback.documents import Node
from ringback.lang import jsonpath

ILLEGAL_PATH, UNDECLARED, DOUBLE, BAD_NAME = "RB102", "RB103", "RB104", "RB105"
MAX_TIMEOUT_MS = 60_000

_NAME = re.compile(r"[A-Za-z0-9_]+")
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_DIRECTIVE = re.compile(r"#(?=[#*\[{@A-Za-z])")
_TYPES = ("string", "integer", "number", "boolean", "object", "array")
_URL_START = re.compile(r"https?://[^/\s]|/|\$\{")


def load_plain(node: Node, *, file: str) -> DataAction:
    """The action of one plain document.

    Raises:
        DefinitionError: malformed, an illegal JSONPath, a variable that is used but not declared or declared
            twice, a name that is not letters, digits and underscores; the message names the field.
    """
    top = Fields(node)
    name = top.required_text("name", hint="every data action has a name")
    inputs, outputs = _variables(top, "inputVariables"), _variables(top, "outputVariables")
    request = top.section("request")
    if request is None:
        raise missing("request", node.span, hint="it holds method, url, headers, body and timeout")
    milliseconds = request.number("timeout", low=1, high=MAX_TIMEOUT_MS)
    plain = node.plain()
    assert isinstance(plain, dict)
    return DataAction(
        name=name,
        integration_type=top.text("integrationType") or "custom-rest-actions",
        description=top.text("description"),
        timeout=None if milliseconds is None else milliseconds / 1000,
        request=_request(request, inputs),
        response=_response(top.section("response"), outputs),
        input_contract=_contract(inputs, strict=True),
        output_contract=_contract(outputs, strict=False),
        origin=Origin(file, "plain", plain, spans_of(node)),
    )


def _variables(top: Fields, key: str) -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    for item in top.items(key):
        name = item.required_text("name")
        node = item.get("name")
        assert node is not None
        _check_name(name, item.name("name"), span=node.span)
        if name in found:
            first = found[name].node.span
            message = f"{item.name('name')}: variable {name!r} is declared twice, first on line {first.line}"
            raise DefinitionError(message, span=node.span, hint="remove or rename one of them", code=DOUBLE)
        _check_type(item)
        found[name] = item
    return found


def _check_type(item: Fields) -> None:
    kind = item.text("type")
    if kind and kind not in _TYPES:
        node = item.get("type")
        raise DefinitionError(
            f"{item.name('type')} must be one of {', '.join(_TYPES)}, not {kind!r}",
            span=node.span if node else None,
            code=MALFORMED,
        )


def _check_name(name: str, path: str, *, span: Span | None) -> None:
    if not _NAME.fullmatch(name):
        raise DefinitionError(
            f"{path}: {name!r} is no variable name",
            span=span,
            hint="names are letters, digits and underscores",
            code=BAD_NAME,
        )


def _contract(variables: Mapping[str, Fields], *, strict: bool) -> Mapping[str, Any]:
    properties = {name: _property(item) for name, item in variables.items()}
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    required = [name for name, item in variables.items() if item.flag("required")]
    if strict and required:
        schema["required"] = required
    return schema


def _property(item: Fields) -> dict[str, Any]:
    members = {key: item.text(key) for key in ("type", "description") if item.text(key)}
    extra = {"items": item.plain("items")} if item.get("items") else {}
    return {**members, **extra}


def _request(request: Fields, inputs: Mapping[str, Fields]) -> RequestConfig:
    url = request.required_text("url", hint='for example "https://api.example.com/users?id=${userId}"')
    node = request.get("url")
    assert node is not None
    if not _URL_START.match(url.strip()):
        message = f"{request.name('url')}: {url!r} is no http or https URL"
        raise DefinitionError(message, span=node.span, code=MALFORMED)
    names = _Names(inputs)
    headers = request.texts("headers")
    section = request.section("headers")
    return RequestConfig(
        method(request, "method"),
        names.rewrite(url.strip(), request.name("url"), node=node, escape=_in_url),
        {
            key: names.rewrite(
                names.with_credentials(text) if carries_secret(key) else text,
                f"{request.name('headers')}.{key}",
                node=section.get(key) or node,
                escape=_as_is,
            )
            for key, text in headers.items()
            if section is not None
        },
        _body(request, names),
    )


def _body(request: Fields, names: _Names) -> str | None:
    node = request.get("body")
    if node is None:
        return None
    text = node.value if isinstance(node.value, str) else jsontext.encode(node.plain())
    return names.rewrite(text, request.name("body"), node=node, escape=_in_json)


Escape = Callable[[str, str], str]


class _Names:
    """The declared input variables, and how references to them are rewritten."""

    def __init__(self, inputs: Mapping[str, Fields]) -> None:
        self.inputs = inputs

    def rewrite(self, text: str, path: str, *, node: Node, escape: Escape) -> str:
        """`text` as a native template."""
        parts: list[str] = []
        end = 0
        for match in _REFERENCE.finditer(text):
            parts.append(_literal(text[end : match.start()]))
            reference = match.group(1).strip()
            if reference.startswith(("input.", "credentials.", "authResponse.")):
                self._declared(reference, path, node=node)
                parts.append(match.group())
            else:
                parts.append(escape(self._reference(reference, path, node=node), text[: match.start()]))
            end = match.end()
        return "".join([*parts, _literal(text[end:])])

    def with_credentials(self, text: str) -> str:
        """`text` with the names that are no input variables as credentials."""

        def named(match: re.Match[str]) -> str:
            name = match.group(1).strip()
            if name in self.inputs or not _NAME.fullmatch(name):
                return match.group()
            return f"${{credentials.{name}}}"

        return _REFERENCE.sub(named, text)

    def _declared(self, reference: str, path: str, *, node: Node) -> None:
        scope, _, name = reference.partition(".")
        if scope == "input" and _NAME.fullmatch(name) and name != "rawRequest":
            self._reference(name, path, node=node)

    def _reference(self, name: str, path: str, *, node: Node) -> str:
        _check_name(name, path, span=node.span)
        item = self.inputs.get(name)
        if item is None:
            known = ", ".join(self.inputs) or "none"
            raise DefinitionError(
                f"{path}: variable {name!r} is used but not declared",
                span=node.span,
                hint=f"add it to inputVariables; declared: {known}",
                code=UNDECLARED,
            )
        path_text = f"input.{name}" if name[0].isalpha() else f"input.get('{name}')"
        return f"${{{path_text}}}" if item.flag("required") else f"$!{{{path_text}}}"


def _literal(text: str) -> str:
    """Text that Velocity would take for a directive or a comment, as plain text."""
    return _DIRECTIVE.sub("${esc.hash}", text)


def _as_is(reference: str, before: str) -> str:  # noqa: ARG001  one signature for all places
    return reference


def _in_url(reference: str, before: str) -> str:
    return _escaped("uriEncode", reference) if before else reference


def _in_json(reference: str, before: str) -> str:
    quotes = before.replace("\\\\", "").replace('\\"', "").count('"')
    return _escaped("jsonEncode", reference) if quotes % 2 else reference


def _escaped(macro: str, reference: str) -> str:
    quiet = "!" if reference.startswith("$!") else ""
    return f"${quiet}{{esc.{macro}({reference})}}"


def _response(response: Fields | None, outputs: Mapping[str, Fields]) -> ResponseConfig:
    statuses: tuple[int, ...] = ()
    entries: list[Fields] = []
    if response is not None:
        statuses = tuple(_statuses(response))
        body = response.section("body")
        entries = body.items("mapping") if body else []
    variables: dict[str, str] = {}
    translation: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for entry in entries:
        name, path = _mapping(entry, variables, outputs=outputs)
        variables[name] = variable = _variable(name, outputs)
        translation[variable] = path
        if entry.node.get("default") is not None:
            defaults[variable] = jsontext.encode(entry.plain("default"))
    return ResponseConfig(translation, defaults, _success_template(variables), statuses)


def _variable(name: str, taken: Mapping[str, Fields]) -> str:
    """The template variable of an output: Velocity has no names that start with a digit."""
    variable = f"_{name}" if name[0].isdigit() else name
    while variable != name and variable in taken:
        variable = f"_{variable}"
    return variable


def _statuses(response: Fields) -> Iterable[int]:
    for index, node in enumerate(response.nodes("statusCodes")):
        path = f"{response.name('statusCodes')}[{index}]"
        if isinstance(node.value, bool) or not isinstance(node.value, int) or not 100 <= node.value <= 599:
            raise wrong(path, "an HTTP status from 100 to 599", node=node)
        yield node.value


def _mapping(entry: Fields, mapped: Mapping[str, str], *, outputs: Mapping[str, Fields]) -> tuple[str, str]:
    name, path = entry.required_text("variableName"), entry.required_text("jsonPath")
    name_node, path_node = entry.get("variableName"), entry.get("jsonPath")
    assert name_node is not None
    assert path_node is not None
    _check_name(name, entry.name("variableName"), span=name_node.span)
    if name in mapped:
        message = f"{entry.name('variableName')}: variable {name!r} is mapped twice"
        raise DefinitionError(message, span=name_node.span, code=DOUBLE)
    if name not in outputs:
        raise DefinitionError(
            f"{entry.name('variableName')}: variable {name!r} is used but not declared",
            span=name_node.span,
            hint=f"add it to outputVariables; declared: {', '.join(outputs) or 'none'}",
            code=UNDECLARED,
        )
    _check_path(path, entry.name("jsonPath"), node=path_node)
    return name, path


def _check_path(path: str, field: str, *, node: Node) -> None:
    try:
        jsonpath.compile(path)
    except DefinitionError as error:
        message = f"{field}: {path!r} is no legal JSONPath: {error.message}"
        raise DefinitionError(message, span=node.span, hint=error.hint, code=ILLEGAL_PATH) from None


def _success_template(variables: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": ${{{variable}}}' for name, variable in variables.items()) + "}"
