"""The feeds trie of one log, opened for another, and compared (`repair.md` section 4, `trie.md` section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Optional, Union

from . import cbor, contexts, trie
from .blake3 import derive
from .feed import FeedValue, read_value
from .index import Head, claims_of, feed_key, feed_value, read_head, require_last_leaf
from .log import open_checkpoint
from .note import Key
from .refused import require
from .schema import Field, any_bytes, bytes32, items, optional, pair, present, structure

KEYS, TIPS, BYTES = 16, 1_024, 256 * 1_024
_found = pair(bytes32, any_bytes, items(bytes32, TIPS, least=0))
OPENING = {
    1: Field(any_bytes),
    2: Field(any_bytes),
    3: Field(items(bytes32, least=0)),
    4: present(items(lambda item: None if item is None else _found(item))),
    5: optional(any_bytes),
}


class Feed(NamedTuple):
    """A feed as another log has it."""

    author: bytes
    value: FeedValue
    tips: list[bytes]

    def ends(self) -> list[bytes]:
        """From these every other entry of the feed is reached by `prev`."""
        fork = self.value.fork
        if fork is None:
            return [self.value.head]
        if self.tips:
            return self.tips
        _, lowest, last, _ = fork
        return sorted({lowest[1], lowest[2], last[1], last[2], self.value.head})


@dataclass(frozen=True)
class Opened:
    """What an answer shows: for each key a feed, or that there is none."""

    head: Head
    found: list[Optional[Feed]]
    feeds: Optional[trie.Inner]


def verify_opening(data: bytes, key: Key, asked: list[bytes]) -> Opened:
    """The answer about these keys, signed by the key of the index."""
    require(len(data) <= BYTES, "too-large")
    fields = structure(cbor.decode(data, null=True), OPENING)
    checkpoint = open_checkpoint(fields[1], key)
    require_last_leaf(fields[2], checkpoint, fields[3])
    head = read_head(fields[2])
    require(checkpoint.origin == head.origin + "/index/1", "origin-mismatch")
    found: list[Any] = fields.get(4, [])
    require(len(found) == len(asked) <= KEYS, "index-count")
    proof = fields.get(5)
    require(proof is not None or not asked, "proof-incomplete", "no proof")
    feeds = None
    if proof is not None:
        values = [None if one is None else one[1] for one in found]
        feeds = trie.verify(head.feeds, claims_of(asked, values, feed_value), proof)
    return Opened(head, [_feed(at, one) for at, one in zip(asked, found)], feeds)


def _feed(key: bytes, found: Optional[list[Any]]) -> Optional[Feed]:
    """A feed whose value is proved to stand under the key."""
    if found is None:
        return None
    author, raw, tips = found
    require(feed_key(author) == key, "trie-claim-mismatch", "author")
    value = read_value(raw)
    digest = derive(contexts.FORK_TIPS, cbor.encode(tips))
    told = None if value.fork is None else value.fork[3]
    require(not tips or digest == told, "fork-evidence", "tips")
    return Feed(author, value, tips)


Lack = tuple[str, Union[bytes, trie.Label]]


def lacks(opened: trie.Inner, own: trie.Inner) -> list[Lack]:
    """Where the other trie, as far as it is opened, has what the own one does not have so."""
    return _below(opened.left, trie.Label(1, 0), own) + _below(opened.right, RIGHT, own)


RIGHT = trie.Label(1, 1 << (trie.BITS - 1))


def _below(node: trie.Node, place: trie.Label, own: trie.Inner) -> list[Lack]:
    if isinstance(node, trie.Empty):
        return []
    if isinstance(node, trie.Closed):
        return _closed(place, node.hash(), own)
    if isinstance(node, trie.Known):
        if node.label.length < trie.BITS:
            return _closed(node.label, node.hash(), own)
        here = _at_or_below(own, node.label)
        same = isinstance(here, trie.Known) and here.value == node.value
        return [] if same else [("leaf", node.label.bits.to_bytes(32, "big"))]
    length = node.label.length + 1
    right = trie.Label(length, node.label.bits | 1 << (trie.BITS - length))
    return _below(node.left, trie.Label(length, node.label.bits), own) + _below(node.right, right, own)


def _closed(place: trie.Label, node: bytes, own: trie.Inner) -> list[Lack]:
    """Equal hashes are equal keys and values below."""
    here = _at_or_below(own, place)
    return [] if here is not None and here.hash() == node else [("below", place)]


def _at_or_below(at: trie.Node, place: trie.Label) -> Optional[trie.Node]:
    """The highest node of a whole trie at the place or below it."""
    while isinstance(at, trie.Inner) and at.label.length < place.length:
        at = at.right if trie.bit(place.bits, at.label.length) else at.left
    if isinstance(at, (trie.Empty, trie.Closed)) or at.label.length < place.length:
        return None
    return at if trie.prefix(at.label.bits, place.length) == place else None
