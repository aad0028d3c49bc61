"""Checkpoints, promises, proof files, archive lists and what a witness is asked (`log.md`, `witness.md`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import merkle
from .cbor import INTEGER
from .forms import read_base64
from .note import Key, Note, read_note
from .refused import Refused, require

ORIGIN = re.compile(
    r"(?P<log>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[1-9][0-9]{0,4})?"
    r"/[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?/e[1-9][0-9]*)(?P<index>/index/[1-9][0-9]*)?\Z"
)
ORIGIN_BYTES = 128
NUMBER = re.compile(r"(0|[1-9][0-9]*)\Z")
PROMISE_HEADER = "fairtrail/promise/v1"
PROOF_HEADER = "c2sp.org/tlog-proof@v1"


def is_origin(text: str) -> bool:
    """Of a log or an index."""
    match = ORIGIN.match(text)
    return match is not None and len(match.group("log").encode()) <= ORIGIN_BYTES


def is_log_origin(text: str) -> bool:
    """Of a log, not of its index."""
    return is_origin(text) and "/index/" not in text


def number(text: str, code: str, limit: int = INTEGER) -> int:
    """ASCII decimal without sign and leading zeros."""
    require(NUMBER.match(text) is not None, code, "number")
    value = int(text)
    require(value <= limit, "integer-out-of-range", text)
    return value


def hash_of(text: str, code: str) -> bytes:
    """32 bytes of base64."""
    raw = read_base64(text)
    if raw is None or len(raw) != 32:
        raise Refused(code, "hash")
    return raw


@dataclass(frozen=True)
class Checkpoint:
    """Origin, size and root, and the note they stand in."""

    note: Note
    origin: str
    size: int
    root: bytes


def read_checkpoint(note: Note) -> Checkpoint:
    """The text of a note as a checkpoint."""
    lines = note.text.split("\n")
    malformed = "checkpoint-malformed"
    require(len(lines) == 4 and lines[3] == "", malformed, "lines")
    require(is_origin(lines[0]), malformed, "origin")
    size, root = number(lines[1], malformed), hash_of(lines[2], malformed)
    require(size > 0 or root == merkle.EMPTY, malformed, "root of an empty tree")
    return Checkpoint(note, lines[0], size, root)


def open_checkpoint(data: bytes, key: Key) -> Checkpoint:
    """A checkpoint signed by the log's key, whose name is the origin."""
    note = read_note(data)
    note.open([key])
    checkpoint = read_checkpoint(note)
    require(checkpoint.origin == key.name, "origin-mismatch")
    return checkpoint


@dataclass(frozen=True)
class Promise:
    """What was promised about a batch."""

    origin: str
    first: int
    count: int
    root: bytes
    include_by: int

    def require_covers(self, leaf: bytes, position: int, path: list[bytes]) -> None:
        """The leaf hash stands at this position of the batch."""
        require(position < self.count, "promise-invalid", "position")
        merkle.require_inclusion(leaf, position, self.count, path, self.root)


def promise_of(note: Note, key: Key) -> Promise:
    """The text of a note that the key has signed."""
    lines = note.text.split("\n")
    invalid = "promise-invalid"
    require(len(lines) == 7 and lines[0] == PROMISE_HEADER, invalid, "lines")
    require(is_log_origin(lines[1]), invalid, "origin")
    first, count = number(lines[2], invalid), number(lines[3], invalid)
    require(1 <= count <= 65_536, invalid, "count")
    root, include_by = hash_of(lines[4], invalid), number(lines[5], invalid)
    require(lines[1] + "/promise" == key.name, "origin-mismatch")
    return Promise(lines[1], first, count, root, include_by)


def read_promise(data: bytes, key: Key, leaf: bytes, position: int, path: list[bytes]) -> int:
    """The leaf index an entry was promised."""
    note = read_note(data)
    note.open([key])
    promise = promise_of(note, key)
    promise.require_covers(leaf, position, path)
    return promise.first + position


@dataclass(frozen=True)
class ProofFile:
    """A proof file before anything of it was verified."""

    index: int
    path: list[bytes]
    note: Note


def read_proof_file(data: bytes) -> ProofFile:
    """Header, extra data, index, path, an empty line, the note."""
    invalid = "proof-invalid"
    head, gap, note = data.partition(b"\n\n")
    require(gap != b"", invalid, "no note")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Refused(invalid, "not ASCII") from error
    require(lines.pop(0) == PROOF_HEADER, invalid, "header")
    if lines and lines[0].startswith("extra "):
        extra = read_base64(lines.pop(0)[6:])
        require(extra is not None and 0 < len(extra) <= 16_384, invalid, "extra")
    require(bool(lines) and lines[0].startswith("index "), invalid, "index")
    index = number(lines.pop(0)[6:], invalid, INTEGER - 1)
    require(len(lines) <= 53, invalid, "hashes")
    return ProofFile(index, [hash_of(line, invalid) for line in lines], read_note(note))


def read_archive_list(data: bytes) -> list[tuple[int, bytes]]:
    """Sizes and digests of archived notes."""
    malformed = "archive-malformed"
    if not data:
        return []
    require(data.endswith(b"\n") and data.isascii(), malformed, "line feed")
    notes = []
    for line in data.decode()[:-1].split("\n"):
        size, _, digest = line.partition(" ")
        notes.append((number(size, malformed), hash_of(digest, malformed)))
    rising = all(a < b for (a, _), (b, _) in zip(notes, notes[1:]))
    require(rising and notes[0][0] > 0 and len(notes) <= 262_144, malformed, "sizes")
    return notes


@dataclass(frozen=True)
class Asked:
    """What a witness is asked to cosign."""

    old: int
    hashes: list[bytes]
    checkpoint: Checkpoint


def read_add_checkpoint(data: bytes) -> Asked:
    """`old <size>`, hashes, an empty line, the checkpoint (`witness.md` section 5)."""
    malformed = "request-malformed"
    require(len(data) <= 16_384, "too-large")
    head, gap, note = data.partition(b"\n\n")
    require(gap != b"" and head.isascii(), malformed, "empty line")
    lines = head.decode().split("\n")
    require(lines[0].startswith("old "), malformed, "old size")
    old = number(lines[0][4:], malformed)
    require(len(lines) <= 64, malformed, "hashes")
    hashes = [hash_of(line, malformed) for line in lines[1:]]
    return Asked(old, hashes, read_checkpoint(read_note(note)))
