"""The suites `index`, `bundle` and `repair`."""

from __future__ import annotations

from typing import Optional, Union

from fairtrail_reader import cbor, index, opening, trie
from fairtrail_reader.completeness import verify_bundle
from fairtrail_reader.entry import read_entry
from fairtrail_reader.forms import read_written, written
from fairtrail_reader.log import read_checkpoint
from fairtrail_reader.note import Note, read_vkey
from fairtrail_reader.policy import read_policy
from fairtrail_reader.update import Checker
from fairtrail_reader.vector import Vector

from .entries import same


def judge_list(case: Vector) -> str:
    entries = [read_entry(raw) for raw in case.all_hex("entry")]
    at_hand = {entry.id: [entry] for entry in entries}
    head, proved = index.read_head(case.hex("head")), [int(case.one("count")), case.hex("chain")]
    index.verify_list(index.read_list(case.hex("list")), case.one("subject"), head, proved, at_hand)
    return "ok"


def judge_answer(case: Vector) -> str:
    text = case.hex("checkpoint")
    checkpoint = read_checkpoint(Note(text, text.decode(), []))
    index.verify_answer(case.hex("answer"), checkpoint, case.all_hex("path"))
    return "ok"


def judge_update(case: Vector) -> str:
    """All but the last hold."""
    *earlier, last = case.all_hex("update")
    checker = Checker(case.one("origin"))
    for update in earlier:
        checker.check(update)
    try:
        checker.check(last)
    finally:
        same(checker.tree.size, checker.head.size if checker.head else 0, "size")
    return "ok"


def judge_index(case: Vector) -> str:
    if case.has("list"):
        return judge_list(case)
    if case.has("answer"):
        return judge_answer(case)
    if case.has("update"):
        return judge_update(case)
    readers = {
        "posting": index.read_posting,
        "class-map": index.read_class_map,
        "head": index.read_head,
    }
    (name,) = [name for name in readers if case.has(name)]
    data = case.hex(name)
    readers[name](data)
    same(cbor.encode(cbor.decode(data)), data, "encoding")
    return "ok"


def judge_bundle(case: Vector) -> str:
    network = read_written("network", case.one("network"))
    logs, indexes = (read_policy("\n".join(case.all(key)).encode()) for key in ("log", "index"))
    verify_bundle(case.hex("bundle"), network, logs, indexes)
    return "ok"


def judge_repair(case: Vector) -> str:
    key = read_vkey(case.one("key"))
    opened = opening.verify_opening(case.hex("opening"), key, case.all_hex("asked"))
    if case.expect != "ok":
        return "ok"
    same(str(opened.head.size), case.one("size"), "size")
    same([_said(feed) for feed in opened.found], case.all("feed"), "feeds")
    if case.has("lacks") and opened.feeds is not None:
        pairs = [line.split(" ") for line in case.all("own")]
        own = trie.build({bytes.fromhex(key): bytes.fromhex(value) for key, value in pairs})
        found = [_lacking(*lack) for lack in opening.lacks(opened.feeds, own)]
        same(found or ["nothing"], case.all("lacks"), "what lacks")
    return "ok"


def _said(feed: Optional[opening.Feed]) -> str:
    if feed is None:
        return "none"
    ends = [written("entry", end) for end in feed.ends()]
    return " ".join([written("author", feed.author), *ends])


def _lacking(what: str, where: Union[bytes, trie.Label]) -> str:
    if isinstance(where, trie.Label):
        return f"{what} {where.length} {where.bits.to_bytes(32, 'big').hex()}"
    return f"{what} {where.hex()}"


JUDGES = {"bundle": judge_bundle, "index": judge_index, "repair": judge_repair}
