"""Documents with a wrong part anywhere: refused or kept, never a failure of the server."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.platform.client import Client
from tests.platform.conftest import Server
from tests.platform.test_action_runs import enabled, plain
from tests.platform.test_actions import NATIVE, PATH, native

NOBODY = "http://127.0.0.1:1"
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
ODD = ["$", "${", "#if(", "$.", "${input.x}", "string", "object", "array", "application/xml"]
numbers = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
FORMS: dict[str, dict[str, Any]] = {
    "native": native(
        config=NATIVE["config"] | {"request": NATIVE["config"]["request"] | {"requestUrlTemplate": NOBODY}}
    ),
    "export": {**native(), "integrationType": "custom-rest-actions", "actionType": "custom"},
    "plain": plain(NOBODY),
}
FORMS["export"]["config"]["request"]["requestUrlTemplate"] = NOBODY


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every part of a document."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in members:
        yield (*path, key)
        yield from places(child, (*path, key))


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, Any]:
    document = copy.deepcopy(FORMS[draw(st.sampled_from(sorted(FORMS)))])
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(sorted(places(document), key=str)))
        node: Any = document
        for step in path[:-1]:
            node = node[step]
        if draw(st.booleans()):
            node[path[-1]] = draw(values)
        else:
            del node[path[-1]]
    return document


HELD: dict[str, tuple[str, str]] = {}


@given(document=mutants(), inputs=st.dictionaries(texts, values, max_size=3))
def test_no_document_breaks_the_server(
    server: Server, document: dict[str, Any], inputs: dict[str, Any]
) -> None:
    with Client(server.origin) as api:
        if server.origin not in HELD:
            token = api.login("ringback-local", "ringback-local")
            HELD[server.origin] = token, enabled(api)
        api.token, home = HELD[server.origin]
        if "category" in document:
            document.setdefault("integrationId", home)
        for route in (PATH, f"{PATH}/drafts"):
            made = api.post(route, document)
            assert made.status in (200, 400), made.content
            if made.status == 400:
                assert made.json["message"]
                continue
            where = made.json["selfUri"]
            for query in ({}, {"flatten": True}):
                api.get(where, expand="contract", includeConfig=True, **query).ok()
                for name in ("input", "success", "error"):
                    api.get(f"{where}/schemas/{name}.json", **query).ok()
            for name in ("requesttemplate", "successtemplate"):
                assert api.get(f"{where}/templates/{name}.vm").status == 200
            assert api.post(f"{where}/test", inputs, flatten=True).ok()["success"] is False
            if route == PATH:
                assert api.post(f"{where}/execute", inputs).status in (400, 403, 502)
                continue
            changed = api.patch(where, {"version": 1, **document})
            assert changed.status in (200, 400), changed.content
            version = api.get(where).ok()["version"]
            if api.get(f"{where}/validation").ok()["valid"]:
                api.post(f"{where}/publish", {"version": version}).ok()
            else:
                api.post(f"{where}/publish", {"version": version}).refused(400)
