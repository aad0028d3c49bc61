"""Proof that a log's key signed two histories (`follow.md` section 7)."""

from __future__ import annotations

from . import merkle
from .log import Checkpoint, hash_of, number, open_checkpoint
from .note import Key
from .refused import require

TITLE = "fairtrail/split-view/v1"
MALFORMED = "fraud-malformed"


def _head(text: str) -> tuple[int, int, bytes, list[bytes]]:
    """Bytes of both notes, prefix, path."""
    lines = text.split("\n")
    require(len(lines) >= 3 and lines[0] == TITLE, MALFORMED, "title")
    words = lines[1].split(" ")
    require(len(words) == 3 and words[0] == "notes", MALFORMED, "notes")
    prefix = _behind("prefix ", lines[2])
    path = [_behind("path ", line) for line in lines[3:]]
    return number(words[1], MALFORMED), number(words[2], MALFORMED), prefix, path


def _behind(word: str, line: str) -> bytes:
    require(line.startswith(word), MALFORMED, line)
    return hash_of(line[len(word) :], MALFORMED)


def verify_split_view(data: bytes, key: Key) -> tuple[Checkpoint, Checkpoint]:
    """The older and the newer checkpoint, which tell two histories."""
    head, gap, notes = data.partition(b"\n\n")
    require(gap != b"" and head.isascii(), MALFORMED, "empty line")
    first, second, prefix, path = _head(head.decode())
    require(first + second == len(notes), MALFORMED, "length")
    older, newer = open_checkpoint(notes[:first], key), open_checkpoint(notes[first:], key)
    require(older.size <= newer.size, "proof-invalid", "sizes")
    if older.size == newer.size:
        require(not path and prefix == newer.root, "proof-invalid", "path")
    else:
        merkle.require_consistency(older.size, prefix, newer.size, newer.root, path)
    require(prefix != older.root, "proof-invalid", "one history")
    return older, newer
