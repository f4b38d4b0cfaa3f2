"""world.yaml to a world: sections, data actions with documents and replies, and what is said of mistakes."""

from __future__ import annotations

import json

import pytest

from ringback.core.errors import DefinitionError, UsageError
from ringback.dataactions.transport import Request
from ringback.documents import DocumentErrors
from ringback.engine.world import made_id
from ringback.engine.world_loader import load_world

WORLD = """
country: de
timeZone: Europe/Berlin
queues: [VIP, {name: General, id: q-1, accepts: false}]
users: {Ann: {email: ann@example.com}, Bob: }
dataTables:
  Customers:
    key: phone
    rows:
      - {phone: "+4930123456", tier: gold, points: 7}
      - {phone: 0301, tier: no}
dataActions:
  " Lookup Customer ":
    file: lookup.json
    reply: {status: 201, body: {a: 1}}
    credentials: {key: secret}
    authResponse: {token: t}
    baseUrl: https://api.example
  Slow: {reply: "timeout"}
  Canned: {reply: replies/alice.json}
  Document: lookup.json
contacts:
  - {firstName: Alice, workPhone: "+4930123456"}
  - {id: c-2, firstName: Bob}
participantData: {tier: gold, level: 3}
hosts: {"https://crm.example/": "http://127.0.0.1:8081"}
"""
PLAIN_ACTION = {
    "name": "Lookup",
    "request": {"method": "GET", "url": "https://api.example/x", "headers": {}, "body": None},
    "response": {"statusCodes": [200], "body": {"mapping": []}},
    "inputVariables": [],
    "outputVariables": [],
}
FILES = {"lookup.json": json.dumps(PLAIN_ACTION), "replies/alice.json": '{"name": "Alice"}'}


def read(name: str) -> str:
    """The text of a file of this test."""
    if name not in FILES:
        raise UsageError(f"no file {name}")
    return FILES[name]


def test_sections() -> None:
    world = load_world(WORLD, file="world.yaml", read=read)
    assert (world.country, world.time_zone, world.source, world.permissive) == (
        "DE",
        "Europe/Berlin",
        "world.yaml",
        False,
    )
    assert [(queue.name, queue.id, dict(queue.fields)) for queue in world.resources["que"]] == [
        ("VIP", made_id("que", "VIP"), {}),
        ("General", "q-1", {"accepts": False}),
    ]
    ann = world.resource("usr", "ANN@example.com")
    assert ann is not None
    assert ann.name == "Ann"
    assert set(world.resources) == {"que", "usr"}
    assert world.resource("skl", "anything") is not None
    assert dict(world.participant_data) == {"tier": "gold", "level": "3"}
    assert dict(world.hosts) == {"https://crm.example": "http://127.0.0.1:8081"}


def test_tables_and_contacts() -> None:
    world = load_world(WORLD, file="world.yaml", read=read)
    table = world.table("customers")
    assert table is not None
    assert (table.key, list(table.rows)) == ("phone", ["+4930123456", "0301"])
    assert table.rows["0301"]["tier"] == "no"
    assert world.contacts is not None
    assert [contact["firstName"] for contact in world.contacts] == ["Alice", "Bob"]
    assert [bool(contact["id"]) for contact in world.contacts] == [True, True]


def test_data_actions() -> None:
    world = load_world(WORLD, file="world.yaml", read=read)
    setup = world.data_action("lookup customer")
    assert setup is not None
    assert setup.action is not None
    assert setup.action.name == "Lookup"
    integration = setup.integration
    assert (dict(integration.credentials), integration.auth_response, integration.base_url) == (
        {"key": "secret"},
        {"token": "t"},
        "https://api.example",
    )
    document = world.data_action("Document")
    assert document is not None
    assert document.action is not None
    assert document.reply is None


REPLIES = [("Lookup Customer", 201, {"a": 1}), ("Canned", 200, {"name": "Alice"})]


@pytest.mark.parametrize(("name", "status", "body"), REPLIES)
def test_replies_answer_again_and_again(name: str, status: int, body: object) -> None:
    setup = load_world(WORLD, file="w", read=read).data_action(name)
    assert setup is not None
    assert setup.reply is not None
    for _ in range(2):
        response = setup.reply.send(Request("GET", "https://x/", {}, None, 1.0))
        assert (response.status, json.loads(response.body)) == (status, body)


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}"])
def test_an_empty_world_is_open_but_not_permissive(text: str) -> None:
    world = load_world(text, file="w")
    assert (world.resources, world.tables, world.data_actions, world.contacts) == ({}, None, None, None)
    assert not world.permissive


WRONG = """queus: [a]
queues: [a, A, {id: 1}]
country: USA
dataActions: {x: {reply: foo, file: gone.json, replies: 1}}
hosts: {a: "http://["}
contacts: [1]
dataTables: {t: {rows: [{a: 1}, {key: 1}, {key: 1}]}}
participantData: [1]
"""
SAID = """
1:1 unknown key 'queus' in the world (did you mean 'queues'?)
2:13 'A' is there twice (remove one of them)
2:16 an entry without a name (write `- name` or `- {name: …}`)
3:10 'USA' is no country code (write two letters, e.g. US or DE)
4:26 'foo' is no fault
4:37 cannot read 'gone.json': no file gone.json (the path is relative to the world file)
4:48 unknown key 'replies' in the data action 'x' (did you mean 'reply'?)
5:12 'a' is not the origin of a service (write "https://crm.example": "http://127.0.0.1:8081")
5:12 'http://[' is not the origin of a service (write "https://crm.example": "http://127.0.0.1:8081")
6:12 a contact must be a mapping (write `- {firstName: …, workPhone: …}`)
7:25 a row without its key column 'key' (write `key: …`)
7:43 two rows have the key '1' (remove one of them)
8:18 participantData must be a mapping (write `name: …` below it)
"""


def test_mistakes() -> None:
    with pytest.raises(DocumentErrors) as caught:
        load_world(WRONG, file="w", read=read)
    said = [
        f"{found.line}:{found.column} {found.message}"
        + (f" ({found.hint})" if "for example" not in found.hint else "")
        for found in caught.value.diagnostics
    ]
    assert "\n".join(said) == SAID.strip()


def test_files_need_a_reader() -> None:
    with pytest.raises(DefinitionError, match=r"the file 'lookup\.json' cannot be read here"):
        load_world(WORLD, file="w")


def test_a_list_is_no_world() -> None:
    with pytest.raises(DefinitionError) as caught:
        load_world("- a", file="w")
    assert str(caught.value) == (
        "w:1:1: a world is a mapping of sections\n    - a\n    ^\n"
        "  hint: write `queues:`, `dataActions:` and so on"
    )
