"""Reading operations and models out of the official SDKs, here out of small files of the same form."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringback.platform.catalogue.sdk import SUPPLEMENT, Sdk

API = '''
class RoutingApi(object):

    @deprecated("get_routing_skills is deprecated")
    def get_routing_skills(self, **kwargs) -> 'SkillEntityListing':
        """
        :param int page_size: Page size, maximum is 500
        :param list[str] id: id
        """
        resource_path = '/api/v2/routing/skills'.replace('{format}', 'json')
        if 'page_size' in params:
            query_params['pageSize'] = params['page_size']
        if 'id' in params:
            query_params['id'] = params['id']
        body_params = None
            select_header_accept(['application/json'])
        response = self.api_client.call_api(resource_path, 'GET',
                                            response_type='SkillEntityListing',

    def delete_routing_wrapupcode(self, code_id: str, **kwargs) -> None:
        resource_path = '/api/v2/routing/wrapupcodes/{codeId}'.replace('{format}', 'json')
        response = self.api_client.call_api(resource_path, 'DELETE',
                                            response_type=None,

    def post_routing_skills(self, body: 'CreateRoutingSkill', **kwargs) -> 'RoutingSkill':
        """
        :param CreateRoutingSkill body: Skill (required)
        """
        resource_path = '/api/v2/routing/skills'.replace('{format}', 'json')
            body_params = params['body']
        response = self.api_client.call_api(resource_path, 'POST',
                                            response_type='RoutingSkill',

    def get_elsewhere(self, **kwargs) -> 'Other':
        resource_path = '/api/v2/elsewhere'.replace('{format}', 'json')
        response = self.api_client.call_api(resource_path, 'GET',
                                            response_type='Other',
'''
MODEL = '''
class RoutingSkill(object):
        self.swagger_types = {
            'name': 'str',
            'self_uri': 'str',
            'state': 'str',
            'other_skills': 'list[RoutingSkill]'
        }

        self.attribute_map = {
            'name': 'name',
            'self_uri': 'selfUri',
            'state': 'state',
            'other_skills': 'otherSkills'
        }

    @property
    def state(self) -> str:
        """
        Gets the state of this RoutingSkill.
        The state.
        """

    @state.setter
    def state(self, state: str) -> None:
        allowed_values = ["active", "deleted"]

    @property
    def name(self) -> str:
        """
        Gets the name of this RoutingSkill.
        Its name.
        """
'''
TYPINGS = """
	export interface RoutingSkill {
		"name": string;
		"state"?: string;
	}
"""
DOCS = """
[**postRoutingSkills**](RoutingApi#postRoutingSkills) | **POST** /api/v2/routing/skills | Create Skill

POST /api/v2/routing/skills

Requires ANY permissions:

* routing:skill:manage
* routing:skill:create

### Example Usage
"""


@pytest.fixture
def sdk(tmp_path: Path) -> Sdk:
    files = {
        "python/apis/routing_api.py": API,
        "python/models/routing_skill.py": MODEL,
        "index.d.ts": TYPINGS,
        "docs/RoutingApi.md": DOCS,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return Sdk(tmp_path / "python", tmp_path / "index.d.ts", docs=tmp_path / "docs")


def test_operations_of_the_supplement(sdk: Sdk) -> None:
    rows = {row["operationId"]: row for row in sdk.operations()}
    assert set(rows) == {"get_routing_skills", "delete_routing_wrapupcode", "post_routing_skills"}
    listing, removal, creation = (rows[name] for name in sorted(rows, key=list(rows).index))
    assert listing["deprecated"]
    assert [(each["name"], each["type"]) for each in listing["query_params"]] == [
        ("pageSize", "int"),
        ("id", "list[str]"),
    ]
    assert (removal["deprecated"], removal["response_model"], removal["success_status_hint"]) == (
        False,
        None,
        204,
    )
    assert (creation["request_model"], creation["request_required"]) == ("CreateRoutingSkill", True)
    assert creation["permissions"] == ["routing:skill:manage", "routing:skill:create"]
    assert (creation["permissions_mode"], listing["permissions_mode"]) == ("ANY", "NO")
    assert creation["group"] in SUPPLEMENT


def test_models_with_what_they_refer_to(sdk: Sdk) -> None:
    found = sdk.models(["RoutingSkill", "Unknown"], {})
    assert set(found) == {"RoutingSkill"}
    assert found["RoutingSkill"] == {
        "name": {"type": "str", "required": True, "desc": "Its name."},
        "selfUri": {"type": "str", "required": False, "desc": ""},
        "state": {"type": "str", "required": False, "desc": "The state.", "enum": ["active", "deleted"]},
        "otherSkills": {"type": "list[RoutingSkill]", "required": False, "desc": ""},
    }
    assert sdk.models(["RoutingSkill"], {"RoutingSkill": {}}) == {}
