"""Data actions that are published: create, read, list, change, delete, templates, schemas, categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.clock import new_id
from ringback.platform.collection import check_version, name_conditions
from ringback.platform.resources import action_auth, action_forms
from ringback.platform.resources import action_model as model
from ringback.platform.resources.action_model import PATH
from ringback.platform.resources.integrations import page_token
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query
from ringback.platform.upstream import ACTION

routes = Routes()
_STATES = {"true": ["secure"], "false": [""]}
_SORTS = {"name": "name_key", "id": "id"}


# ---- what others use too


def create(call: Call, sent: Body) -> Body:
    """Store a new published action of any form; ApiError 400 names what is wrong. Gives the stored body."""
    body = {"id": f"custom_-_{new_id()}", **action_forms.fields_of(call, sent), "version": 1}
    model.check(body)
    return model.add(call, ACTION, body=body)


def listing(call: Call, kind: str) -> object:
    """A page of actions or drafts, by name; `category` and the other filters as the platform has them."""
    query = _query(call, kind)
    show = model.full if call.flag("includeConfig") else model.brief

    def view(body: Body) -> Body:
        shown = show(body, kind)
        shown.pop("contract", None)
        return shown

    category, field = call.query.get("category"), str(call.query.get("sortBy") or "name")
    if not category and field in _SORTS:
        return paging.page(call, query, view=view)
    found = call.store.find(query)
    if category:
        found = [body for body in found if str(body.get("category") or "").casefold() == category.casefold()]
    if field not in _SORTS:
        down = query.descending
        found.sort(key=lambda body: str(body.get(field) or "").casefold(), reverse=down)
    return paging.page_of(call, found, view=view)


def _query(call: Call, kind: str) -> Query:
    number = call.query.get("nextPage") or call.query.get("previousPage")
    if number:
        call.query["pageNumber"] = page_token(str(number))
    secure = str(call.query.get("secure") or "").lower()
    states = _STATES.get(secure, ["", "secure"])
    if str(call.query.get("includeAuthActions") or "").lower() == "true" and secure != "true":
        states = [*states, "auth"]
    return Query(
        kind,
        ids=call.listed("ids") or None,
        states=states,
        where=tuple(name_conditions(call.query.get("name"), "contains")),
        order=(_SORTS.get(str(call.query.get("sortBy") or "name"), "name_key"),),
        descending=paging.descending(call),
    )


def template(call: Call, kind: str) -> object:
    """A template as plain text; it is always there, perhaps empty."""
    body, name = call.store.need(kind, call.path["actionId"]), call.path["fileName"].lower()
    config = body.get("config") or {}
    if name == "requesttemplate.vm":
        found = (config.get("request") or {}).get("requestTemplate")
        return model.DEFAULT_REQUEST if found is None else found
    if name == "successtemplate.vm":
        found = (config.get("response") or {}).get("successTemplate")
        return model.DEFAULT_SUCCESS if found is None else found
    raise errors.not_found("template", call.path["fileName"])


def schema(call: Call, kind: str) -> object:
    """One of the schemas of an action."""
    body = call.store.need(kind, call.path["actionId"])
    sent, given = model.schemas(body)
    found = {"input.json": sent, "success.json": given, "error.json": model.ERROR_SCHEMA}.get(
        call.path["fileName"].lower()
    )
    if found is None:
        raise errors.not_found("schema", call.path["fileName"])
    return model.flat(found) if call.flag("flatten") else found


def changed(before: Body, sent: Mapping[str, Any]) -> Body:
    """An action with what a PATCH says of it; ApiError 400 or 409.

    A plain action takes its own keys and stays plain; a native configuration makes it native.
    """
    check_version(before, sent)
    action_forms.check_name(sent)
    after = {**before, "version": before["version"] + 1}
    after |= {field: sent[field] for field in ("name", "category") if sent.get(field)}
    if sent.get("config") is not None:
        after["config"] = model.clean_config(sent["config"])
        after.pop("plain", None)
    elif "plain" in before:
        own = {
            name: value for name, value in sent.items() if name in {*action_forms.PLAIN_KEYS, "description"}
        }
        document = {**before["plain"], **own, "name": after["name"]}
        after |= action_forms.plain_fields(document)
    return after


def check_fixed(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """ApiError 400 when a change touches what is fixed once an action was published."""
    for field in ("contract", "secure"):
        if before.get(field) != after.get(field):
            message = f"The field {field} cannot be changed once a data action is published."
            raise errors.bad_request(message, field=field)


# ---- published actions


@routes.get(PATH)
def list_actions(call: Call) -> object:
    """A page of published actions."""
    return listing(call, ACTION)


@routes.post(PATH, request=action_forms.REQUEST)
def create_action(call: Call) -> object:
    """A new published action from the platform's own body, export JSON or the plain form."""
    return model.full(create(call, call.object()), ACTION)


@routes.get(PATH + "/categories")
def list_categories(call: Call) -> object:
    """The categories that published actions have, by name."""
    secure = str(call.query.get("secure") or "").lower()
    found = call.store.find(Query(ACTION, states=_STATES.get(secure, ["", "secure"])))
    names = sorted({body["category"] for body in found if body.get("category")}, key=str.casefold)
    if paging.descending(call):
        names.reverse()
    return paging.page_of(call, [{"name": name} for name in names])


@routes.get(PATH + "/{actionId}")
def read_action(call: Call) -> object:
    """One action; its contract with `expand=contract`, its configuration with `includeConfig=true`."""
    return model.chosen(call, call.store.need(ACTION, call.path["actionId"]), kind=ACTION)


@routes.patch(PATH + "/{actionId}", errors=(409,))
def change_action(call: Call) -> object:
    """Change name, category or configuration of a published action."""
    before = call.store.need(ACTION, call.path["actionId"])
    sent = call.object()
    after = changed(before, sent)
    asked = {**after, **{field: sent[field] for field in ("secure",) if sent.get(field) is not None}}
    if sent.get("contract") is not None:
        asked["contract"] = _asked_contract(sent["contract"], before)
    check_fixed(before, asked)
    model.check(after)
    return model.full(model.put(call, ACTION, body=after, before=before), ACTION)


def _asked_contract(sent: object, before: Body) -> object:
    """The contract that a request shows, to compare; what is no contract differs."""
    try:
        return model.clean_contract(sent)  # type: ignore[arg-type]  # whatever the request holds
    except (KeyError, TypeError, AttributeError):
        return None if sent else before["contract"]


@routes.delete(PATH + "/{actionId}", status=204)
def delete_action(call: Call) -> object:
    """Delete an action with its draft."""
    body = call.store.need(ACTION, call.path["actionId"])
    if body["actionType"] == model.AUTH:
        raise errors.bad_request(
            "A custom auth action goes with its integration; it cannot be deleted alone."
        )
    action_auth.remove(call, body)
    return None


@routes.get(PATH + "/{actionId}/templates/{fileName}", content_type="text/plain")
def read_template(call: Call) -> object:
    """`requesttemplate.vm` or `successtemplate.vm` of a published action."""
    return template(call, ACTION)


@routes.get(PATH + "/{actionId}/schemas/{fileName}")
def read_schema(call: Call) -> object:
    """`input.json`, `success.json` or `error.json` of a published action."""
    return schema(call, ACTION)
