"""What the searches of users and groups share: the request in a URL, and a page of what was found."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.catalogue.validation import check_body
from ringback.platform.store.reader import Body

_URL_SAFE = str.maketrans("-_", "+/")


def in_url(call: Call, model: str) -> Body:
    """The request that the parameter `q64` holds as JSON in base64, of either alphabet.

    Args:
        call: of a `GET …/search`.
        model: of the request, as the catalogue names it.

    Raises:
        ApiError: 400, it holds none.
    """
    try:
        text = str(call.query["q64"]).translate(_URL_SAFE)
        sent = msgspec.json.decode(base64.b64decode(text, validate=True))
    except (ValueError, msgspec.DecodeError, RecursionError):
        sent = None
    if not isinstance(sent, dict) or check_body(model, sent):
        raise errors.bad_request("The search must be a JSON request in base64.", field="q64")
    return sent


def results(sent: Mapping[str, Any], found: Sequence[Body], *, kind: str) -> Body:
    """The page that a search request asks for; its key is `results`.

    Args:
        sent: the request: `pageSize`, `pageNumber`.
        found: everything that was found, in order.
        kind: `users`, `groups`.

    Raises:
        ApiError: 400, no such page.
    """
    size, number = sent.get("pageSize"), sent.get("pageNumber")
    size, number = paging.DEFAULT_SIZE if size is None else size, 1 if number is None else number
    if size < 1 or number < 1:
        raise errors.bad_request("Pages and their sizes begin at 1.", field="pageNumber")
    return {
        "total": len(found),
        "pageCount": -(-len(found) // size),
        "pageSize": size,
        "pageNumber": number,
        "types": [kind],
        "results": found[(number - 1) * size : number * size],
    }
