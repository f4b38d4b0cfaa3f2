"""The official JavaScript SDK, unchanged, run by node against the local platform on a real socket.

`js/suite.js` goes through the steps once; each is a test here. The package comes from npm, as the lock file
pins it, into `build/`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

from tests.platform.conftest import Server
from tests.platform.sdk.material import BAD_FLOW, FLOW, STEPS, TABLE, action

SUITE = Path(__file__).with_name("js")
PARTS = ("package.json", "package-lock.json")
CACHE = Path(__file__).parents[3] / "build" / "javascript-sdk"
INSTALL_SECONDS, RUN_SECONDS = 300, 120

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("node") and shutil.which("npm")),
        reason="the JavaScript SDK runs in node, which is not installed (apt-get install nodejs npm)",
    ),
]


def installed() -> Path:
    """The folder `node_modules` with what the lock file names; npm runs once for each lock file."""
    pinned = hashlib.sha256(b"".join((SUITE / name).read_bytes() for name in PARTS)).hexdigest()[:16]
    folder = CACHE / pinned
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if not (folder / "ready").exists():
            for name in PARTS:
                shutil.copy(SUITE / name, folder)
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
            )
            assert done.returncode == 0, f"npm could not install the SDK: {done.stderr}"
            (folder / "ready").touch()
    return folder / "node_modules"


@pytest.fixture(scope="module")
def faults(server: Server, upstream: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """Step → what went wrong in it."""
    given = {
        "origin": server.origin,
        "upstream": upstream,
        "flow": FLOW.format(name="{name}"),
        "badFlow": BAD_FLOW.format(name="{name}"),
        "table": TABLE,
        "action": action(upstream, "", ""),
    }
    # A home folder of its own: the SDK would read the developer's configuration.
    home = str(tmp_path_factory.mktemp("home"))
    done = subprocess.run(
        ["node", str(SUITE / "suite.js")],
        input=json.dumps(given),
        env={**os.environ, "NODE_PATH": str(installed()), "HOME": home},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["step"]: line["fault"] for line in lines}


def test_every_step_was_gone_through(faults: dict[str, str | None]) -> None:
    assert list(faults) == list(STEPS)


@pytest.mark.parametrize("step", STEPS)
def test_step(faults: dict[str, str | None], step: str) -> None:
    assert faults[step] is None


def test_the_lock_file_holds_no_addresses() -> None:
    packages = json.loads((SUITE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all(package["integrity"] for name, package in packages.items() if name)
