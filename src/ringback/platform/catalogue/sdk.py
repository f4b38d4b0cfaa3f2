"""Operations that the reference lacks, read from the official SDKs: rows in the reference's own form.

`SUPPLEMENT` names their paths. Method, parameters and models come from the source of the Python SDK, what is
required from the typings of the JavaScript SDK, permissions from its documentation; sentences are left out.
Used by `build.py` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]

# Paths below /api/v2, by the group that they belong to; "/*" means everything below.
SUPPLEMENT: Mapping[str, tuple[str, ...]] = {
    "routing.skills": ("routing/skills/*", "users/{userId}/routingskills/*"),
    "routing.languages": ("routing/languages/*", "users/{userId}/routinglanguages/*"),
    "routing.wrapupcodes": ("routing/wrapupcodes/*",),
    "routing.queues": ("users/{userId}/queues/*",),
    "groups": (
        *("groups", "groups/search", "groups/{groupId}"),
        *("groups/{groupId}/members", "groups/{groupId}/individuals"),
    ),
    "architect.prompts": ("architect/prompts/*",),
    "architect.systemprompts": ("architect/systemprompts", "architect/systemprompts/{promptId}"),
    "architect.schedules": ("architect/schedules/*",),
    "architect.schedulegroups": ("architect/schedulegroups/*",),
    "architect.emergencygroups": ("architect/emergencygroups/*",),
    "architect.ivrs": ("architect/ivrs", "architect/ivrs/{ivrId}"),
}
_CALL = re.compile(
    r"(?:\n    @deprecated[^\n]*)?"
    r"\n    def (?P<name>\w+)\(self, .*?"
    r"(?=\n    (?:@deprecated|def )|\Z)",
    re.DOTALL,
)
_SECTION = re.compile(
    r"^(?P<verb>[A-Z]+) (?P<path>/api/v2/[^\s`]*)(?P<rest>.*?)### Example", re.DOTALL | re.MULTILINE
)
_PATH = re.compile(r"resource_path = '(?P<path>[^']+)'")
_VERB = re.compile(r"call_api\(resource_path, '(?P<verb>\w+)'")
_RESPONSE = re.compile(r"response_type=(?:'(?P<type>[^']+)'|None)")
_QUERY = re.compile(r"query_params\['(?P<query>[^']+)'\] = params\['(?P<python>\w+)'\]")
_ARGUMENT = re.compile(r":param (?P<type>\S+(?: object\))?|dict\(str, \S+\)) (?P<name>\w+):(?P<text>[^\n]*)")
_BODY = re.compile(r"body_params = params\['(?P<name>\w+)'\]")
_ACCEPT = re.compile(r"select_header_accept\(\['(?P<accept>[^']+)'")
_FIELDS = re.compile(r"self\.(?P<map>swagger_types|attribute_map) = \{(?P<pairs>.*?)\}\n", re.DOTALL)
_PAIR = re.compile(r"'(?P<key>\w+)': '(?P<value>[^']+)'")
_SETTER = re.compile(r"@(?P<name>\w+)\.setter\n.*?(?=@property|\n    def to_dict)", re.DOTALL)
_ALLOWED = re.compile(r"allowed_values = \[(?P<values>[^\]]*)\]")
MODEL_NAME = re.compile(r"[A-Z]\w+")


class Sdk:
    """The official SDKs, unpacked.

    Args:
        python: folder of the package PureCloudPlatformClientV2.
        typings: `index.d.ts` of purecloud-platform-client-v2.
        docs: folder of that SDK's pages, one for each API.
    """

    def __init__(self, python: Path, typings: Path, *, docs: Path) -> None:
        self._python, self._sections = python, _sections(docs)
        self._typings = _interfaces(typings.read_text())
        self._modules = {each.stem.replace("_", ""): each for each in (python / "models").glob("*.py")}

    def operations(self) -> Iterator[Row]:
        """The rows of the operations that `SUPPLEMENT` names, each once."""
        seen = set()
        for source in sorted((self._python / "apis").glob("*_api.py")):
            for found in _CALL.finditer(source.read_text()):
                row = _operation(found["name"], found.group())
                if row and (row["method"], row["path"]) not in seen:
                    seen.add((row["method"], row["path"]))
                    yield row | self._permissions(row)

    def models(self, names: Iterable[str], known: Mapping[str, object]) -> dict[str, Row]:
        """The rows of models and of all that they refer to, except what is known."""
        waiting, found = list(names), dict[str, Row]()
        while waiting:
            name = waiting.pop()
            if name in known or name in found or name.lower() not in self._modules:
                continue
            found[name] = self._model(name)
            waiting += [each for row in found[name].values() for each in MODEL_NAME.findall(row["type"])]
        return found

    def _model(self, name: str) -> Row:
        text = self._modules[name.lower()].read_text()
        maps = {each["map"]: dict(_PAIR.findall(each["pairs"])) for each in _FIELDS.finditer(text)}
        needed = self._typings.get(name, frozenset())
        allowed = {each["name"]: each.group() for each in _SETTER.finditer(text)}
        described = dict(re.findall(r"Gets the (\w+) of this \w+\.\n\s*([^\n]*)", text))
        rows: Row = {}
        for python, sent in maps["attribute_map"].items():
            rows[sent] = {
                "type": maps["swagger_types"][python].replace("LocalDateTime", "str"),
                "required": sent in needed,
                "desc": described.get(python, ""),
            }
            if values := _ALLOWED.search(allowed.get(python, "")):
                rows[sent]["enum"] = re.findall(r"\"([^\"]*)\"", values["values"])
        return rows

    def _permissions(self, row: Row) -> Row:
        section = self._sections.get((row["method"], row["path"]), "")
        mode = re.search(r"Requires (ANY|ALL|NO) permissions", section)
        return {
            "permissions": re.findall(r"^\s*\* (\w+:\w+:\w+)\s*$", section, re.MULTILINE),
            "permissions_mode": mode[1] if mode else "NO",
        }


def _sections(docs: Path) -> dict[tuple[str, str], str]:
    """The part of each operation on the pages, from the line that names it to its example."""
    parts = (part for page in docs.glob("*Api.md") for part in _SECTION.finditer(page.read_text()))
    return {(part["verb"], part["path"]): part["rest"] for part in parts}


def _interfaces(text: str) -> dict[str, frozenset[str]]:
    """The required properties of each interface of the typings."""
    parts = re.finditer(r"export interface (?P<name>\w+)[^{]*\{(?P<body>.*?)\n\t\}", text, re.DOTALL)
    return {part["name"]: frozenset(re.findall(r"\"(\w+)\":", part["body"])) for part in parts}


def _operation(name: str, text: str) -> Row | None:
    path, verb = _PATH.search(text), _VERB.search(text)
    group = _group(path["path"]) if path and verb else None
    if path is None or verb is None or group is None:
        return None
    arguments = {each["name"]: each for each in _ARGUMENT.finditer(text)}
    body, response, accept = _BODY.search(text), _RESPONSE.search(text), _ACCEPT.search(text)
    answered = response["type"] if response else None
    asked = arguments[body["name"]] if body else None
    return {
        "group": group,
        "method": verb["verb"],
        "path": path["path"],
        "operationId": name,
        "deprecated": "@deprecated" in text,
        "preview": "preview method" in text,
        "request_model": asked["type"] if asked else None,
        "request_required": asked is not None and "(required)" in asked["text"],
        "response_model": answered,
        "query_params": [
            _parameter(each["query"], arguments[each["python"]]) for each in _QUERY.finditer(text)
        ],
        "accept": [accept["accept"] if accept else "application/json"],
        "success_status_hint": 200 if answered else 204,
    }


def _parameter(name: str, argument: re.Match[str]) -> Row:
    text = argument["text"]
    return {"name": name, "type": argument["type"], "required": "(required)" in text, "desc": text}


def _group(path: str) -> str | None:
    short = path.removeprefix("/api/v2/")
    for group, places in SUPPLEMENT.items():
        for place in places:
            if short == place or (place.endswith("/*") and f"{short}/".startswith(place[:-1])):
                return group
    return None
