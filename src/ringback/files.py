"""Reading and writing the files that a user names: bounded, and with errors that say what to do."""

from __future__ import annotations

import codecs
import errno
from pathlib import Path

from ringback.core.errors import UsageError
from ringback.documents.limits import DEFAULT

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: str | Path, *, most: int = DEFAULT.document_size) -> str:
    """The text of a file, without the mark that some editors put before it.

    Args:
        path: the file; a pipe or a device is read as far as the limit goes.
        most: bytes that it may have; the limit `document_size`.

    Raises:
        UsageError: it is missing, unreadable, no UTF-8, or larger than `most`.
    """
    data = _bytes(Path(path), most)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} cannot be read: {_place(data, error.start)}", hint=_saved_as(data)
        ) from None


def write_text(path: str | Path, text: str) -> None:
    """Write a file, line ends as they are.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        Path(path).write_bytes(text.encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def read_exact(path: str | Path, *, most: int = DEFAULT.document_size) -> str:
    """The text of a file character by character, line ends and byte order mark included.

    Raises:
        UsageError: as for `read_text`.
    """
    data = _bytes(Path(path), most)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} cannot be read: {_place(data, error.start)}", hint=_saved_as(data)
        ) from None


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
        if len(data) <= most:
            return data
        size = max(path.stat().st_size, len(data))
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}", hint="check the path") from None
    except (OSError, ValueError) as error:
        folder = isinstance(error, OSError) and error.errno == errno.EISDIR
        reason = "it is a folder" if folder else getattr(error, "strerror", None) or str(error)
        hint = "name a file in it" if folder else ""
        raise UsageError(f"{path} cannot be read: {reason}", hint=hint) from None
    raise UsageError(f"{path} has {size:,} bytes; the limit document_size is {most:,}")


def _place(data: bytes, offset: int) -> str:
    before = data[:offset].decode("utf-8", "replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"it is no UTF-8 text: the byte 0x{data[offset]:02x} in line {line}, column {column}"


def _saved_as(data: bytes) -> str:
    other = "UTF-16" if data.startswith(_UTF_16) else "perhaps Latin-1 or Windows-1252"
    return f"save it as UTF-8; it is {other}"
