"""A data action with everything that its checks need, computed once and only when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.dataactions.flatten import schema_type
from ringback.dataactions.model import DataAction
from ringback.lang import jsonpath
from ringback.lang.velocity import tree as t
from ringback.lang.velocity.parser import parse
from ringback.lint.pieces import Kind
from ringback.lint.places import InTerraform, Place, Places
from ringback.lint.render import Names, Way, input_name, ways
from ringback.lint.shapes import NoJson, Shape, shape_of
from ringback.lint.walk import Use, own_names, uses

Role: TypeAlias = Literal["url", "header", "body", "success"]

REQUEST = ("config", "request")
RESPONSE = ("config", "response")
DEFAULT_BODY = "${input.rawRequest}"
_KINDS: Mapping[str, Kind] = {"integer": Kind.NUMBER, "number": Kind.NUMBER, "boolean": Kind.BOOLEAN}
_FORM = re.compile(r"x-www-form-urlencoded|multipart|text/|xml", re.IGNORECASE)
_FORM_START = re.compile(r"\s*[\w.-]+=")
_MOST_ABSENT_ALONE = 24


@dataclass(frozen=True, slots=True)
class Template:
    """One template of an action.

    Attributes:
        role: which one.
        label: how messages call it: "the URL", "the header X-Key".
        text: its text.
        place: where it stands.
        tree: what it means; None when it has a syntax error.
        error: the syntax error.
    """

    role: Role
    label: str
    text: str
    place: Place
    tree: t.Tree | None
    error: DefinitionError | None = None

    def span(self, at: int, length: int = 1) -> Span:
        """The place in the document of a piece of the template."""
        return self.place.span(at, max(1, length))

    @property
    def uses(self) -> tuple[Use, ...]:
        """Every reference that is read."""
        return () if self.tree is None else tuple(uses(self.tree.body))

    @property
    def own_names(self) -> frozenset[str]:
        """The variables that it makes itself."""
        return frozenset() if self.tree is None else own_names(self.tree.body)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way through a template, and the JSON that it prints or why it prints none."""

    way: Way
    shape: Shape | None
    problem: NoJson | None


class Subject:
    """A data action as the checks see it."""

    def __init__(self, action: DataAction, places: Places, *, original: Mapping[str, Any]) -> None:
        self.action = action
        self.places = places
        self.original = original

    @cached_property
    def inputs(self) -> Mapping[str, Any]:
        """The input contract's properties."""
        return properties_of(self.action.input_contract)

    @cached_property
    def required(self) -> frozenset[str]:
        """The inputs that the contract requires."""
        names = self.action.input_contract.get("required")
        return frozenset(map(str, names)) if isinstance(names, list) else frozenset()

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        """The output contract's properties."""
        return properties_of(self.action.output_contract)

    @cached_property
    def timeout_written(self) -> Any:
        """`config.timeoutSeconds` as it is written; None when it is missing."""
        config = self.original.get("config")
        return config.get("timeoutSeconds") if isinstance(config, Mapping) else None

    @cached_property
    def sends_body(self) -> bool:
        """Whether the request has a body: a GET never renders its body template."""
        return self.action.request.method != "GET"

    @cached_property
    def content_type(self) -> str:
        """The Content-Type header; empty when the action says none."""
        return self.header("content-type")

    @cached_property
    def sends_form(self) -> bool:
        """Whether the body is no JSON: by its Content-Type, or its look if it has none."""
        if self.content_type:
            return "json" not in self.content_type.lower() and bool(_FORM.search(self.content_type))
        return bool(_FORM_START.match(self.body.text)) if self.body else False

    @cached_property
    def is_platform(self) -> bool:
        """Whether it calls the Platform API of its own organisation."""
        kind = self.action.integration_type
        return self.action.is_platform_action or (
            (not kind or kind.startswith("<")) and (self.action.request.url or "").startswith("/api/v2/")
        )

    def header(self, name: str) -> str:
        """The template of a header in any letter case; empty when there is none."""
        found = (text for key, text in self.action.request.headers.items() if key.lower() == name)
        return next(found, "")

    @cached_property
    def url(self) -> Template | None:
        """The URL template."""
        text = self.action.request.url
        return (
            None
            if text is None
            else self._template("url", "the URL", text=text, path=(*REQUEST, "requestUrlTemplate"))
        )

    @cached_property
    def headers(self) -> Mapping[str, Template]:
        """The header templates."""
        return {
            name: self._template("header", f"the header {name}", text=text, path=(*REQUEST, "headers", name))
            for name, text in self.action.request.headers.items()
        }

    @cached_property
    def body(self) -> Template | None:
        """The body template as it is sent; None when no body is sent."""
        if not self.sends_body:
            return None
        text = self.action.request.body
        if text is None and self.action.form != "plain":
            text = DEFAULT_BODY
        return (
            None
            if text is None
            else self._template("body", "the body", text=text, path=(*REQUEST, "requestTemplate"))
        )

    @cached_property
    def success(self) -> Template:
        """The success template."""
        text = self.action.response.success_template
        return self._template(
            "success", "the success template", text=text, path=(*RESPONSE, "successTemplate")
        )

    @cached_property
    def request_templates(self) -> tuple[Template, ...]:
        """URL, headers and body, as far as they are rendered."""
        found = (self.url, *self.headers.values(), self.body)
        return tuple(template for template in found if template is not None)

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """Every template that is rendered."""
        return (*self.request_templates, self.success)

    def _template(self, role: Role, label: str, *, text: str, path: tuple[str, ...]) -> Template:
        place = self.places.value(*path)
        if isinstance(place, InTerraform):
            place = replace(place, text=text)
        try:
            return Template(role, label, text, place, parse(text, name=label))
        except DefinitionError as error:
            return Template(role, label, text, place, None, error)

    def input_uses(self) -> Iterator[tuple[Template, Use, str]]:
        """Every use of an input by its name, `rawRequest` included, with its template."""
        for template in self.templates:
            for use in template.uses:
                if use.reference.root == "input" and (name := input_name(use.reference.steps)):
                    yield template, use, name

    @cached_property
    def used_inputs(self) -> frozenset[str]:
        """The inputs that a rendered template reads; all of them when it reads the whole request."""
        names = {name for _, _, name in self.input_uses()}
        return frozenset(self.inputs) if "rawRequest" in names else frozenset(names)

    @cached_property
    def paths(self) -> Mapping[str, jsonpath.Path | DefinitionError]:
        """The translation map, compiled; an error for a path that is illegal."""
        return {name: _compiled(path) for name, path in self.action.response.translation.items()}

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """What each translated variable holds."""
        return {name: _kind(path) for name, path in self.paths.items()}

    @cached_property
    def input_kinds(self) -> Mapping[str, Kind]:
        """What each input holds."""
        return {name: _KINDS.get(_type(schema), Kind.TEXT) for name, schema in self.inputs.items()}

    @cached_property
    def full_body(self) -> tuple[Outcome, ...]:
        """What the body can print when every input has a value."""
        return self._outcomes(self.body, Names(self.input_kinds), absences=(frozenset(),))

    @cached_property
    def sparse_body(self) -> tuple[Outcome, ...]:
        """What the body can print when optional inputs are missing: all of them, and each alone."""
        optional = sorted(self.used_inputs & set(self.inputs) - self.required)
        absences = [frozenset(optional)] if optional else []
        if 1 < len(optional) <= _MOST_ABSENT_ALONE:
            absences += [frozenset((name,)) for name in optional]
        return self._outcomes(self.body, Names(self.input_kinds), absences=tuple(absences))

    @cached_property
    def url_ways(self) -> tuple[Way, ...]:
        """What the URL can be when every input has a value."""
        return tuple(
            outcome.way
            for outcome in self._outcomes(self.url, Names(self.input_kinds), absences=(frozenset(),))
        )

    @cached_property
    def answers(self) -> tuple[Outcome, ...]:
        """What the success template can print when every variable has a value."""
        return self._outcomes(self.success, Names(self.input_kinds, self.kinds), absences=(frozenset(),))

    def _outcomes(
        self, template: Template | None, names: Names, *, absences: tuple[frozenset[str], ...]
    ) -> tuple[Outcome, ...]:
        if template is None or template.tree is None:
            return ()
        return tuple(_outcome(way) for way in ways(template.tree, names, absences=absences))


def _outcome(way: Way) -> Outcome:
    try:
        return Outcome(way, shape_of(way.pieces), None)
    except NoJson as problem:
        return Outcome(way, None, problem)


def properties_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of an object's schema; none when it has none or they are malformed."""
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}


def _type(schema: Any) -> str:
    return schema_type(schema) if isinstance(schema, Mapping) else ""


def _compiled(path: str) -> jsonpath.Path | DefinitionError:
    try:
        return jsonpath.compile(path)
    except DefinitionError as error:
        return error


_COUNTING = frozenset(("length", "size", "sum", "min", "max", "avg", "stddev"))


def _kind(path: jsonpath.Path | DefinitionError) -> Kind:
    if isinstance(path, DefinitionError):
        return Kind.JSON
    if not path.definite:
        return Kind.LIST
    last = path.tree.steps[-1:] or (None,)
    name = getattr(last[0], "name", "")
    return Kind.NUMBER if name in _COUNTING else Kind.LIST if name == "keys" else Kind.JSON
