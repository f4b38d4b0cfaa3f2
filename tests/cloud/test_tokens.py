"""One login for threads, clients and processes; the token's file; renewal; refusal."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from ringback.cloud import (
    Cloud,
    Limits,
    NotAuthenticated,
    RateLimited,
    ServerFailed,
    UnreadableAnswer,
    VirtualClock,
)
from ringback.cloud.tokens import TokenFile, token_folder
from tests.cloud.servers import CLIENT, SECRET, Platform, Reply, client, refusal

ME = "/api/v2/organizations/me"
LOGIN = "POST", "/oauth/token"


def test_one_login_for_twenty_threads(server: Platform, cloud: Cloud) -> None:
    server.login_takes = 0.05
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: cloud.get(ME), range(40)))
    assert [answer.status for answer in answers] == [200] * 40
    assert len(server.tokens) == 1
    assert {seen.headers["authorization"] for seen in server.calls(ME)} == {"Bearer token-number-1"}


def test_twenty_threads_that_are_refused_together_log_in_once(server: Platform, cloud: Cloud) -> None:
    cloud.get(ME)
    server.refused.add("token-number-1")
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda _: cloud.get(ME), range(20)))
    assert len(server.tokens) == 2


def test_the_file_is_private_and_holds_no_secret(server: Platform, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "tokens"
    with client(server, tokens=folder) as cloud:
        cloud.get(ME)
    (path,) = folder.glob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(part not in path.name + path.read_text() for part in (SECRET, CLIENT))
    assert json.loads(path.read_text())["value"] == "token-number-1"
    assert [name for name in folder.iterdir() if name.suffix == ".new"] == []
    with client(server, tokens=folder) as another:
        another.get(ME)
    assert len(server.tokens) == 1


def test_the_files_folder(tmp_path: Path) -> None:
    assert token_folder({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "ringback" / "tokens"
    assert token_folder({}) == Path.home() / ".cache" / "ringback" / "tokens"
    assert token_folder({"XDG_CACHE_HOME": "relative"}) == Path.home() / ".cache" / "ringback" / "tokens"


@pytest.mark.parametrize("spoil", ["open", "garbage", "empty", "shape"])
def test_a_file_that_is_not_to_be_trusted(server: Platform, tmp_path: Path, spoil: str) -> None:
    with client(server, tokens=tmp_path) as cloud:
        cloud.get(ME)
    (path,) = tmp_path.glob("*.json")
    texts = {"garbage": "{", "empty": "", "shape": '{"value": 1}'}
    if spoil == "open":
        path.chmod(0o644)
    else:
        path.write_text(texts[spoil])
    with client(server, tokens=tmp_path) as cloud:
        cloud.get(ME)
    assert len(server.tokens) == 2
    assert path.stat().st_mode & 0o777 == 0o600


def test_where_no_file_can_be_kept(server: Platform, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with client(server, tokens=blocked / "tokens") as cloud:
        cloud.get(ME)
        cloud.get(ME)
    assert len(server.tokens) == 1


def test_another_organisation_or_client_has_another_file(tmp_path: Path) -> None:
    paths = {
        TokenFile(tmp_path, login, client_id=client_id).path
        for login in ("https://login.a", "https://login.b")
        for client_id in ("1", "2")
    }
    assert len(paths) == 4


PROGRAM = """
import sys
from pathlib import Path
from ringback.cloud import connect
url, client, secret, folder = sys.argv[1:]
cloud = connect(base_url=url, client_id=client, client_secret=secret, tokens=Path(folder))
sys.stdin.readline()
print(cloud.get("/api/v2/organizations/me").status)
"""


def test_one_login_for_two_processes(server: Platform, tmp_path: Path) -> None:
    server.login_takes = 0.3
    arguments = [sys.executable, "-c", PROGRAM, server.url, CLIENT, SECRET, str(tmp_path)]
    both = [
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[0] for process in both] == ["200\n", "200\n"]
    assert len(server.tokens) == 1


@pytest.mark.parametrize(("expires_in", "kept"), [(300, 240.0), (86_399, 86_339.0), (40, 20.0)])
def test_renewed_a_minute_early(
    server: Platform, cloud: Cloud, clock: VirtualClock, expires_in: int, kept: float
) -> None:
    server.expires_in = expires_in
    cloud.get(ME)
    clock.sleep(kept - 0.5)
    cloud.get(ME)
    assert len(server.tokens) == 1
    clock.sleep(0.5)
    cloud.get(ME)
    assert len(server.tokens) == 2


def test_a_refused_token_is_renewed_once(server: Platform, cloud: Cloud, clock: VirtualClock) -> None:
    cloud.get(ME)
    server.refused.add("token-number-1")
    answer = cloud.post("/api/v2/flows/jobs", {"a": 1})
    assert (answer.status, answer.tries) == (200, 2)
    assert [seen.headers["authorization"] for seen in server.calls("/api/v2/flows/jobs")] == [
        "Bearer token-number-1",
        "Bearer token-number-2",
    ]
    server.refused |= {f"token-number-{number}" for number in range(2, 9)}
    with pytest.raises(NotAuthenticated) as caught:
        cloud.get(ME)
    assert len(server.tokens) == 3
    # The next login would not help: there is none for a minute.
    for _ in range(5):
        with pytest.raises(NotAuthenticated):
            cloud.get(ME)
    assert len(server.tokens) == 3
    clock.sleep(60)
    with pytest.raises(NotAuthenticated):
        cloud.get(ME)
    assert len(server.tokens) == 4
    assert "does not accept the token of the arguments of connect" in caught.value.hint


def test_the_time_of_a_call_is_that_of_both_tokens(
    server: Platform, cloud: Cloud, clock: VirtualClock
) -> None:
    cloud.get(ME)
    busy, no = refusal(429, retry_after=200), refusal(401, "bad.credentials")
    server.script["GET", ME] = [busy, no, busy]
    with pytest.raises(RateLimited) as caught:
        cloud.get(ME)
    assert clock.slept == [200], "a second wait would go over 300 seconds"
    assert "the limit cloud_retry_time is 300 s" in caught.value.hint


def test_a_refused_token_in_the_file_is_replaced(server: Platform, tmp_path: Path) -> None:
    with client(server, tokens=tmp_path) as cloud:
        cloud.get(ME)
    server.refused.add("token-number-1")
    for _ in range(2):
        with client(server, tokens=tmp_path) as cloud:
            cloud.get(ME)
    assert len(server.tokens) == 2


def test_a_given_token_needs_no_login(server: Platform) -> None:
    with client(server, client_id="", client_secret="", access_token="given") as cloud:
        cloud.get(ME)
        assert server.calls(ME)[0].headers["authorization"] == "Bearer given"
        server.refused.add("given")
        with pytest.raises(NotAuthenticated) as caught:
            cloud.get(ME)
    assert server.tokens == []
    assert len(server.calls(ME)) == 2
    assert caught.value.message == (
        f"GET {server.url}{ME}: 401 bad.credentials: Invalid login credentials. "
        "[ININ-Correlation-Id correlation-401]"
    )


def test_a_given_token_is_replaced_when_we_can_log_in(server: Platform) -> None:
    server.refused.add("given")
    with client(server, access_token="given") as cloud:
        assert cloud.get(ME).status == 200
    assert server.tokens == ["token-number-1"]


def test_a_wrong_secret(server: Platform) -> None:
    with client(server, client_secret="wrong-secret") as cloud, pytest.raises(NotAuthenticated) as caught:
        cloud.get(ME)
    assert caught.value.message == f"POST {server.url}/oauth/token: 401 invalid_client: client not found"
    assert caught.value.hint == (
        "the login refused the arguments of connect: check the client id, its secret and the region"
    )


BUSY = Reply(400, {"error": "invalid_request", "error_description": "rate limit exceeded; too many tokens"})


def test_a_busy_login_is_waited_for(server: Platform, cloud: Cloud, clock: VirtualClock) -> None:
    asked = Reply(BUSY.status, BUSY.body, {"Retry-After": "7"})
    server.script[LOGIN] = [BUSY, asked, refusal(429, retry_after=5), refusal(503)]
    assert cloud.get(ME).status == 200
    assert clock.slept[1:3] == [7.0, 5.0]
    assert 0.75 <= clock.slept[0] <= 1.25
    assert len(server.tokens) == 1


def test_a_busy_login_to_the_end(server: Platform, cloud: Cloud) -> None:
    server.script[LOGIN] = [BUSY] * 20
    with pytest.raises(RateLimited, match=r"400 invalid_request: rate limit exceeded.* after 8 tries"):
        cloud.get(ME)
    assert len(server.calls("/oauth/token")) == 8


def test_another_400_of_the_login_is_none_to_wait_for(
    server: Platform, cloud: Cloud, clock: VirtualClock
) -> None:
    server.script[LOGIN] = [Reply(400, {"error": "invalid_client", "description": "bad"})]
    with pytest.raises(NotAuthenticated, match="400 invalid_client: bad"):
        cloud.get(ME)
    assert clock.slept == []


def test_a_login_that_is_down(server: Platform, cloud: Cloud) -> None:
    server.script[LOGIN] = [refusal(503)] * 20
    with pytest.raises(ServerFailed, match="after 8 tries"):
        cloud.get(ME)


@pytest.mark.parametrize("body", [b'{"access_token":"half-a-tok', {}, [], b"<html>"])
def test_a_login_without_a_token(server: Platform, cloud: Cloud, body: Any) -> None:
    server.script[LOGIN] = [Reply(200, body)]
    with pytest.raises(UnreadableAnswer) as caught:
        cloud.get(ME)
    assert caught.value.hint == "the login's answer holds no token"
    assert "half-a-tok" not in repr(caught.value.exchange) + str(caught.value)


def test_a_lock_that_is_never_released_is_not_waited_for_long(server: Platform, tmp_path: Path) -> None:
    lock = TokenFile(tmp_path, server.url, client_id=CLIENT).path.with_suffix(".lock")
    with FileLock(lock), client(server, tokens=tmp_path, limits=Limits(cloud_login_wait=0.1)) as cloud:
        assert cloud.get(ME).status == 200
    assert len(server.tokens) == 1
