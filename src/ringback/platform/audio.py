"""What an uploaded prompt is: WAV, its format and how long it plays."""

from __future__ import annotations

import struct
from email.message import Message
from email.parser import BytesParser
from typing import Any

_ENCODINGS = {1: "PCM", 6: "ALAW", 7: "ULAW"}
_HEADER = 12


def describe(content: bytes) -> dict[str, Any] | None:
    """`audioFormat` and `durationSeconds` of a WAV file; None for anything else."""
    if content[:4] != b"RIFF" or content[8:_HEADER] != b"WAVE":
        return None
    at, form, length = _HEADER, None, 0
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        if name == b"fmt " and size >= 16 and at + 24 <= len(content):
            form = struct.unpack_from("<HHIIHH", content, at + 8)
        elif name == b"data":
            length = min(size, len(content) - at - 8)
        at += 8 + size + size % 2
    if form is None or form[0] not in _ENCODINGS or not form[3]:
        return None
    code, channels, rate, bytes_per_second, _, bits = form
    return {
        "audioFormat": {
            "channels": channels,
            "bitsPerSample": bits,
            "sampleRate": rate,
            "encoding": _ENCODINGS[code],
        },
        "durationSeconds": round(length / bytes_per_second, 3),
    }


def first_file(content: bytes, content_type: str) -> bytes | None:
    """The first file of a multipart form, None when there is none."""
    whole = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode("latin-1") + content)
    parts = whole.get_payload() if whole.is_multipart() else []
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, Message) and part.get_filename() is not None:
            payload = part.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else None
    return None
