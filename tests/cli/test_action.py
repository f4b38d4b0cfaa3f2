"""`ringback action run|show|convert` as a user sees it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ringback.cli.action import action
from tests.dataactions.documents import EXPORT, PLAIN, changed
from tests.dataactions.servers import http_server, json_answer

GOOD = {"status": 200, "headers": {}, "body": {"customer": {"name": "Alice", "points": 1500}}}
MOVED = {"status": 200, "headers": {}, "body": {"users": [{"name": "Alice"}]}}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write(tmp_path / "action.json", EXPORT)
    write(tmp_path / "plain.json", PLAIN)
    write(tmp_path / "good.json", GOOD)
    write(tmp_path / "moved.json", MOVED)
    return tmp_path


def write(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(action, [str(argument) for argument in arguments])


def run(files: Path, *arguments: object, document: str = "action.json") -> Result:
    return call("run", files / document, "--input", "phone=+15551234567", *arguments)


def test_a_run_with_a_canned_answer_as_json(files: Path) -> None:
    result = run(files, "--upstream", files / "good.json", "--output-format", "json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["action"] == "Look up customer"
    assert report["status"] == "success"
    assert report["output"] == {"name": "Alice", "points": 1500}
    assert report["lost"] == []
    assert len(report["operations"]) == 13


def test_a_run_as_text_has_a_panel_per_step(files: Path) -> None:
    result = run(files, "--upstream", files / "good.json")
    assert result.exit_code == 0
    titles = [line for line in result.stdout.splitlines() if line.startswith("╭─ ")]
    assert len(titles) == 14
    assert titles[0].startswith("╭─ 1 Check input contract ─")
    assert titles[-1].startswith("╭─ Result ─")
    assert "\x1b" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_the_guilty_step_is_marked(files: Path) -> None:
    result = run(files, "--upstream", files / "moved.json")
    assert result.exit_code == 1
    marked = [line for line in result.stdout.splitlines() if "<< the output went missing here" in line]
    assert len(marked) == 1
    assert marked[0].startswith("╭─ 9 Apply translation map  << the output went missing here")
    flat = " ".join(result.stdout.replace("│", " ").split())
    assert "lost: name: $.customer.name stopped matching after $: it has 'users', no 'customer'" in flat
    assert "Transform failed to process result using 'successTemplate'" in flat
    assert "not run: Parse output, Check output contract, Flatten output" in flat


def test_the_line_of_invalid_json_is_shown(files: Path) -> None:
    document = changed(
        EXPORT, "config.response.successTemplate", '{\n "name": ${name}\n "points": ${points}\n}'
    )
    write(files / "broken.json", document)
    result = run(files, "--upstream", files / "good.json", document="broken.json")
    assert result.exit_code == 1
    assert 'The template produced invalid JSON (line 3: "points": 1500)' in result.stdout


def test_colours_only_on_a_terminal(files: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "ringback", "action", "run", "action.json", "--upstream", "good.json"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [*command, "--input", "phone=1"], cwd=files, stdout=slave, stderr=slave, env=environment
    )
    os.close(slave)
    output = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        output += chunk
    os.close(master)
    assert process.wait(20) == 0
    assert b"\x1b[" in output


def test_answers_cannot_steer_the_terminal(files: Path) -> None:
    write(files / "evil.json", {"body": {"customer": {"name": "\x1b]0;owned\x07\x9b31m", "points": 1}}})
    result = run(files, "--upstream", files / "evil.json")
    assert "\x1b" not in result.stdout
    assert "\x9b" not in result.stdout


def test_a_live_run_against_a_local_server(files: Path) -> None:
    with http_server(json_answer(GOOD["body"])) as server:
        route = f"https://crm.example.com={server.url}"
        result = run(files, "--live", "--route", route, "--output-format", "json")
    assert result.exit_code == 0, result.output
    assert server.requests[0]["path"] == "/api/v1/lookup"
    assert server.requests[0]["body"] == '{"phoneNumber": "+15551234567"}'


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (json_answer({"message": "nobody here"}, 404), "REST call failed with HTTP status 404: nobody here"),
        (json_answer("busy", 503), "REST call failed with HTTP status 503"),
    ],
)
def test_a_live_service_that_refuses_is_exit_code_3(files: Path, answer: Any, message: str) -> None:
    with http_server(answer) as server:
        result = run(
            files, "--live", "--route", f"https://crm.example.com={server.url}", "--output-format", "json"
        )
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["message"] == message


def test_nobody_listens(files: Path) -> None:
    result = run(
        files, "--live", "--route", "https://crm.example.com=http://127.0.0.1:1", "--output-format", "json"
    )
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["errorCode"] == "bad.gateway"


def test_private_hosts_need_permission(files: Path) -> None:
    write(
        files / "inside.json",
        changed(EXPORT, "config.request.requestUrlTemplate", "http://169.254.169.254/x"),
    )
    result = run(files, "--live", "--output-format", "json", document="inside.json")
    assert result.exit_code == 3
    assert "--allow-host 169.254.169.254" in json.loads(result.stdout)["error"]["message"]


FAULTS = [
    ("status:503", 1, "failure"), ("timeout", 1, "timeout"), ("slow:10s", 0, "success"),
    ("reset", 1, "failure"),
    ("truncated", 1, "failure"), ("malformed", 1, "failure"), ("empty", 1, "failure"), ("lost", 1, "failure"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "code", "status"), FAULTS)
def test_faults(files: Path, fault: str, code: int, status: str) -> None:
    result = run(files, "--upstream", files / "good.json", "--fault", fault, "--output-format", "json")
    assert (result.exit_code, json.loads(result.stdout)["status"]) == (code, status)


def test_the_timeout_of_the_step(files: Path) -> None:
    options = (
        "--upstream",
        files / "good.json",
        "--fault",
        "slow:10s",
        "--timeout",
        "5",
        "--output-format",
        "json",
    )
    report = json.loads(run(files, *options).stdout)
    assert (report["status"], report["error"]["status"]) == ("timeout", 408)


def secret_files(files: Path) -> tuple[Path, Path]:
    headers = {"Authorization": "Bearer ${credentials.token}", "X-Custom": "${credentials.token}"}
    document = changed(EXPORT, "config.request.headers", headers)
    credentials = {"credentials": {"token": "tok-secret-1"}, "baseUrl": "https://x.example"}
    return write(files / "secret.json", document), write(files / "credentials.json", credentials)


@pytest.mark.parametrize("output", ["text", "json"])
def test_secrets_are_hidden_unless_revealed(files: Path, output: str) -> None:
    _, credentials = secret_files(files)
    body = {"customer": {"name": "tok-secret-1", "points": 1}}
    write(files / "echo.json", {"status": 200, "headers": {"Set-Cookie": "c00kie"}, "body": body})
    options = ("--upstream", files / "echo.json", "--credentials", credentials, "--output-format", output)
    result = run(files, *options, document="secret.json")
    assert result.exit_code == 0
    assert "tok-secret-1" not in result.output
    assert "c00kie" not in result.output
    assert "***" in result.output
    assert "tok-secret-1" in run(files, *options, "--reveal", document="secret.json").output


def test_record_and_replay(files: Path) -> None:
    _, credentials = secret_files(files)
    cassette = files / "tape.json"
    with http_server(json_answer(GOOD["body"])) as server:
        route = f"https://crm.example.com={server.url}"
        options = ("--credentials", credentials, "--output-format", "json")
        result = run(
            files, "--live", "--route", route, "--record", cassette, *options, document="secret.json"
        )
    assert result.exit_code == 0, result.output
    assert "tok-secret-1" not in cassette.read_text(encoding="utf-8")
    replayed = run(files, "--replay", cassette, *options, document="secret.json")
    assert replayed.exit_code == 0
    assert json.loads(replayed.stdout)["output"] == {"name": "Alice", "points": 1500}
    assert len(server.requests) == 1


def test_inputs_from_a_file_and_by_type(files: Path) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}, "s": {"type": "string"}}}
    document = changed(EXPORT, "contract.input.inputSchema", schema)
    write(files / "typed.json", changed(document, "config.request.requestTemplate", "${input.rawRequest}"))
    inputs = write(files / "inputs.json", {"s": "1", "phone": "2"})
    result = call(
        "run", files / "typed.json", "--input", f"@{inputs}", "--input", "n=5",
        "--upstream", files / "good.json", "--output-format", "json",
    )  # fmt: skip
    assert json.loads(result.stdout)["request"]["body"] == '{"s":"1","phone":"2","n":5}'


def test_a_plain_document(files: Path) -> None:
    body = {"statusCode": 200, "body": {"userName": "John Doe", "userTier": "Gold", "balance": 1500.50}}
    write(files / "upstream.json", {"status": 200, "body": body})
    result = call(
        "run", files / "plain.json", "--input", "userId=12345", "--input", "externalApiKey=k", "--upstream",
        files / "upstream.json", "--output-format", "json",
    )  # fmt: skip
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report["request"]["url"] == "https://api.example.com/user-data?userId=12345"
    assert report["output"] == {"userName": "John Doe"}


def test_policies(files: Path) -> None:
    result = run(
        files,
        "--upstream",
        files / "moved.json",
        "--policy",
        "strict_references=never",
        "--output-format",
        "json",
    )
    report = json.loads(result.stdout)
    assert report["policies"]["strict_references"] == "never"
    assert report["operations"][-1]["name"] == "Parse output"


USAGE: list[tuple[tuple[str, ...], str]] = [
    ((), "nobody answers the request"),
    (("--live", "--upstream", "good.json"), "--upstream and --live both say who answers"),
    (("--upstream", "absent.json"), "there is no file absent.json"),
    (("--upstream", "good.json", "--input", "phone"), "--input 'phone': NAME=VALUE is needed"),
    (("--upstream", "good.json", "--input", "@good.json", "--name", "x"), "holds no data action 'x'"),
    (("--fault", "explode"), "'explode' is no fault"),
    (("--upstream", "good.json", "--policy", "nonsense=1"), "unknown policy 'nonsense'"),
    (
        ("--upstream", "good.json", "--policy", "strict_references=1"),
        "policy 'strict_references' has no choice '1'",
    ),
    (("--upstream", "good.json", "--record", "x.json"), "--record needs --live"),
    (("--upstream", "good.json", "--credentials", "good.json"), "unknown field 'body'"),
    (("--live", "--route", "x=y"), "'x' is no http or https URL"),
    (("--replay", "good.json"), "no cassette of version 1"),
]


@pytest.mark.parametrize(("options", "message"), USAGE)
def test_wrong_usage_is_exit_code_2(
    files: Path, options: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    result = call("run", "action.json", "--input", "phone=1", *options)
    assert result.exit_code == 2, result.output
    assert message in result.stderr


def test_a_bad_document_is_exit_code_1(files: Path) -> None:
    write(files / "bad.json", changed(EXPORT, "config.request.requestType", "FETCH"))
    result = run(files, "--upstream", files / "good.json", document="bad.json")
    assert result.exit_code == 1
    assert "bad.json:8:" in result.stderr
    assert "config.request.requestType must be one of GET" in result.stderr


def test_show(files: Path) -> None:
    result = call("show", files / "action.json")
    assert result.exit_code == 0
    assert result.stdout.startswith("Look up customer\n  custom-rest-actions custom (export document)\n")
    shown = json.loads(call("show", files / "action.json", "--output-format", "json").stdout)
    assert shown["outputs"] == {"name": "str", "points": "int"}


@pytest.mark.parametrize("form", ["export", "terraform", "plain"])
def test_convert(files: Path, form: str) -> None:
    suffix = "tf" if form == "terraform" else "json"
    target = files / f"converted.{suffix}"
    result = call("convert", files / "action.json", "--to", form, "-o", target)
    assert result.exit_code == 0
    shown = json.loads(call("show", target, "--output-format", "json").stdout)
    assert shown["form"] == form
    assert shown["request"]["body"] == EXPORT["config"]["request"]["requestTemplate"]


def test_convert_says_what_is_lost(files: Path) -> None:
    result = call("convert", files / "plain.json", "--to", "export")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["name"] == "Fetch User Data External"
    assert "warning RB190: description: export JSON has no description" in result.stderr


def test_importing_data_actions_opens_no_network_library() -> None:
    heavy = ("httpx", "httpcore", "hcl2", "rich", "click")
    code = f"import sys, ringback.dataactions; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
