"""The least that Starlette on granian can do, the baseline of `platform`: one contact as JSON."""

from __future__ import annotations

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

CONTACT = {
    "id": "5a2f1e0c-7d0b-4a43-9c59-0f4d0e5b7a11",
    "type": "Curated",
    "firstName": "Ada",
    "lastName": "Lovelace",
    "workPhone": {
        "display": "+1 212-555-0100",
        "e164": "+12125550100",
        "countryCode": "US",
        "userInput": "+12125550100",
    },
    "workEmail": "ada@example.com",
    "externalIds": [],
    "division": {
        "id": "7b3d7b6e-0d34-4c43-9d55-0a7c2f9b0a11",
        "name": "Home",
        "selfUri": "/api/v2/authorization/divisions/7b",
    },
    "createDate": "2026-01-01T00:00:00.000Z",
    "modifyDate": "2026-01-01T00:00:00.000Z",
    "selfUri": "/api/v2/externalcontacts/contacts/5a2f1e0c-7d0b-4a43-9c59-0f4d0e5b7a11",
}
_encode = msgspec.json.Encoder().encode


async def read_contact(_request: Request) -> Response:
    return Response(_encode(CONTACT), media_type="application/json")


app = Starlette(routes=[Route("/api/v2/externalcontacts/contacts/{contactId}", read_contact)])
