"""Run the platform's tests on PostgreSQL: `make test-postgres`.

Uses the server that RINGBACK_TEST_POSTGRES names; without it, starts one of its own from the system's
packages (installing them where that is allowed) in a temporary folder, on a loopback port, and removes it
afterwards.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "RINGBACK_TEST_POSTGRES"
STARTS_WITHIN = 30.0


def programs() -> Path:
    """The folder of PostgreSQL's server programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [
        Path(path).resolve() for path in [shutil.which("initdb")] if path
    ]
    if not found:
        install()
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        sys.exit(f"PostgreSQL is not installed: install the package postgresql, or set {VARIABLE}")
    return found[-1].parent


def install() -> None:
    """Install Debian's package, where this user may."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (root and not shutil.which("sudo")):
        return
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "postgresql"]):
        subprocess.run([*root, *command], env=quiet, check=False, stdout=subprocess.DEVNULL)


def account() -> dict[str, int]:
    """PostgreSQL refuses to run as root; then it runs as the user that its package made."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid}


@contextmanager
def running() -> Iterator[str]:
    """A server of our own, for as long as the block lasts; gives its URL."""
    folder, who = programs(), account()
    base = Path(tempfile.mkdtemp(prefix="ringback-postgres-"))
    if who:
        os.chown(base, who["user"], who["group"])
    data = base / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    setup = [folder / "initdb", "-D", data, "-U", "ringback", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    subprocess.run(setup, check=True, stdout=subprocess.DEVNULL, cwd=base, **who)
    options = ["-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", base, "-c", "max_connections=200"]
    with (base / "log").open("wb") as log:
        server = subprocess.Popen([folder / "postgres", *options], stdout=log, stderr=log, cwd=base, **who)
    try:
        wait(port, server)
        yield f"postgresql://ringback@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(base, ignore_errors=True)


def wait(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=0.5):
                return
        except OSError:
            time.sleep(0.05)
    sys.exit("PostgreSQL did not start")


def run(url: str) -> int:
    paths = [] if any(Path(part).exists() for part in sys.argv[1:]) else ["tests/platform", "tests/cloud"]
    command = [sys.executable, "-m", "pytest", *paths, *sys.argv[1:]]
    return subprocess.run(command, env=os.environ | {VARIABLE: url}, check=False).returncode


def main() -> int:
    if given := os.environ.get(VARIABLE):
        return run(given)
    with running() as url:
        return run(url)


if __name__ == "__main__":
    sys.exit(main())
