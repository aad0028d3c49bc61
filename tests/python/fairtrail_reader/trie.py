"""The map under the index: hashing, proofs, changes (`trie.md`)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Optional, Union

from . import cbor
from .blake3 import blake3
from .refused import Refused, require
from .schema import is_integer, require_rising

KEYS = 8192
STEPS = 257
ITEMS = 8_388_608
BITS = 256
# The longest item: an array of two, a number up to 256, a byte string of 32 bytes.
ITEM_BYTES = 1 + 3 + 2 + 32
EMPTY_VALUE = blake3(b"\0")

# A walk goes through three functions for each node, and nodes lie up to 256 deep.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 8 * BITS))

Claim = tuple[bytes, Optional[bytes]]


class Label(NamedTuple):
    """So many bits from the root; later bits are zero."""

    length: int
    bits: int

    def hash(self) -> bytes:
        return _label_hash(self.length, self.bits)

    def covers(self, key: int) -> bool:
        """The key begins with this label."""
        return prefix(key, self.length).bits == self.bits


@lru_cache(maxsize=1 << 16)
def _label_hash(length: int, bits: int) -> bytes:
    return blake3(length.to_bytes(4, "big") + bits.to_bytes(32, "big"))


def prefix(key: int, length: int) -> Label:
    """The first `length` bits of a key."""
    rest = BITS - length
    return Label(length, key >> rest << rest)


def bit(key: int, index: int) -> int:
    """Bit 0 is the most significant one."""
    return key >> (BITS - 1 - index) & 1


ROOT_LABEL = Label(0, 0)
EMPTY_LABEL = blake3((0).to_bytes(4, "big") + b"\1" * 32)
NO_KEYS = blake3(EMPTY_VALUE + ROOT_LABEL.hash())


class Empty(NamedTuple):
    """A side of the root without keys."""

    def hash(self) -> bytes:
        return EMPTY_NODE


class Closed(NamedTuple):
    """A node known by its hash alone."""

    node: bytes

    def hash(self) -> bytes:
        return self.node


class Known(NamedTuple):
    """A node known by label and value: a leaf, or an inner node that stays closed."""

    label: Label
    value: bytes

    def hash(self) -> bytes:
        return blake3(self.value + self.label.hash())


class Inner(NamedTuple):
    """An opened inner node, or the root."""

    label: Label
    left: Any
    right: Any

    def hash(self) -> bytes:
        value = blake3(self.left.hash() + self.right.hash())
        return blake3(value + self.label.hash())


Node = Union[Empty, Closed, Known, Inner]
# The label goes in twice: its value is a hash over it already.
EMPTY_NODE = blake3(blake3(EMPTY_VALUE + EMPTY_LABEL) + EMPTY_LABEL)
NOTHING = Inner(ROOT_LABEL, Empty(), Empty())


def root_of(tree: Inner) -> bytes:
    """The root; that of no keys is a hash of its own."""
    if isinstance(tree.left, Empty) and isinstance(tree.right, Empty):
        return NO_KEYS
    return tree.hash()


def put(node: Node, key: int, value: bytes) -> Node:
    """The node with the value under the key."""
    if isinstance(node, Empty):
        return Known(prefix(key, BITS), value)
    if isinstance(node, Closed):
        raise Refused("trie-node-closed")
    if not node.label.covers(key):
        return _join(node, Known(prefix(key, BITS), value), key)
    if isinstance(node, Known):
        require(node.label.length == BITS, "trie-node-closed")
        return Known(node.label, value)
    if bit(key, node.label.length):
        return Inner(node.label, node.left, put(node.right, key, value))
    return Inner(node.label, put(node.left, key, value), node.right)


def _join(node: Union[Known, Inner], leaf: Known, key: int) -> Inner:
    """A node above both, its label the common prefix."""
    length = BITS - (node.label.bits ^ key).bit_length()
    children = (node, leaf) if bit(key, length) else (leaf, node)
    return Inner(prefix(key, length), *children)


def change(tree: Inner, changes: Sequence[tuple[bytes, bytes]]) -> Inner:
    """The tree with these values, keys rising."""
    require_rising([key for key, _ in changes])
    for key, value in changes:
        tree = _put_in_root(tree, int.from_bytes(key, "big"), value)
    return tree


def _put_in_root(tree: Inner, key: int, value: bytes) -> Inner:
    if bit(key, 0):
        return Inner(ROOT_LABEL, tree.left, put(tree.right, key, value))
    return Inner(ROOT_LABEL, put(tree.left, key, value), tree.right)


def build(pairs: dict[bytes, bytes]) -> Inner:
    """The tree of a set."""
    return change(NOTHING, sorted(pairs.items()))


class Proof(NamedTuple):
    """A shape, and the hashes of what stays closed."""

    shape: list[Any]
    hashes: list[bytes]


def read_proof(data: bytes, keys: int) -> Proof:
    """The bytes of a proof for so many keys."""
    require(keys <= KEYS, "too-large", "keys")
    longest = keys * STEPS * (ITEM_BYTES + 32) + 32
    require(len(data) <= longest, "too-large", "bytes")
    item = cbor.decode(data, null=True, items=ITEMS)
    shaped = isinstance(item, dict) and list(item) == [1, 2]
    require(shaped and isinstance(item[1], list) and isinstance(item[2], bytes), "schema-mismatch")
    require(len(item[2]) % 32 == 0, "schema-mismatch", "hashes")
    shape = [_read_item(one) for one in item[1]]
    hashes = [item[2][at : at + 32] for at in range(0, len(item[2]), 32)]
    require(max(len(shape), len(hashes)) <= keys * STEPS, "too-large", "steps")
    return Proof(shape, hashes)


def _read_item(item: Any) -> Any:
    """A length, a label, or nothing."""
    if item is None:
        return None
    if isinstance(item, list):
        require(len(item) == 2 and isinstance(item[1], bytes), "schema-mismatch", "label")
        length = _read_length(item[0])
        require(len(item[1]) == (length + 7) // 8, "schema-mismatch", "bytes of a label")
        bits = int.from_bytes(item[1].ljust(32, b"\0"), "big")
        require(prefix(bits, length).bits == bits, "schema-mismatch", "spare bits")
        return Label(length, bits)
    return _read_length(item)


def _read_length(item: Any) -> int:
    require(is_integer(item) and item >= 0, "schema-mismatch", "length of a label")
    require(1 <= item <= BITS, "integer-out-of-range", "length of a label")
    return item


class _Walk:
    """Follows a proof with the claims, all of which it meets on its way."""

    def __init__(self, proof: Proof) -> None:
        self.shape, self.hashes = list(reversed(proof.shape)), list(reversed(proof.hashes))

    def hash(self) -> bytes:
        require(bool(self.hashes), "proof-incomplete", "hashes")
        return self.hashes.pop()

    def sides(self, claims: list[Claim], label: Label) -> Inner:
        halves: tuple[list[Claim], list[Claim]] = ([], [])
        for claim in claims:
            halves[bit(int.from_bytes(claim[0], "big"), label.length)].append(claim)
        left = self.side(halves[0], label, 0)
        return Inner(label, left, self.side(halves[1], label, 1))

    def side(self, claims: list[Claim], parent: Label, side: int) -> Node:
        if claims:
            return self.node(claims, parent, side)
        closed = self.hash()
        if closed == EMPTY_NODE:
            require(parent == ROOT_LABEL, "trie-shape-invalid", "empty side")
            return Empty()
        return Closed(closed)

    def node(self, claims: list[Claim], parent: Label, side: int) -> Node:
        require(bool(self.shape), "proof-incomplete", "items")
        item, lowest = self.shape.pop(), int.from_bytes(claims[0][0], "big")
        if item is None:
            require(parent == ROOT_LABEL, "trie-shape-invalid", "empty side")
            require(all(value is None for _, value in claims), "trie-claim-mismatch")
            return Empty()
        label = item if isinstance(item, Label) else prefix(lowest, item)
        below = label.length > parent.length and parent.covers(label.bits)
        require(below and bit(label.bits, parent.length) == side, "trie-shape-invalid", "label")
        spelt = isinstance(item, Label) and label.covers(lowest)
        require(not spelt, "trie-shape-invalid", "spelt out")
        within = [claim for claim in claims if label.covers(int.from_bytes(claim[0], "big"))]
        outside = [claim for claim in claims if claim not in within]
        require(all(value is None for _, value in outside), "trie-claim-mismatch")
        if not within:
            return Known(label, self.hash())
        if label.length == BITS:
            value = within[0][1]
            if value is None:
                raise Refused("trie-claim-mismatch")
            return Known(label, value)
        return self.sides(within, label)


def verify(root: bytes, claims: Sequence[Claim], data: bytes) -> Inner:
    """What the proof opens of the trie with this root."""
    require(bool(claims), "proof-incomplete", "no key")
    require_rising([key for key, _ in claims])
    proof = read_proof(data, len(claims))
    if root == NO_KEYS:
        require(all(value is None for _, value in claims), "trie-claim-mismatch")
        require(not proof.shape and not proof.hashes, "trie-shape-invalid")
        return NOTHING
    walk = _Walk(proof)
    tree = walk.sides(list(claims), ROOT_LABEL)
    empty = isinstance(tree.left, Empty) and isinstance(tree.right, Empty)
    require(not empty, "trie-shape-invalid", "two empty sides")
    require(not walk.shape and not walk.hashes, "trie-shape-invalid", "left over")
    require(tree.hash() == root, "root-mismatch")
    return tree
