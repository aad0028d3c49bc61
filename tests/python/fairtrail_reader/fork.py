"""Proof that an author's keys signed two entries for one place (`fraud.md` section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from . import network
from .entry import Entry, read_entry
from .forms import read_base64, read_written
from .refused import Refused, require

TITLE = "fairtrail/feed-fork/v1"
MALFORMED = "fraud-malformed"
LARGEST = 16_777_216
ORDER = ("key", "path", "fork")


@dataclass(frozen=True)
class Fork:
    """Who forked, and with which entries."""

    author: bytes
    before: Entry
    entries: tuple[Entry, Entry]


@dataclass
class _Key:
    """The signing key and the rotation key committed to."""

    signing: bytes
    next: bytes


def _rows(data: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The author, and word and bytes of each line."""
    require(len(data) <= LARGEST, "too-large")
    require(data.isascii() and data.endswith(b"\n"), MALFORMED, "final line feed")
    lines = data.decode()[:-1].split("\n")
    require(len(lines) >= 2 and lines[0] == TITLE, MALFORMED, "title")
    word, _, name = lines[1].partition(" ")
    author = read_written("author", name)
    if word != "feed" or author is None:
        raise Refused(MALFORMED, "author")
    return author, [_row(line) for line in lines[2:]]


def _row(line: str) -> tuple[str, bytes]:
    word, _, encoded = line.partition(" ")
    raw = read_base64(encoded)
    if word not in ORDER or raw is None or not raw:
        raise Refused(MALFORMED, "line")
    return word, raw


def _require_form(rows: list[tuple[str, bytes]]) -> None:
    words = [word for word, _ in rows]
    require(words == sorted(words, key=ORDER.index), MALFORMED, "order of lines")
    require("key" in words and words.count("fork") == 2, MALFORMED, "number of lines")


def verify_fork(data: bytes) -> Fork:
    """Every step of `fraud.md` section 3, in order."""
    author, rows = _rows(data)
    _require_form(rows)
    read = [(word, _entry(raw)) for word, raw in rows]
    first, second = (entry for word, entry in read if word == "fork")
    require(first.id <= second.id, MALFORMED, "order of the two")
    keys = [entry for word, entry in read if word == "key"]
    path = [entry for word, entry in read if word == "path"]
    begin = keys[0]
    require(begin.kind == "author.begin" and begin.id == author, "prev-mismatch", "first entry")
    begin.enrol_and_verify()
    key = _Key(begin.kid, begin.claim[1])
    for before, after in zip(keys, keys[1:]):
        key = _rotate(begin, before, after, key)
    last = keys[-1]
    for entry in path:
        _follow(begin, last, entry, key)
        require(not entry.sets_key, MALFORMED, "a rotation in the path")
        last = entry
    for entry in (first, second):
        _follow(begin, last, entry, key)
    require(first.id != second.id, "proof-invalid", "one entry")
    return Fork(author, last, (first, second))


def _entry(raw: bytes) -> Entry:
    """Bytes that are no entry are no line of the form."""
    try:
        return read_entry(raw)
    except Refused as refused:
        raise Refused(MALFORMED, str(refused)) from refused


def _require_place(begin: Entry, entry: Entry) -> None:
    require(entry.author == begin.id and entry.seq > 0, "prev-mismatch", "feed")
    require(entry.network == begin.network, "network-mismatch")


def _rotate(begin: Entry, before: Entry, entry: Entry, key: _Key) -> _Key:
    require(entry.kind == "author.rotate", "prev-mismatch", "no rotation")
    _require_place(begin, entry)
    require(entry.seq > before.seq, "prev-mismatch", "order of keys")
    _require_rotation(entry, key)
    return _Key(entry.claim[2], entry.claim[1])


def _require_rotation(entry: Entry, key: _Key) -> None:
    require(network.next_digest(entry.kid) == key.next, "rotation-mismatch")
    entry.enrol_and_verify()


def _follow(begin: Entry, before: Entry, entry: Entry, key: _Key) -> None:
    _require_place(begin, entry)
    follows = entry.prev == before.id and entry.seq == before.seq + 1
    require(follows, "prev-mismatch", "does not follow")
    if entry.kind == "author.rotate":
        _require_rotation(entry, key)
    else:
        require(entry.kid == key.signing, "key-mismatch")
        entry.verify()
