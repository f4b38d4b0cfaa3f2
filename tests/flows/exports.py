"""Exports for tests, made small: values, actions and flows as Genesys writes them."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote


def val(text: str, type_: str = "str", mode: int | None = 0, **more: Any) -> dict[str, Any]:
    """A value; mode 3 is empty, None an audio sequence."""
    kind = {1: "lit", 3: "emp"}.get(mode or 0, "ref")
    ui = {} if mode is None else {"mode": mode}
    return {
        "text": text,
        "type": type_,
        "config": {kind: {"text": text}},
        "uiMetaData": ui,
        "version": 2,
        **more,
    }


def audio(text: str, **more: Any) -> dict[str, Any]:
    """A block of audio."""
    return {"defaultAudio": val(text, "aud", None), "cases": [], **more}


def act(id_: str, type_: str, **fields: Any) -> dict[str, Any]:
    """An action; `to` are its paths as output id -> id, `then` is its nextAction."""
    paths = fields.pop("to", {})
    found = {
        "id": id_,
        "trackingId": 1,
        "name": fields.pop("name", id_),
        "__type": f"{type_}Action",
        **fields,
    }
    if (then := found.pop("then", None)) is not None:
        found["nextAction"] = then
    if paths:
        found["paths"] = [
            {"outputId": output, "label": output.strip("_").title(), **({"nextActionId": to} if to else {})}
            for output, to in paths.items()
        ]
    return found


def box(*actions: dict[str, Any], type_: str = "Task", **fields: Any) -> dict[str, Any]:
    """A container of actions that begins with the first."""
    start = {"startAction": actions[0]["id"]} if actions else {}
    found = {
        "id": "box",
        "trackingId": 10,
        "name": "Main",
        "__type": type_,
        "actionList": list(actions),
        **start,
    }
    return {**found, "variables": [], **fields}


def flow(*boxes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A flow that begins with the first container."""
    return {
        "name": "F",
        "type": "inboundcall",
        "defaultLanguage": "en-US",
        "initialSequence": boxes[0]["id"] if boxes else "none",
        "flowSequenceItemList": list(boxes),
        **fields,
    }


def encoded(document: Any) -> str:
    """The document as a `.i3` file."""
    return base64.b64encode(quote(json.dumps(document), safe="").encode()).decode()


def variable(name: str, kind: str, initial: dict[str, Any], **flags: Any) -> dict[str, Any]:
    """A variable."""
    return {"id": name, "name": name, "__type": f"{kind}Variable", "initialValue": initial, **flags}
