"""encryptData, decryptData: a text that only looks encrypted, and back."""

from __future__ import annotations

import base64
import json
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, Next, Step
from ringback.flows.actions.bindings import bindings, write
from ringback.flows.actions.told import ERROR_FIELDS
from ringback.lang.expr.values import Json, plain

_MARK = "ringback:"


def build_encrypt(b: Builder) -> Step:
    """JSON to text (policy `encrypted_form`); NOT_SET data is Failure."""
    data, store = b.value("dataToEncrypt", "jsn"), b.writes("encryptedData")
    failed, success, failure = bindings(b, b.node("failureOutputs")), b.exit("success"), b.exit("failure")

    def begin(run: Any) -> Next:
        run.services.policy("encrypted_form")
        value = data(run)
        if value is None:
            write(run, failed, outputs={"errorType": "NoData", "errorMessage": "there is nothing to encrypt"})
            return failure
        text = json.dumps(plain("jsn", value), sort_keys=True)
        if store is not None:
            store(run, base64.b64encode((_MARK + text).encode()).decode())
        return success

    return Step(begin)


def _decrypted(text: str | None) -> Json | None:
    try:
        whole = base64.b64decode(text or "", validate=True).decode()
        return Json(json.loads(whole.removeprefix(_MARK))) if whole.startswith(_MARK) else None
    except ValueError:
        return None


def build_decrypt(b: Builder) -> Step:
    """Reads what Encrypt Data wrote; anything else is Failure, and the variable keeps its value."""
    data, store = b.value("dataToDecrypt", "str"), b.writes("decryptedData")
    failed, success, failure = bindings(b, b.node("failureOutputs")), b.exit("success"), b.exit("failure")

    def begin(run: Any) -> Next:
        run.services.policy("encrypted_form")
        value = _decrypted(data(run))
        if value is None:
            message = "the text was not encrypted by Encrypt Data"
            write(run, failed, outputs={"errorType": "NotEncrypted", "errorMessage": message})
            return failure
        if store is not None:
            store(run, value)
        return success

    return Step(begin)


ENCRYPT_DATA = ActionType(
    key="encryptData",
    title="Encrypt Data",
    about="Turns JSON into a text that Decrypt Data reads.",
    build=build_encrypt,
    fields=(
        Field("dataToEncrypt", "jsn", about="The data."),
        Field("encryptedData", "str", "writes", about="Where the text goes."),
        *ERROR_FIELDS,
    ),
    outputs=("success", "failure"),
    policies=("encrypted_form",),
    source="scripting SDK: ActionEncryptData",
)
DECRYPT_DATA = ActionType(
    key="decryptData",
    title="Decrypt Data",
    about="Reads a text that Encrypt Data wrote.",
    build=build_decrypt,
    fields=(
        Field("dataToDecrypt", "str", about="The text."),
        Field("decryptedData", "jsn", "writes", about="Where the data goes."),
        *ERROR_FIELDS,
    ),
    outputs=("success", "failure"),
    policies=("encrypted_form",),
    source="scripting SDK: ActionDecryptData",
)
