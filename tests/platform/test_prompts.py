"""User prompts and their resources."""

from __future__ import annotations

import io
import struct
import wave
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.platform.audio import describe, first_file
from tests.platform.client import Client
from tests.platform.conftest import Server

PROMPTS = "/api/v2/architect/prompts"
NOBODY = "00000000-0000-4000-8000-000000000000"


def wav(seconds: float = 0.5, rate: int = 8000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(b"\x01\r\n\x00" * int(seconds * rate / 2))
    return file.getvalue()


def made(api: Client, name: str, **resource: Any) -> tuple[str, dict[str, Any]]:
    uri = str(api.post(PROMPTS, {"name": name}).ok()["selfUri"])
    return uri, api.post(f"{uri}/resources", {"language": "en-us", **resource}).ok()


def names(answer: dict[str, Any]) -> list[str]:
    return [each["name"] for each in answer["entities"]]


class TestPrompts:
    def test_life(self, api: Client) -> None:
        prompt = api.post(PROMPTS, {"name": "Greeting", "description": "hello"}).ok()
        assert (prompt["resources"], prompt["division"]["name"]) == ([], "Home")
        assert api.get(prompt["selfUri"]).ok() == prompt
        api.post(PROMPTS, {"name": "GREETING"}).refused(409)
        changed = api.put(prompt["selfUri"], {"name": "Farewell"}).ok()
        assert (changed["name"], changed["description"]) == ("Farewell", "")
        assert api.delete(prompt["selfUri"]).status == 204
        api.get(prompt["selfUri"]).refused(404)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"name": "list one"}, ["List one"]),
            ({"name": "list*"}, ["List one", "List two"]),
            ({"name": ["list one", "list two"]}, ["List one", "List two"]),
            ({"name": "list*", "sortOrder": "desc"}, ["List two", "List one"]),
            ({"name": "*o*", "description": "second"}, ["List two"]),
            ({"nameOrDescription": "sec*"}, ["List two"]),
        ],
    )
    def test_filters(self, api: Client, query: dict[str, Any], found: list[str]) -> None:
        for name, text in (("List one", "first"), ("List two", "second")):
            api.post(PROMPTS, {"name": name, "description": text})
        assert names(api.get(PROMPTS, **query).ok()) == found

    def test_several_are_deleted_at_once_or_none(self, api: Client) -> None:
        ids = [api.post(PROMPTS, {"name": f"Batch {number}"}).ok()["id"] for number in (1, 2)]
        api.delete(PROMPTS, id=f"{ids[0]},{NOBODY}").refused(404)
        assert api.get(f"{PROMPTS}/{ids[0]}").status == 200
        operation = api.delete(PROMPTS, id=",".join(ids)).ok()
        assert (operation["complete"], operation["actionStatus"]) == (True, "SUCCESS")
        assert api.get(PROMPTS, name="batch*").ok()["total"] == 0

    def test_history(self, api: Client) -> None:
        uri, _ = made(api, "Historic", ttsString="hello")
        api.put(uri, {"name": "Historic!"})
        operation = api.post(f"{uri}/history").ok()
        history = api.get(f"{uri}/history/{operation['id']}").ok()
        assert [each["action"] for each in history["entities"]] == ["UPDATE", "CREATE", "CREATE"]
        assert history["entities"][1]["resource"] == "en-us"
        assert (history["id"], history["total"], history["complete"]) == (operation["id"], 3, True)
        assert api.get(f"{uri}/history/{operation['id']}", action="UPDATE").ok()["total"] == 1
        api.get(f"{uri}/history/{NOBODY}").refused(404)


class TestResources:
    def test_text_to_speech(self, api: Client) -> None:
        uri, resource = made(api, "Spoken", ttsString="Hello", text="Hello", languageDefault=True)
        assert (resource["id"], resource["language"], resource["uploadStatus"]) == (
            "en-us",
            "en-us",
            "created",
        )
        assert (resource["ttsString"], resource["languageDefault"]) == ("Hello", True)
        api.post(f"{uri}/resources", {"language": "EN-US"}).refused(409)
        api.post(f"{uri}/resources", {"language": " "}).refused(400)
        api.post(f"{uri}/resources", {"language": "de-de", "ttsString": "Hallo"}).ok()
        changed = api.put(f"{uri}/resources/en-us", {"ttsString": "Hi"}).ok()
        assert (changed["ttsString"], "text" in changed, changed["languageDefault"]) == ("Hi", False, False)
        languages = [each["language"] for each in api.get(uri).ok()["resources"]]
        assert languages == ["de-de", "en-us"]
        assert len(api.get(uri, language="de-de").ok()["resources"]) == 1
        assert "resources" not in api.get(uri, includeResources="false").ok()
        assert api.get(f"{uri}/resources").ok()["total"] == 2
        assert api.delete(f"{uri}/resources/en-us").status == 204
        api.get(f"{uri}/resources/en-us").refused(404)

    def test_audio(self, api: Client) -> None:
        uri, resource = made(api, "Recorded")
        upload = api.post(f"{uri}/resources/en-us/uploads").ok()
        answer = api.send("PUT", upload["url"], content=wav(), headers=upload["headers"])
        assert answer.status == 200
        after = api.get(resource["selfUri"]).ok()
        assert (after["uploadStatus"], after["durationSeconds"]) == ("transcoded", 0.5)
        form = {"channels": 1, "bitsPerSample": 16, "sampleRate": 8000, "encoding": "PCM"}
        assert after["audioFormat"] == form
        fetched = api.get(after["mediaUri"])
        assert (fetched.content, fetched.headers["content-type"]) == (wav(), "audio/wav")
        assert "mediaUri" not in api.get(uri, includeMediaUris="false").ok()["resources"][0]
        assert api.delete(f"{resource['selfUri']}/audio").status == 204
        gone = api.get(resource["selfUri"]).ok()
        assert (gone["uploadStatus"], "mediaUri" in gone, "durationSeconds" in gone) == (
            "created",
            False,
            False,
        )
        api.get(after["mediaUri"]).refused(404)

    def test_audio_in_a_form_without_a_token(self, api: Client, server: Server) -> None:
        _, resource = made(api, "Form")
        body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + wav()
        with Client(server.origin) as anyone:
            answer = anyone.send(
                "POST",
                resource["uploadUri"],
                content=body + b"\r\n--x--\r\n",
                headers={"content-type": "multipart/form-data; boundary=x"},
            )
            assert answer.status == 200
            anyone.send("POST", resource["uploadUri"], content=b"x").refused(400)
        after = api.get(resource["selfUri"]).ok()
        assert api.get(after["mediaUri"]).content == wav()

    def test_what_is_no_audio(self, api: Client) -> None:
        _, resource = made(api, "Noise")
        assert api.send("PUT", resource["uploadUri"], content=b"MP3").status == 200
        after = api.get(resource["selfUri"]).ok()
        assert (after["uploadStatus"], "mediaUri" in after) == ("transcodeFailed", False)


@given(st.binary(max_size=80), st.integers(0, 80))
def test_any_bytes_are_described_or_not(tail: bytes, kept: int) -> None:
    found = describe(wav(0.01)[:kept] + tail)
    assert found is None or found["durationSeconds"] >= 0


@pytest.mark.parametrize(("code", "encoding"), [(1, "PCM"), (6, "ALAW"), (7, "ULAW"), (3, None)])
def test_encodings(code: int, encoding: str | None) -> None:
    form = struct.pack("<HHIIHH", code, 1, 8000, 8000, 1, 8)
    chunks = b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", 4000) + b"\0" * 4000
    found = describe(b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks)
    assert (found or {}).get("audioFormat", {}).get("encoding") == encoding
    assert found is None or found["durationSeconds"] == 0.5


@given(st.binary().filter(lambda content: b"--x" not in content))
def test_a_form_gives_its_file_byte_by_byte(content: bytes) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    whole = head + content + b"\r\n--x--\r\n"
    assert first_file(whole, "multipart/form-data; boundary=x") == content


@pytest.mark.parametrize(
    "media", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=y"]
)
def test_what_is_no_form(media: str) -> None:
    assert first_file(b"--x\r\n\r\nnothing\r\n--x--", media) is None
