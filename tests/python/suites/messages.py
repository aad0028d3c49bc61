"""The suites `fraud`, `peers` and `wire`."""

from __future__ import annotations

import json
from typing import Any

from fairtrail_reader import accusation, fork, log, merkle, note, peers, policy, wire
from fairtrail_reader.forms import read_base64, read_written, written
from fairtrail_reader.vector import Vector

from .entries import same

PEERS = {
    "ask": peers.read_ask,
    "told": peers.read_told,
    "pull": peers.read_pull,
    "head": peers.read_head,
}


def judge_fraud(case: Vector) -> str:
    found = fork.verify_fork(case.hex("file"))
    if case.expect == "ok":
        first, second = found.entries
        same(written("author", found.author), case.one("author"), "author")
        same(written("network", first.network), case.one("network"), "network")
        same(str(first.seq), case.one("seq"), "seq")
        same(written("entry", found.before.id), case.one("prev"), "prev")
        ids = [written("entry", entry.id) for entry in found.entries]
        same(ids, case.all("entry"), "entries")
    return "ok"


def judge_fraud_logs(case: Vector) -> str:
    keys = [note.read_vkey(text) for text in case.all("key")]
    network = read_written("network", case.one("network")) if case.has("network") else None
    lines = "\n".join(case.all("policy")).encode()
    trusted = policy.read_policy(lines) if lines else None
    known = accusation.Known(keys, network, trusted)
    kind, accused = accusation.verify_accusation(case.hex("file"), known)
    if case.expect == "ok":
        same((kind, accused), (case.one("kind"), case.one("accused")), "what is proved")
    return "ok"


def judge_peers(case: Vector) -> str:
    (name,) = [name for name in PEERS if case.has(name)]
    PEERS[name](case.hex(name))
    return "ok"


def judge_wire(case: Vector) -> str:
    if case.has("vkey"):
        return _judge_receipt(case)
    if case.has("json"):
        problem = json.loads(case.one("json"))
        same(problem["reason"] in peers.reason_codes(), True, "reason")
        same(problem["type"].rsplit("/", 1)[1], problem["reason"], "type")
        return "ok"
    readers = {"batch": wire.read_batch, "draft": wire.read_draft, "parts": wire.read_parts_page}
    (name,) = [name for name in readers if case.has(name)]
    readers[name](case.hex(name))
    return "ok"


def _judge_receipt(case: Vector) -> str:
    """The ids are those sent, in order, and the promise covers each of them."""
    receipt: dict[str, Any] = json.loads(case.one("json"))
    key, batch = note.read_vkey(case.one("vkey")), wire.read_batch(case.hex("batch"))
    same([one["id"] for one in receipt["entries"]], [written("entry", e.id) for e in batch], "ids")
    for stated, entry in zip(receipt["entries"], batch):
        path = [read_base64(text) or b"" for text in stated["path"]]
        leaf, position = merkle.leaf_hash(entry.raw), stated["position"]
        promise = receipt["promise"].encode()
        index = log.read_promise(promise, key, leaf, position, path)
        same(index, stated["leaf_index"], "leaf index")
    return "ok"


JUDGES = {"fraud": judge_fraud, "fraud-logs": judge_fraud_logs, "peers": judge_peers, "wire": judge_wire}
