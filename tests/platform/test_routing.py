"""Queues, skills, languages, wrap-up codes and groups."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.platform.client import Client
from tests.platform.conftest import Server
from tests.platform.seeding import user

V2 = "/api/v2"
QUEUES = f"{V2}/routing/queues"
SKILLS, LANGUAGES = f"{V2}/routing/skills", f"{V2}/routing/languages"
CODES = f"{V2}/routing/wrapupcodes"
GROUPS = f"{V2}/groups"
NEW_GROUP = {"type": "official", "rulesVisible": True, "visibility": "public"}
NOBODY = "00000000-0000-4000-8000-000000000000"


def names(answer: dict[str, Any]) -> list[str]:
    return [each["name"] for each in answer["entities"]]


class TestSkillsAndLanguages:
    @pytest.mark.parametrize("path", [SKILLS, LANGUAGES])
    def test_life(self, api: Client, path: str) -> None:
        made = api.post(path, {"name": f"Fluent {path[-6:]}"}).ok()
        assert (made["state"], made["version"]) == ("active", "1")
        assert made["selfUri"] == f"{path}/{made['id']}"
        assert api.get(made["selfUri"]).ok() == made
        api.post(path, {"name": made["name"].upper()}).refused(409)
        assert api.delete(made["selfUri"]).status == 204
        assert api.get(made["selfUri"]).ok()["state"] == "deleted"
        assert api.get(path, name="fluent").ok()["entities"] == []
        api.delete(made["selfUri"]).refused(404)
        again = api.post(path, {"name": made["name"]}).ok()
        assert again["id"] != made["id"]

    @pytest.mark.parametrize("path", [SKILLS, LANGUAGES])
    def test_a_filter_by_name_looks_at_its_beginning(self, api: Client, path: str) -> None:
        for name in ("prefix one", "prefix two", "no prefix"):
            api.post(path, {"name": name}).ok()
        assert names(api.get(path, name="PREFIX").ok()) == ["prefix one", "prefix two"]

    @pytest.mark.parametrize("path", [SKILLS, LANGUAGES, CODES, QUEUES])
    @pytest.mark.parametrize("body", [{}, {"name": 5}, {"name": None}, []])
    def test_what_is_refused(self, api: Client, path: str, body: Any) -> None:
        api.post(path, body).refused(400)

    def test_a_skill_moves_to_another_division(self, api: Client) -> None:
        division = api.post(f"{V2}/authorization/divisions", {"name": "Skilled", "description": ""}).ok()
        made = api.post(SKILLS, {"name": "moves", "divisionId": division["id"]}).ok()
        assert made["division"]["name"] == "Skilled"
        home = api.get(f"{V2}/authorization/divisions/home").ok()
        moved = api.patch(made["selfUri"], {"divisionId": home["id"]}).ok()
        assert (moved["division"]["id"], moved["version"]) == (home["id"], "2")
        api.patch(made["selfUri"], {"divisionId": NOBODY}).refused(400)

    @pytest.mark.parametrize(
        ("path", "below", "uri"),
        [(SKILLS, "routingskills", "skillUri"), (LANGUAGES, "routinglanguages", "languageUri")],
    )
    def test_of_users(self, api: Client, server: Server, path: str, below: str, uri: str) -> None:
        ability = api.post(path, {"name": f"of users {below}"}).ok()
        other = api.post(path, {"name": f"another {below}"}).ok()
        mine = f"{V2}/users/{user(server, f'Able {below}')}/{below}"
        given = api.post(mine, {"id": ability["id"], "proficiency": 3}).ok()
        assert (given["name"], given["proficiency"], given[uri]) == (ability["name"], 3.0, ability["selfUri"])
        api.patch(f"{mine}/bulk", [{"id": other["id"], "proficiency": 1}]).ok()
        assert api.get(mine).ok()["total"] == 2
        assert api.delete(f"{mine}/{ability['id']}").status == 204
        assert names(api.get(mine).ok()) == [other["name"]]
        api.delete(f"{mine}/{ability['id']}").refused(404)
        api.post(mine, {"id": ability["id"], "proficiency": 6}).refused(400)
        api.post(mine, {"id": NOBODY, "proficiency": 1}).refused(400)
        api.get(f"{V2}/users/{NOBODY}/{below}").refused(404)

    def test_all_skills_of_a_user_are_set(self, api: Client, server: Server) -> None:
        first, second = (api.post(SKILLS, {"name": f"set {number}"}).ok() for number in (1, 2))
        mine = f"{V2}/users/{user(server, 'Set')}/routingskills"
        api.post(mine, {"id": first["id"], "proficiency": 1}).ok()
        answer = api.put(f"{mine}/bulk", [{"id": second["id"], "proficiency": 5}]).ok()
        assert names(answer) == ["set 2"]
        assert api.put(f"{mine}/{second['id']}", {"proficiency": 2}).ok()["proficiency"] == 2.0
        api.put(f"{mine}/{first['id']}", {"proficiency": 2}).refused(404)


class TestWrapupCodes:
    def test_life(self, api: Client) -> None:
        made = api.post(CODES, {"name": "Sold", "description": "it went well"}).ok()
        assert made["division"]["id"] == "*"
        assert api.get(f"{CODES}/divisionviews/{made['id']}").ok() == made
        changed = api.put(made["selfUri"], {"name": "Sold!"}).ok()
        assert (changed["name"], changed["description"]) == ("Sold!", "")
        api.post(CODES, {"name": "SOLD!"}).refused(409)
        assert api.delete(made["selfUri"]).status == 204
        api.get(made["selfUri"]).refused(404)

    def test_of_a_division(self, api: Client) -> None:
        home = api.get(f"{V2}/authorization/divisions/home").ok()
        made = api.post(CODES, {"name": "at home", "division": {"id": home["id"]}}).ok()
        assert made["division"]["name"] == home["name"]
        assert "at home" in names(api.get(f"{CODES}/divisionviews", divisionId=home["id"]).ok())
        api.post(CODES, {"name": "nowhere", "division": {"id": NOBODY}}).refused(400)

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            ("star one", ["star one"]),
            ("star*", ["star one", "star two"]),
            ("*one", ["star one"]),
            ("*ar t*", ["star two"]),
            ("st", []),
            ("ST_R*", []),
        ],
    )
    def test_filters_by_name(self, api: Client, wanted: str, found: list[str]) -> None:
        for name in ("star one", "star two"):
            api.post(CODES, {"name": name})
        assert names(api.get(CODES, name=wanted).ok()) == found


class TestQueues:
    def test_create_answers_what_was_sent(self, api: Client) -> None:
        sent = {
            "name": "Echo",
            "description": "all of it",
            "mediaSettings": {"call": {"alertingTimeoutSeconds": 30}},
            "acwSettings": {"wrapupPrompt": "MANDATORY_TIMEOUT", "timeoutMs": 300000},
            "bullseye": {"rings": [{"expansionCriteria": [{"type": "TIMEOUT_SECONDS", "threshold": 10.0}]}]},
            "defaultScripts": {},
            "callingPartyName": "Acme",
            "outboundMessagingAddresses": {},
            "memberGroups": [],
        }
        made = api.post(QUEUES, sent).ok(200)
        assert {name: made[name] for name in sent} == sent
        assert made["memberCount"] == 0
        assert made["division"]["name"] == "Home"
        assert api.get(made["selfUri"]).ok() == made
        api.post(QUEUES, {"name": "echo"}).refused(409)

    def test_put_replaces(self, api: Client) -> None:
        made = api.post(QUEUES, {"name": "Replaced", "description": "old", "autoAnswerOnly": False}).ok()
        after = api.put(made["selfUri"], {"name": "Replaced", "memberCount": 9}).ok()
        assert "description" not in after
        assert (after["autoAnswerOnly"], after["memberCount"]) == (True, 0)
        assert after["division"] == made["division"]

    def test_a_queue_after_the_model_of_another(self, api: Client) -> None:
        model = api.post(QUEUES, {"name": "Model", "callingPartyName": "Acme"}).ok()
        copy = api.post(QUEUES, {"name": "Copy", "sourceQueueId": model["id"]}).ok()
        assert (copy["callingPartyName"], copy["name"]) == ("Acme", "Copy")
        assert copy["id"] != model["id"]
        api.post(QUEUES, {"name": "Copied from nothing", "sourceQueueId": NOBODY}).refused(400)

    def test_lists(self, api: Client) -> None:
        made = [api.post(QUEUES, {"name": f"Listed {letter}"}).ok() for letter in "abc"]
        assert names(api.get(QUEUES, name="Listed*").ok()) == ["Listed a", "Listed b", "Listed c"]
        down = api.get(QUEUES, name="Listed*", sortOrder="desc").ok()
        assert names(down) == ["Listed c", "Listed b", "Listed a"]
        assert api.get(QUEUES, name="listed A").ok()["total"] == 1
        assert api.get(QUEUES, name="Listed").ok()["total"] == 0
        assert api.get(QUEUES, id=f"{made[0]['id']},{made[2]['id']}").ok()["total"] == 2
        assert api.get(f"{QUEUES}/divisionviews", name="Listed*", divisionId="*").ok()["total"] == 3
        assert api.get(f"{QUEUES}/divisionviews/all", pageSize=1).ok()["total"] >= 3
        assert api.get(QUEUES, name="Listed*", hasPeer="true").ok()["total"] == 0
        assert api.get(f"{QUEUES}/me").ok()["entities"] == []
        assert api.get(f"{made[0]['selfUri']}/estimatedwaittime").ok() == {"results": []}

    @pytest.mark.parametrize("below", ["members", "users"])
    def test_members(self, api: Client, server: Server, below: str) -> None:
        queue = api.post(QUEUES, {"name": f"Queue of {below}"}).ok()["selfUri"]
        first, second = (user(server, f"{name} {below}") for name in ("Ann", "Bob"))
        assert api.post(f"{queue}/{below}", [{"id": first}, {"id": second}, {"id": first}]).status == 204
        page = api.get(f"{queue}/{below}").ok()
        assert names(page) == [f"Ann {below}", f"Bob {below}"]
        assert (page["total"], page["pageCount"]) == (2, 1)
        assert page["entities"][0]["user"]["id"] == first
        assert api.patch(f"{queue}/{below}/{first}", {"joined": False}).status == 202
        changed = api.patch(f"{queue}/{below}", [{"id": second, "ringNumber": 2}]).ok()["entities"]
        assert (changed[0]["ringNumber"], changed[0]["joined"]) == (2, True)
        assert names(api.get(f"{queue}/{below}", joined="true").ok()) == [f"Bob {below}"]
        counts = api.get(queue).ok()
        assert (counts["memberCount"], counts["joinedMemberCount"]) == (2, 1)
        api.delete(queue).refused(409, "queue.in.use")
        assert api.delete(f"{queue}/{below}/{first}").status == 204
        api.delete(f"{queue}/{below}/{first}").refused(404)
        assert api.post(f"{queue}/{below}", [{"id": second}], delete="true").status == 204
        assert api.get(queue).ok()["memberCount"] == 0
        assert api.delete(queue).status == 204
        api.get(queue).refused(404)

    @pytest.mark.parametrize(
        ("method", "below", "body", "status"),
        [
            ("POST", "members", [{"id": NOBODY}], 400),
            ("POST", "members", [{"id": NOBODY}] * 101, 400),
            ("POST", "members", {}, 400),
            ("PATCH", "members", [{"id": NOBODY, "joined": True}], 404),
            ("PATCH", f"members/{NOBODY}", {"joined": True}, 404),
            ("POST", "wrapupcodes", [{"id": NOBODY}], 400),
            ("DELETE", f"wrapupcodes/{NOBODY}", None, 404),
        ],
    )
    def test_members_that_are_refused(
        self, api: Client, method: str, below: str, body: Any, status: int
    ) -> None:
        queue = api.post(QUEUES, {"name": "Refusing"})
        uri = (queue.json if queue.status == 200 else api.get(QUEUES, name="Refusing").ok()["entities"][0])[
            "selfUri"
        ]
        api.send(method, f"{uri}/{below}", body=body).refused(status)

    def test_a_user_joins_and_leaves(self, api: Client, server: Server) -> None:
        queue = api.post(QUEUES, {"name": "Joined"}).ok()
        agent = user(server, "Agent of queues")
        mine = f"{V2}/users/{agent}/queues"
        api.post(f"{queue['selfUri']}/members", [{"id": agent}])
        assert names(api.get(mine, joined="true").ok()) == ["Joined"]
        assert api.patch(f"{mine}/{queue['id']}", {"joined": False}).ok()["joined"] is False
        assert api.get(mine, joined="true").ok()["entities"] == []
        assert api.get(queue["selfUri"]).ok()["joinedMemberCount"] == 0
        assert api.patch(mine, [{"id": queue["id"], "joined": True}]).ok()["entities"][0]["joined"] is True
        api.patch(f"{mine}/{NOBODY}", {"joined": True}).refused(404)
        assert api.delete(queue["selfUri"], forceDelete="true").status == 204
        assert api.get(mine).ok()["entities"] == []

    def test_wrapup_codes(self, api: Client) -> None:
        queue = api.post(QUEUES, {"name": "Wrapped up"}).ok()["selfUri"]
        made = [api.post(CODES, {"name": f"wrap {number}"}).ok() for number in (1, 2)]
        answer = api.post(f"{queue}/wrapupcodes", [{"id": code["id"]} for code in made]).ok()
        assert [code["name"] for code in answer] == ["wrap 1", "wrap 2"]
        page = api.get(f"{queue}/wrapupcodes").ok()
        assert (names(page), page["pageCount"]) == (["wrap 1", "wrap 2"], 1)
        assert names(api.get(f"{queue}/wrapupcodes", name="wrap 2").ok()) == ["wrap 2"]
        assert api.delete(f"{queue}/wrapupcodes/{made[0]['id']}").status == 204
        assert names(api.get(f"{queue}/wrapupcodes").ok()) == ["wrap 2"]

    def test_two_members_at_once_are_both_counted(self, api: Client, server: Server) -> None:
        queue = api.post(QUEUES, {"name": "Counted"}).ok()["selfUri"]
        for number in range(3):
            api.post(f"{queue}/members", [{"id": user(server, f"Counted {number}")}])
        assert api.get(queue).ok()["userMemberCount"] == 3


class TestGroups:
    def test_life(self, api: Client, server: Server) -> None:
        owner = user(server, "Owner")
        made = api.post(GROUPS, {**NEW_GROUP, "name": "Team", "ownerIds": [owner]}).ok()
        assert (made["version"], made["state"], made["memberCount"]) == (1, "active", 0)
        assert made["owners"][0]["name"] == "Owner"
        assert api.get(made["selfUri"]).ok() == made
        changed = api.put(made["selfUri"], {"version": 1, "description": "all of us"}).ok()
        assert (changed["version"], changed["name"], changed["description"]) == (2, "Team", "all of us")
        api.put(made["selfUri"], {"version": 1, "description": "late"}).refused(409)
        api.post(GROUPS, {**NEW_GROUP, "name": "TEAM"}).refused(409)
        api.post(GROUPS, {**NEW_GROUP, "name": "Owned by nobody", "ownerIds": [NOBODY]}).refused(400)
        assert api.delete(made["selfUri"]).status == 204
        api.get(made["selfUri"]).refused(404)

    def test_members(self, api: Client, server: Server) -> None:
        group = api.post(GROUPS, {**NEW_GROUP, "name": "Members"}).ok()
        first, second = user(server, "Member 1"), user(server, "Member 2")
        members = f"{group['selfUri']}/members"
        api.post(members, {"memberIds": [first, second, first], "version": 1}).ok()
        api.post(members, {"memberIds": [first], "version": 1}).refused(409)
        api.post(members, {"memberIds": [NOBODY]}).refused(400)
        assert names(api.get(members).ok()) == ["Member 1", "Member 2"]
        assert api.get(members, pageSize=1).ok()["pageCount"] == 2
        assert api.get(group["selfUri"]).ok()["memberCount"] == 2
        api.delete(members, ids=f"{first},{NOBODY}").ok()
        assert names(api.get(f"{group['selfUri']}/individuals").ok()) == ["Member 2"]
        api.delete(members).refused(400)

    @pytest.mark.parametrize(
        ("criterion", "found"),
        [
            ({"type": "EXACT", "fields": ["name"], "value": "searched ONE"}, ["Searched one"]),
            ({"type": "CONTAINS", "fields": ["name"], "value": "arched"}, ["Searched one", "Searched two"]),
            ({"type": "TERMS", "values": ["searched two", "x"]}, ["Searched two"]),
            ({"type": "STARTS_WITH", "fields": ["name", "description"], "value": "second"}, ["Searched two"]),
        ],
    )
    def test_search(self, api: Client, criterion: dict[str, Any], found: list[str]) -> None:
        for name, text in (("Searched one", "first"), ("Searched two", "second")):
            api.post(GROUPS, {**NEW_GROUP, "name": name, "description": text})
        answer = api.post(f"{GROUPS}/search", {"query": [criterion]}).ok()
        assert [each["name"] for each in answer["results"]] == found
        assert answer["total"] == len(found)

    def test_a_search_that_is_not_understood(self, api: Client) -> None:
        api.post(f"{GROUPS}/search", {"query": [{"type": "REGEX", "value": "a+"}]}).refused(400)

    def test_a_search_in_the_url(self, api: Client) -> None:
        api.post(GROUPS, {**NEW_GROUP, "name": "Url searched"}).ok()
        criterion = {"type": "EXACT", "fields": ["name"], "value": "url searched"}
        text = base64.b64encode(json.dumps({"query": [criterion]}).encode()).decode()
        assert api.get(f"{GROUPS}/search", q64=text).ok()["total"] == 1
        for wrong in ("???", "e30", base64.b64encode(b"[]").decode()):
            api.get(f"{GROUPS}/search", q64=wrong).refused(400)
