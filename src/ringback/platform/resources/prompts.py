"""User prompts: texts and audio in languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.platform import audio, errors, paging, trail, transfers
from ringback.platform.call import Call
from ringback.platform.collection import Collection
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
PATH = "/api/v2/architect/prompts"
ONE = f"{PATH}/{{promptId}}"
RESOURCES = f"{ONE}/resources"
RESOURCE = f"{RESOURCES}/{{languageCode}}"
ASSET = "prompt_resource"  # kind; the parent is the prompt, the id the language
HISTORY = "prompt_history"
AUDIO = "prompt_audio"  # purpose of its uploads
URL_SECONDS = 3600
PROMPTS = Collection(
    "prompt",
    PATH,
    "Prompt",
    "Architect",
    defaults={"description": ""},
    read_only=frozenset({"resources", "currentOperation"}),
    divisioned=True,
    starrable=True,
    dated=False,
)
_SENT = ("ttsString", "text", "languageDefault", "tags")
_OF_AUDIO = ("audioFormat", "durationSeconds")


# Prompts


def _asset(call: Call, stored: Body) -> Body:
    """A resource as callers see it, with fresh URLs."""
    shown = {name: value for name, value in stored.items() if not name.startswith("_")}
    shown["uploadUri"] = transfers.upload_url(call, stored["_upload"], seconds=URL_SECONDS)
    if stored["uploadStatus"] == "transcoded" and call.query.get("includeMediaUris") is not False:
        shown["mediaUri"] = transfers.download_url(call, stored["_upload"], seconds=URL_SECONDS)
    return shown


def _view(call: Call, prompt: Body) -> Body:
    if call.query.get("includeResources") is False:
        return prompt
    languages = [each.casefold() for each in call.listed("language")]
    stored = call.store.find(Query(ASSET, parent=prompt["id"]))
    wanted = [each for each in stored if not languages or each["language"].casefold() in languages]
    return prompt | {"resources": [_asset(call, each) for each in wanted]}


@routes.get(PATH)
def list_prompts(call: Call) -> object:
    """A page of prompts; names may have asterisks at their ends."""
    call_names = [name for name in call.listed("name") if name]
    text = call.query.get("description")
    either = call.query.get("nameOrDescription")
    tests = [
        (lambda body: any(_like(body["name"], each) for each in call_names)) if call_names else None,
        (lambda body: _like(str(body.get("description") or ""), text)) if text else None,
        (lambda body: _like(body["name"], either) or _like(str(body.get("description") or ""), either))
        if either
        else None,
    ]
    query = Query(
        PROMPTS.kind,
        divisions=call.listed("divisionId") or None,
        descending=paging.descending(call),
    )
    if not any(tests):
        return paging.page(call, query, view=lambda body: _view(call, body))
    found = [body for body in call.store.find(query) if all(test(body) for test in tests if test)]
    return paging.page_of(call, found, view=lambda body: _view(call, body))


def _like(value: str, wanted: str) -> bool:
    """Whether a text is what a filter asks for; asterisks stand for anything at its ends."""
    text, part = value.casefold(), wanted.strip("*").casefold()
    if wanted.startswith("*") and wanted.endswith("*"):
        return part in text
    if wanted.endswith("*"):
        return text.startswith(part)
    return text.endswith(part) if wanted.startswith("*") else text == part


@routes.post(PATH, errors=(409,))
def create_prompt(call: Call) -> object:
    """A new prompt, without resources."""
    return _changed(call, PROMPTS.create(call, call.object()))


@routes.delete(PATH, errors=(404,))
def delete_prompts(call: Call) -> object:
    """Delete several prompts, all or none."""
    for prompt_id in dict.fromkeys(call.listed("id")):
        _delete(call, prompt_id)
    return _operation(call, "DELETE")


@routes.get(ONE, errors=(404,))
def read_prompt(call: Call) -> object:
    """One prompt."""
    return _view(call, PROMPTS.read(call, call.path["promptId"]))


@routes.put(ONE, errors=(404, 409))
def replace_prompt(call: Call) -> object:
    """Rename or describe a prompt."""
    return _changed(call, PROMPTS.replace(call, call.path["promptId"], sent=call.object()))


@routes.delete(ONE, status=204, errors=(404,))
def delete_prompt(call: Call) -> object:
    """Delete a prompt with its resources."""
    _delete(call, call.path["promptId"])
    return None


def _delete(call: Call, prompt_id: str) -> None:
    prompt = PROMPTS.delete(call, prompt_id)
    for stored in call.store.find(Query(ASSET, parent=prompt["id"])):
        transfers.remove(call.tx, stored["_upload"])
    for kind in (ASSET, HISTORY):
        call.tx.remove_all(kind, parent=prompt["id"])
    call.tx.publish(_topic(prompt["id"]), {"id": prompt["id"], "name": prompt["name"]})


def _changed(call: Call, prompt: Body) -> Body:
    call.tx.publish(_topic(prompt["id"]), prompt)
    return _view(call, prompt)


def _topic(prompt_id: str) -> str:
    return f"v2.architect.prompts.{prompt_id}"


def _operation(call: Call, name: str, *, entity_id: str = "") -> Body:
    """An operation that is over."""
    return {
        "id": entity_id or call.new_id(),
        "complete": True,
        "client": {"id": call.principal.client_id, "name": call.principal.name},
        "actionName": name,
        "actionStatus": "SUCCESS",
    }


# History


@routes.post(f"{ONE}/history", errors=(404,))
def ask_history(call: Call) -> object:
    """Ask what happened to a prompt; the answer is there at once."""
    prompt = PROMPTS.read(call, call.path["promptId"])
    operation = _operation(call, "HISTORY")
    call.tx.add(HISTORY, {"id": operation["id"], "started": call.now_iso()}, parent=prompt["id"])
    return operation


@routes.get(f"{ONE}/history/{{historyId}}", errors=(404,))
def read_history(call: Call) -> object:
    """A page of what happened to a prompt, out of the audit trail."""
    prompt = PROMPTS.read(call, call.path["promptId"])
    asked = call.store.need(HISTORY, call.path["historyId"], parent=prompt["id"])
    entries, _ = trail.of_entity(call.store, prompt["id"], offset=0, limit=trail.RECENT)
    wanted = {each.upper() for each in call.listed("action")}
    found = [_event(each) for each in entries if not wanted or each["action"].upper() in wanted]
    if paging.descending(call, unless_told=True):
        found.reverse()
    page = paging.page_of(call, found)
    kept = ("entities", "pageSize", "pageNumber", "total", "pageCount")
    return {
        **_operation(call, "HISTORY", entity_id=asked["id"]),
        "name": prompt["name"],
        "description": prompt.get("description") or "",
        "started": asked["started"],
        "completed": asked["started"],
        **{name: page[name] for name in kept},
    }


def _event(entry: Body) -> Body:
    return {
        "action": entry["action"].upper(),
        "resource": (entry.get("message") or {}).get("message", ""),
        "timestamp": entry["eventDate"],
        "client": entry["client"],
    }


# Resources


def _stored(call: Call) -> tuple[Body, Body]:
    """The prompt and the resource that a call is about; ApiError 404."""
    prompt = PROMPTS.read(call, call.path["promptId"])
    return prompt, call.store.need(ASSET, call.path["languageCode"].casefold(), parent=prompt["id"])


def _record(call: Call, prompt: Body, *, action: str, language: str) -> None:
    call.audit(action, prompt, entity_type="Prompt", service="Architect", message=language)
    call.tx.publish(
        f"{_topic(prompt['id'])}.resources.{language}", {"id": language, "promptId": prompt["id"]}
    )


def _given(sent: Mapping[str, Any]) -> Body:
    return {name: sent[name] for name in _SENT if sent.get(name) is not None}


@routes.get(RESOURCES, errors=(404,))
def list_resources(call: Call) -> object:
    """A page of the resources of a prompt, by language."""
    prompt = PROMPTS.read(call, call.path["promptId"])
    return paging.page(call, Query(ASSET, parent=prompt["id"]), view=lambda each: _asset(call, each))


@routes.post(RESOURCES, errors=(404, 409))
def create_resource(call: Call) -> object:
    """A prompt in one more language."""
    prompt, sent = PROMPTS.read(call, call.path["promptId"]), call.object()
    language = str(sent["language"])
    if not language.strip() or len(language) > 35 or "\0" in language:
        raise errors.bad_request("A language is a code such as en-us.", field="language")
    if call.store.get(ASSET, language.casefold(), parent=prompt["id"]) is not None:
        raise errors.conflict(f"The prompt has a resource for {language} already.", code="resource.exists")
    body = {
        "id": language.casefold(),
        "promptId": prompt["id"],
        "language": language,
        "languageDefault": False,
        "uploadStatus": "created",
        **_given(sent),
        "selfUri": f"{prompt['selfUri']}/resources/{language}",
        "_upload": _offer(call, prompt, language=language),
    }
    call.tx.add(ASSET, body, parent=prompt["id"])
    _record(call, prompt, action="Create", language=language)
    return _asset(call, body)


def _offer(call: Call, prompt: Body, *, language: str) -> str:
    """Offer an upload of audio; gives its id."""
    meta = {"prompt": prompt["id"], "language": language, "fileName": f"{prompt['name']}.wav"}
    return transfers.offer(call, AUDIO, meta=meta).id


@routes.get(RESOURCE, errors=(404,))
def read_resource(call: Call) -> object:
    """A prompt in one language."""
    return _asset(call, _stored(call)[1])


@routes.put(RESOURCE, errors=(404,))
def replace_resource(call: Call) -> object:
    """Replace the texts of a resource; its audio stays."""
    prompt, before = _stored(call)
    kept = {name: value for name, value in before.items() if name not in _SENT}
    after = {**kept, "languageDefault": False, **_given(call.object())}
    call.tx.put(ASSET, after, parent=prompt["id"])
    _record(call, prompt, action="Update", language=before["language"])
    return _asset(call, after)


@routes.delete(RESOURCE, status=204, errors=(404,))
def delete_resource(call: Call) -> object:
    """Delete a resource with its audio."""
    prompt, before = _stored(call)
    call.tx.remove(ASSET, before["id"], parent=prompt["id"])
    transfers.remove(call.tx, before["_upload"])
    _record(call, prompt, action="Delete", language=before["language"])
    return None


@routes.delete(f"{RESOURCE}/audio", status=204, errors=(404,))
def delete_audio(call: Call) -> object:
    """Delete the audio of a resource; its texts stay."""
    prompt, before = _stored(call)
    transfers.remove(call.tx, before["_upload"])
    kept = {name: value for name, value in before.items() if name not in _OF_AUDIO}
    again = {"uploadStatus": "created", "_upload": _offer(call, prompt, language=before["language"])}
    call.tx.put(ASSET, kept | again, parent=prompt["id"])
    _record(call, prompt, action="Update", language=before["language"])
    return None


@routes.post(f"{RESOURCE}/uploads", errors=(404,))
def offer_audio(call: Call) -> object:
    """Where to PUT the audio of a resource."""
    prompt, stored = _stored(call)
    _record(call, prompt, action="Update", language=stored["language"])
    return {"url": transfers.upload_url(call, stored["_upload"], seconds=URL_SECONDS), "headers": {}}


@transfers.on_upload(AUDIO)
def receive_audio(call: Call, file: transfers.File) -> None:
    """Note the format of an uploaded audio; what is no WAV cannot be transcoded."""
    prompt = call.store.get(PROMPTS.kind, file.meta["prompt"])
    stored = call.store.get(ASSET, file.meta["language"].casefold(), parent=file.meta["prompt"])
    if prompt is None or stored is None:
        return
    found = audio.describe(file.content or b"")
    kept = {name: value for name, value in stored.items() if name not in _OF_AUDIO}
    status = "transcodeFailed" if found is None else "transcoded"
    transfers.fill(call.tx, file.id, content=file.content or b"", content_type="audio/wav")
    call.tx.put(ASSET, kept | {"uploadStatus": status, **(found or {})}, parent=prompt["id"])
    _record(call, prompt, action="Upload", language=stored["language"])
