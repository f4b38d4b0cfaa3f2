"""Flow jobs as the Terraform provider drives them: publish, validate, export."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ringback.documents import DocumentErrors
from ringback.engine.program import compile_flow
from ringback.flows.loaders import form_of, load_flow
from ringback.lint import lint
from ringback.platform.flows.kinds import OPEN, REFERRED, api_type
from ringback.platform.flows.organisation import named_in
from tests.corpus import needs_corpus
from tests.flows.flow_meaning import differences, meaning
from tests.flows.test_export_corpus import EXPORTS
from tests.flows.test_loader_corpus import FLOWS
from tests.platform.client import Answer, Client
from tests.platform.conftest import Server
from tests.platform.flows_store import other_client, seed_all

BASE = "/api/v2/flows"
PLACEHOLDER = re.compile(r"\{\{[ \t]*([A-Za-z0-9_][A-Za-z0-9_.\-]*)[ \t]*\}\}")

YAML = """\
inboundCall:
  name: {name}
  description: made by a job
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  tasks:
    - task:
        name: Main
        refId: main
        actions:
          - playAudio:
              name: Hello
              audio: {{tts: Hello there}}
          - disconnect:
              name: Bye
"""


def text_of(stem: str = "Job") -> str:
    return YAML.format(name=f"{stem} {uuid.uuid4().hex[:8]}")


def job(api: Client, text: str | bytes, **body: Any) -> dict[str, Any]:
    """Register, upload without a token, and poll once."""
    registered = api.post(f"{BASE}/jobs", body or None).ok()
    assert set(registered) >= {"id", "presignedUrl", "headers"}
    with Client(api.origin) as anybody:
        content = text.encode() if isinstance(text, str) else text
        uploaded = anybody.send(
            "PUT", registered["presignedUrl"], content=content, headers=registered["headers"]
        )
    assert uploaded.status == 200
    polled: dict[str, Any] = api.get(f"{BASE}/jobs/{registered['id']}", expand="messages").ok()
    return polled


def download(api: Client, polled: dict[str, Any]) -> Answer:
    with Client(api.origin) as anybody:
        answer = anybody.get(polled["downloadUrl"])
    assert answer.status == 200
    return answer


def export(api: Client, *flows: dict[str, Any]) -> dict[str, Any]:
    started = api.post(f"{BASE}/export/jobs", {"flows": list(flows)}).ok()
    assert (started["status"], started["totalFlows"]) == ("Started", len(flows))
    polled: dict[str, Any] = api.get(f"{BASE}/export/jobs/{started['id']}", expand="messages").ok()
    return polled


def test_a_new_name_is_a_new_flow_and_a_known_one_a_version(api: Client) -> None:
    text = text_of()
    first = job(api, text)
    assert (first["status"], first["command"], first["messages"]) == ("Success", "Publish", [])
    flow = api.get(f"{BASE}/{first['flow']['id']}", deleted="false").ok()
    assert (flow["type"], flow["description"], flow["publishedVersion"]["id"]) == (
        "INBOUNDCALL",
        "made by a job",
        "1.0",
    )
    assert flow["active"] is True
    second = job(api, text.replace("Hello there", "Good day"))
    assert second["flow"] == first["flow"]
    assert api.get(flow["selfUri"]).ok()["publishedVersion"]["id"] == "2.0"
    assert "messages" not in api.get(f"{BASE}/jobs/{second['id']}").ok()


def test_before_the_upload_a_job_is_registered(api: Client) -> None:
    registered = api.post(f"{BASE}/jobs", {}).ok()
    assert api.get(f"{BASE}/jobs/{registered['id']}").ok()["status"] == "Registered"
    with Client(api.origin) as anybody:
        anybody.send("PUT", registered["presignedUrl"] + "x", content=b"x").refused(403)
    api.get(f"{BASE}/jobs/{uuid.uuid4()}").refused(404)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("- disconnect:", "- hangup:"), ["flow.yaml:14:", "hangup"]),
        (("{tts: Hello there}", "{exp: Flow.nobody}"), ["flow.yaml:13:", "Flow.nobody"]),
        (("task[main]", "task[none]"), ["flow.yaml:4:", "none"]),
        (("Hello there", "{{greeting}}"), ["flow.yaml:13:", "{{greeting}}", "substitutions"]),
        (
            ("- disconnect:", "- transferToAcd:\n              targetQueue: {lit: {name: Nowhere at all}}"),
            ["Nowhere at all", "no queue"],
        ),
        (("inboundCall:", "inboundCal:"), ["inboundCal", "inboundCall"]),
        (("  name:", "  : ["), ["flow.yaml:"]),
    ],
)
def test_errors_are_messages_with_places(api: Client, change: tuple[str, str], said: list[str]) -> None:
    text = text_of().replace(*change)
    failed = job(api, text)
    assert failed["status"] == "Failure"
    assert "flow" not in failed
    errors = "\n".join(each["text"] for each in failed["messages"] if each["type"] == "Error")
    for part in said:
        assert part in errors, errors
    for each in failed["messages"]:
        assert each["dateTime"].endswith("Z")
        assert each["details"] == []


def test_bytes_that_are_no_text(api: Client) -> None:
    failed = job(api, b"\xff\xfe\x00")
    assert failed["status"] == "Failure"
    assert "UTF-8" in failed["messages"][0]["text"]


def test_a_locked_flow_is_not_published(api: Client, server: Server) -> None:
    text = text_of()
    flow_id = job(api, text)["flow"]["id"]
    with other_client(api, server.origin, name="Lockie") as other:
        other.post(f"{BASE}/actions/checkout", flow=flow_id).ok()
    failed = job(api, text)
    assert failed["status"] == "Failure"
    assert "Lockie" in failed["messages"][0]["text"]
    api.post(f"{BASE}/actions/unlock", flow=flow_id).ok()
    assert job(api, text)["status"] == "Success"


def test_stubs(api: Client) -> None:
    name = f"Module {uuid.uuid4().hex[:8]}"
    called = f"""- callCommonModule:
              name: Call it
              commonModule: {{{name}: {{ver_latestPublished: {{inputs: {{}}}}}}}}
          - disconnect:"""
    text = text_of().replace("- disconnect:", called)
    assert name in job(api, text)["messages"][0]["text"]
    made = job(api, text, createStubs=True)
    assert made["status"] == "Success", made
    found = api.get(BASE, name=name).ok()["entities"]
    assert [each["type"] for each in found] == ["COMMONMODULE"]
    assert "publishedVersion" not in found[0]


def test_validate(api: Client) -> None:
    flow_id = job(api, text_of())["flow"]["id"]
    for flows, status, said in (
        ([{"flow": {"id": flow_id}}], "Success", ""),
        ([{"flow": {"id": flow_id, "version": "9.0"}}], "Failure", "9.0"),
        ([{"flow": {"id": str(uuid.uuid4())}}], "Failure", "could not find the flow"),
        ([{"flow": {"name": "Nobody", "type": "WORKFLOW"}}], "Failure", "Nobody"),
    ):
        started = api.post(f"{BASE}/validate/jobs", {"flows": flows}).ok()
        assert started["totalFlows"] == 1
        polled = api.get(f"{BASE}/validate/jobs/{started['id']}", expand="messages").ok()
        assert (polled["status"], polled["command"]) == (status, "Validate")
        assert said in " ".join(each["text"] for each in polled["messages"])


def test_export_gives_the_text_back(api: Client) -> None:
    text = "# kept as it is\n" + text_of()
    flow_id = job(api, text)["flow"]["id"]
    newer = job(api, text.replace("Hello there", "Good day"))
    assert newer["status"] == "Success"
    polled = export(api, {"flow": {"id": flow_id}, "exportType": "Yaml"})
    assert (polled["status"], polled["command"]) == ("Success", "Export")
    assert download(api, polled).content.decode() == text.replace("Hello there", "Good day")
    old = export(api, {"flow": {"id": flow_id, "version": "1.0"}, "fileName": "mine.yaml"})
    answer = download(api, old)
    assert answer.content.decode() == text
    assert "mine.yaml" in answer.headers["content-disposition"]


def test_several_flows_are_an_archive(api: Client) -> None:
    texts = [text_of("Twin"), text_of("Twin")]
    ids = [job(api, text)["flow"]["id"] for text in texts]
    asked = [{"flow": {"id": each}, "fileName": "same.yaml", "exportType": "Yaml"} for each in ids]
    answer = download(api, export(api, *asked))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["same.yaml", "same (2).yaml"]
        assert [archive.read(name).decode() for name in archive.namelist()] == texts


def test_export_of_what_is_not_there(api: Client) -> None:
    polled = export(api, {"flow": {"id": str(uuid.uuid4())}})
    assert polled["status"] == "Failure"
    assert "could not find the flow with" in polled["messages"][0]["text"].replace("flow ", "flow with ")
    assert "downloadUrl" not in polled
    flow_id = job(api, text_of())["flow"]["id"]
    architect = export(api, {"flow": {"id": flow_id}, "exportType": "Architect"})
    assert architect["status"] == "Failure"
    assert "Yaml" in architect["messages"][0]["text"]


def publishable(path: Path) -> str | None:
    """The text of a public flow that has no errors; its placeholders get their names as values."""
    text = PLACEHOLDER.sub(r"\1", path.read_text(encoding="utf-8"))
    file = {"archy": "flow.yaml", "export": "flow.i3"}[form_of(text)]
    flow = load_flow(text, file=file)
    if any(each.severity == "error" for each in lint(text, file=file).reports):
        return None
    try:
        compile_flow(flow)
    except DocumentErrors:
        return None
    return text


def test_prompts_are_needed_and_tracked(api: Client) -> None:
    name = f"Hold_{uuid.uuid4().hex[:8]}"
    text = text_of().replace("{tts: Hello there}", f"{{prompt: Prompt.{name}}}")
    system = "- playAudio: {name: Wait, audio: {prompt: PromptSystem.processing}}"
    quoted = "- playAudio: {name: Say, audio: {exp: 'ToAudioTTS(\"a prompt.now\")'}}"
    indent = "\n" + " " * 10
    text = text.replace("- disconnect:", f"{system}{indent}{quoted}{indent}- disconnect:")
    failed = job(api, text)
    assert (failed["status"], name in failed["messages"][0]["text"]) == ("Failure", True)
    prompt = api.post("/api/v2/architect/prompts", {"name": name}).ok()
    done = job(api, text)
    assert done["status"] == "Success", done
    path = "/api/v2/architect/dependencytracking/consumedresources"
    query = {"id": done["flow"]["id"], "version": "1.0", "objectType": "INBOUNDCALLFLOW"}
    found = api.get(path, **query).ok()["entities"]
    assert [(each["type"], each["id"]) for each in found] == [("USERPROMPT", prompt["id"])]


@needs_corpus
@pytest.mark.slow
def test_public_flows_are_published_and_exported_again(api: Client, server: Server) -> None:
    published = 0
    for path in [*FLOWS, *EXPORTS]:
        text = publishable(path)
        if text is None:
            continue
        flow = load_flow(text, file="flow")
        wanted = [
            (code, name) for code, name, _, _ in named_in(flow) if code in REFERRED and code not in OPEN
        ]
        seed_all(server.url, [(REFERRED[code].kind, name, api_type(flow.type)) for code, name in wanted])
        done = job(api, text)
        assert done["status"] == "Success", (path.name, done["messages"][:3])
        polled = export(api, {"flow": {"id": done["flow"]["id"]}, "exportType": "Yaml"})
        exported = download(api, polled).content.decode()
        again = load_flow(exported, file="again.yaml")
        assert list(differences(meaning(flow), meaning(again))) == [], path.name
        assert form_of(text) == "export" or exported == text
        published += 1
    assert published >= 155, published
