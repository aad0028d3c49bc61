"""Proof that an index head does not follow from its own log (`index.md` section 9)."""

from __future__ import annotations

from typing import Any, Optional

from . import cbor, index, merkle
from .entry import Entry, read_entry
from .evidence import step_of
from .feed import Step, read_value, walk
from .log import Checkpoint
from .refused import require
from .schema import Field, any_bytes, bytes32, items, optional, require_rising, structure, uint
from .update import UPDATE, Checker, from_lowest_fork

FIELDS = {
    1: Field(any_bytes),
    2: Field(uint()),
    3: optional(items(bytes32)),
    4: optional(items(bytes32)),
    5: optional(items(bytes32)),
    6: Field(any_bytes),
    7: optional(items(any_bytes)),
}


def verify(fields: dict[int, Any], checkpoint: Checkpoint) -> None:
    """It is fraud if all is shown to be the log's and the head made of it is another."""
    update = structure(cbor.decode(fields[6], null=True, items=index.LARGE), UPDATE)
    place, size, root = fields[2], checkpoint.size, checkpoint.root
    leaf = merkle.leaf_hash(update[2])
    merkle.require_inclusion(leaf, place, size, fields.get(3, []), root)
    require((update[1] is None) == (place == 0), "index-previous")
    origin = checkpoint.origin[: -len("/index/1")]
    checker = Checker(origin)
    if update[1] is not None:
        before = merkle.leaf_hash(update[1])
        merkle.require_inclusion(before, place - 1, size, fields.get(4, []), root)
        checker = _checker(origin, index.read_head(update[1]), fields.get(5, []))
    checker.forked = _forked([read_entry(raw) for raw in fields.get(7, [])], update)
    rebuilt = checker.rebuild(fields[6])
    made = index.read_head(rebuilt.made)
    same_log = (made.size, made.log_root) == (rebuilt.stated.size, rebuilt.stated.log_root)
    require(same_log, "proof-invalid", "the leaves are not shown to be the log's")
    require(rebuilt.made != rebuilt.stated.raw, "proof-invalid", "the head follows")


def _checker(origin: str, head: index.Head, subtrees: list[bytes]) -> Checker:
    tree = merkle.frontier_of(head.size, subtrees)
    require(tree.root() == head.log_root, "root-mismatch", "hashes of the tree")
    return Checker(origin, head, tree)


def _forked(entries: list[Entry], update: dict[int, Any]) -> dict[bytes, list[Step]]:
    """What is kept of every touched feed that was forked: it amounts to the value proved for it."""
    require_rising([(entry.author, entry.seq, entry.id) for entry in entries])
    feeds: dict[bytes, list[Entry]] = {}
    for entry in entries:
        feeds.setdefault(entry.author, []).append(entry)
    authors = {read_entry(raw).author for raw in update[3]}
    values = dict(zip(sorted(authors, key=index.feed_key), update[6]))
    wanted = {author for author, raw in values.items() if _is_forked(raw)}
    require(set(feeds) == wanted, "fork-evidence", "the touched feeds that were forked")
    return {author: _kept(feed, values[author]) for author, feed in feeds.items()}


def _is_forked(raw: Optional[bytes]) -> bool:
    return raw is not None and read_value(raw).fork is not None


def _kept(entries: list[Entry], raw: Optional[bytes]) -> list[Step]:
    steps: dict[bytes, Step] = {}
    for entry in entries:
        before = steps.get(entry.prev or b"")
        sets = not steps and entry.sets_key
        require(sets or before is not None, "fork-evidence", "a gap")
        steps[entry.id] = step_of(entry, before.key_state if before else entry.id)
    walked = walk(steps.values())
    require(walked.value() == raw, "fork-evidence", "another value")
    return from_lowest_fork(walked, steps.values())
