"""Routing languages, and those of users."""

from __future__ import annotations

from ringback.platform.call import Call
from ringback.platform.collection import Collection
from ringback.platform.resources import routing_common as common
from ringback.platform.routing import Routes

routes = Routes()
PATH = "/api/v2/routing/languages"
LANGUAGES = Collection(
    "language",
    PATH,
    "RoutingLanguage",
    "ContactCenter",
    defaults={"state": "active", "version": "1"},
    read_only=frozenset({"state", "version"}),
    name_filter="prefix",
)
OF_USERS = common.Abilities(LANGUAGES, "/api/v2/users/{userId}/routinglanguages", "languageUri", "User")
common.serve(routes, OF_USERS, item="languageId")


@routes.get(PATH)
def list_languages(call: Call) -> object:
    """A page of languages."""
    return LANGUAGES.page(call)


@routes.post(PATH, errors=(409,))
def create_language(call: Call) -> object:
    """A new language."""
    return LANGUAGES.create(call, call.object())


@routes.get(f"{PATH}/{{languageId}}", errors=(404,))
def read_language(call: Call) -> object:
    """One language; one that was deleted says so in its `state`."""
    return common.read(call, LANGUAGES, entity_id=call.path["languageId"])


@routes.delete(f"{PATH}/{{languageId}}", status=204, errors=(404,))
def delete_language(call: Call) -> object:
    """Delete a language softly."""
    common.delete(call, LANGUAGES, entity_id=call.path["languageId"])
    return None


@routes.patch(f"{OF_USERS.path}/{{languageId}}", errors=(404,))
def change_language(call: Call) -> object:
    """Change how well a user has a language."""
    return OF_USERS.change(call, call.path["languageId"])
