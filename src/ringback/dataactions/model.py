"""A data action as every part of ringback sees it, whatever form its document had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ringback.core.span import Span

Form: TypeAlias = Literal["export", "plain", "terraform"]
Schema: TypeAlias = Mapping[str, Any]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
MAX_SUGGESTED_TIMEOUT = 60.0  # seconds; `config.timeoutSeconds` is 1 to 60 (architect-behaviour D.8)


@dataclass(frozen=True, slots=True)
class RequestConfig:
    """`config.request`: four Velocity templates and a method.

    Attributes:
        method: upper case HTTP method.
        url: URL template; None for function actions, which have no URL of their own.
        headers: header name to value template, in document order.
        body: body template; None when the document has none. GET never renders it.
    """

    method: str = "GET"
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseConfig:
    """`config.response`: JSONPath per variable, their defaults, and the success template.

    Attributes:
        translation: variable name to JSONPath.
        defaults: variable name to the JSON text used when its path does not resolve.
        success_template: Velocity text whose result must be JSON.
        status_codes: statuses that count as success; empty means every 2xx (the native rule).
    """

    translation: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    success_template: str = "${rawResult}"
    status_codes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an action was read, and the whole document, so that nothing is lost on the way back.

    Attributes:
        file: document name as the user knows it.
        form: which kind of document it was.
        document: the parsed document of this one action (plain dict and list).
        spans: place of single fields, by dotted path such as "config.request.requestUrlTemplate".
        placeholders: names standing for Terraform references that have no value here.
        resource: Terraform resource label; empty for other forms.
    """

    file: str = ""
    form: Form = "export"
    document: Mapping[str, Any] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    placeholders: tuple[str, ...] = ()
    resource: str = ""


@dataclass(frozen=True, slots=True)
class DataAction:
    """One data action; two documents that say the same compare equal whatever their form.

    Attributes:
        name: display name, unique within a category on the platform.
        integration_type: e.g. "purecloud-data-actions", "custom-rest-actions"; empty when not said.
        action_type: "custom", "static" or "customAuth".
        category: display category; empty when not said.
        integration_id: id of the integration; empty when not said.
        secure: whether inputs and outputs are secret (Call Secure Data).
        description: free text; only plain documents have one.
        timeout: the action's suggested timeout in seconds, None when not said.
        request: what is sent.
        response: how the answer becomes the output.
        input_contract: JSON Schema of the input.
        output_contract: JSON Schema of the output.
        origin: where it was read; not part of comparisons.
    """

    name: str
    integration_type: str = ""
    action_type: str = "custom"
    category: str = ""
    integration_id: str = ""
    secure: bool = False
    description: str = ""
    timeout: float | None = None
    request: RequestConfig = field(default_factory=RequestConfig)
    response: ResponseConfig = field(default_factory=ResponseConfig)
    input_contract: Schema = field(default_factory=dict)
    output_contract: Schema = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin, compare=False, repr=False)

    @property
    def file(self) -> str:
        """The document's name."""
        return self.origin.file

    @property
    def form(self) -> Form:
        """The document's form."""
        return self.origin.form

    @property
    def is_platform_action(self) -> bool:
        """Whether it calls the Platform API itself: its relative URLs belong to the organisation's host."""
        return self.integration_type == "purecloud-data-actions"

    @property
    def is_auth_action(self) -> bool:
        """Whether it is the custom auth action of a `userDefinedOAuth` integration."""
        return self.action_type == "customAuth"

    def span(self, path: str) -> Span | None:
        """Where a field stands, by dotted path; the nearest known parent otherwise."""
        while path:
            if found := self.origin.spans.get(path):
                return found
            path = path.rpartition(".")[0]
        return self.origin.spans.get("")
