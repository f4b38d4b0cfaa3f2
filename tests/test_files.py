"""Reading and writing files that a user names: every failure is a message with what to do."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from ringback.core.errors import UsageError
from ringback.files import read_text, write_text

# content -> message after the file's name, hint
WRONG: list[tuple[bytes, str, str]] = [
    (
        b"name: T\nsay: caf\xe9\n",
        " cannot be read: it is no UTF-8 text: the byte 0xe9 in line 2, column 9",
        "save it as UTF-8; it is perhaps Latin-1 or Windows-1252",
    ),
    (
        "a: ü".encode("utf-16"),
        " cannot be read: it is no UTF-8 text: the byte 0xff in line 1, column 1",
        "save it as UTF-8; it is UTF-16",
    ),
    (b"x" * 101, " has 101 bytes; the limit document_size is 100", ""),
]


@pytest.mark.parametrize(("content", "message", "hint"), WRONG, ids=["latin-1", "utf-16", "large"])
def test_what_is_no_text(tmp_path: Path, content: bytes, message: str, hint: str) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_text(file, most=100)
    assert (caught.value.message, caught.value.hint) == (f"{file}{message}", hint)


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("gone", "there is no file {}", "check the path"),
        (".", "{} cannot be read: it is a folder", "name a file in it"),
        ("a\0b", "{} cannot be read: embedded null byte", ""),
    ],
)
def test_what_is_no_file(tmp_path: Path, name: str, message: str, hint: str) -> None:
    path = tmp_path / name
    with pytest.raises(UsageError) as caught:
        read_text(path)
    assert (caught.value.message, caught.value.hint) == (message.format(path), hint)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text("x", encoding="utf-8")
    file.chmod(0)
    with pytest.raises(UsageError, match="cannot be read: Permission denied"):
        read_text(file)


def test_a_device_without_end_is_read_as_far_as_the_limit() -> None:
    with pytest.raises(
        UsageError, match=r"/dev/zero has 8,388,609 bytes; the limit document_size is 8,388,608"
    ):
        read_text("/dev/zero")


def test_a_pipe_is_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("a\r\nb",))
    writer.start()
    assert read_text(pipe) == "a\nb"
    writer.join()


def test_text_comes_without_mark_and_goes_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_text(str(file)) == "a\nb\nc\n"
    write_text(file, "a\r\nü")
    assert file.read_bytes() == b"a\r\n\xc3\xbc"


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        write_text(tmp_path / "gone" / "f", "x")
    assert caught.value.message == f"{tmp_path}/gone/f cannot be written: No such file or directory"
