"""Signed notes, their keys and cosignatures (`log.md` sections 3 and 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Optional

from . import ed25519
from .forms import read_base64
from .merkle import sha256
from .refused import Refused, require

NOTE_BYTES = 65_536
SIGNATURES = 32
KEY_NAME_BYTES = 255
STAMP = (1 << 63) - 1
PLAIN, COSIGNATURE = 1, 4
DASH = "\u2014 "
VKEY = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)\Z")


@dataclass(frozen=True)
class Key:
    """A verifier key: name, type and public key; its id is computed."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)[:4]


def read_vkey(text: str) -> Key:
    """`name+id+base64(type ‖ key)`."""
    match = VKEY.match(text)
    raw = read_base64(match.group(3)) if match else None
    if match is None or raw is None or len(raw) != 33 or raw[0] not in (PLAIN, COSIGNATURE):
        raise Refused("vkey-malformed", text)
    key = Key(match.group(1), raw[0], raw[1:])
    require(_is_name(key.name) and key.id.hex() == match.group(2), "vkey-malformed", "key id")
    ed25519.enrol(key.public)
    return key


def _is_name(name: str) -> bool:
    plain = not any(c.isspace() or c == "+" or ord(c) < 32 for c in name)
    return 0 < len(name.encode()) <= KEY_NAME_BYTES and plain


@dataclass(frozen=True)
class Line:
    """A signature line."""

    name: str
    id: bytes
    signature: bytes
    written: str


def read_line(text: str) -> Line:
    """`— name base64(id ‖ signature)`."""
    name, space, encoded = text[len(DASH) :].partition(" ")
    raw = read_base64(encoded)
    shaped = text.startswith(DASH) and space == " " and _is_name(name)
    if not shaped or raw is None or len(raw) < 5:
        raise Refused("note-malformed", "signature line")
    return Line(name, raw[:4], raw[4:], text)


@dataclass(frozen=True)
class Note:
    """A text and signature lines, none of which was verified."""

    raw: bytes
    text: str
    lines: list[Line]

    def open(self, keys: Iterable[Key]) -> dict[Key, Optional[int]]:
        """The keys whose lines verified, cosigners with their stamp."""
        trusted = {(key.name, key.id): key for key in keys}
        found: dict[Key, Optional[int]] = {}
        for line in self.lines:
            key = trusted.get((line.name, line.id))
            if key is not None:
                found[key] = verify_line(key, line, self.text)
        require(bool(found), "signature-missing")
        return found


def verify_line(key: Key, line: Line, text: str) -> Optional[int]:
    """The stamp of a cosignature; nothing of a plain signature."""
    if key.kind == PLAIN:
        holds = ed25519.verifies(key.public, text.encode(), line.signature)
        require(holds, "signature-invalid")
        return None
    require(len(line.signature) == 72, "cosignature-invalid", "length")
    stamp = int.from_bytes(line.signature[:8], "big")
    require(stamp <= STAMP, "cosignature-invalid", "stamp")
    message = f"cosignature/v1\ntime {stamp}\n{text}".encode()
    holds = ed25519.verifies(key.public, message, line.signature[8:])
    require(holds, "cosignature-invalid")
    return stamp


def _decoded(data: bytes) -> str:
    require(len(data) <= NOTE_BYTES, "too-large")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("note-malformed", "not UTF-8") from error
    controls = any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 for c in text)
    require(not controls, "note-malformed", "control character")
    return text


def read_lines(block: str) -> list[Line]:
    """Signature lines, each ended by a line feed."""
    require(block.endswith("\n"), "note-malformed", "no signature lines")
    rows = block[:-1].split("\n")
    require(len(rows) <= SIGNATURES, "too-large", "signature lines")
    lines = [read_line(row) for row in rows]
    names = {(line.name, line.id) for line in lines}
    require(len(names) == len(lines), "note-malformed", "two lines of one key")
    return lines


def read_note(data: bytes) -> Note:
    """Text and signatures, parted by the last empty line."""
    text, gap, block = _decoded(data).rpartition("\n\n")
    require(gap == "\n\n" and text != "", "note-malformed", "no empty line")
    return Note(data, text + "\n", read_lines(block))


def read_cosignature(data: bytes, key: Key, text: str) -> int:
    """The stamp of the witness asked, from an answer of signature lines."""
    found = [line for line in read_lines(_decoded(data)) if (line.name, line.id) == (key.name, key.id)]
    require(bool(found), "signature-missing")
    stamp = verify_line(key, found[0], text)
    return stamp if stamp is not None else 0
