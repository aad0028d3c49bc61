"""The suite `trie`: sets, proofs, changes, and bytes of proofs that are only read."""

from __future__ import annotations

from typing import Optional

from fairtrail_reader import trie
from fairtrail_reader.vector import Vector

from .entries import same


def _pairs(case: Vector, name: str) -> list[tuple[bytes, Optional[bytes]]]:
    pairs = []
    for line in case.all(name):
        key, value = line.split(" ")
        pairs.append((bytes.fromhex(key), None if value == "null" else bytes.fromhex(value)))
    return pairs


def judge_trie(case: Vector) -> str:
    if case.has("keys"):
        trie.read_proof(case.hex("proof"), int(case.one("keys")))
        return "ok"
    if not case.has("proof"):
        pairs = {key: value or b"" for key, value in _pairs(case, "pair")}
        same(trie.root_of(trie.build(pairs)), case.hex("root"), "root")
        return "ok"
    opened = trie.verify(case.hex("root"), _pairs(case, "claim"), case.hex("proof"))
    if case.has("change"):
        changes = [(key, value or b"") for key, value in _pairs(case, "change")]
        found = trie.root_of(trie.change(opened, changes))
        if case.has("changed"):
            same(found, case.hex("changed"), "changed root")
    return "ok"


JUDGES = {"trie": judge_trie}
