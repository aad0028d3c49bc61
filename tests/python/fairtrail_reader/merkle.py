"""Merkle trees of RFC 6962 with SHA-256 (`log.md` section 3)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from .refused import require


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


EMPTY = sha256(b"")


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\0" + data)


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\1" + left + right)


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    tree = Frontier()
    for one in hashes:
        tree.append(one)
    return tree.root()


class Frontier:
    """The subtrees a growing tree consists of, largest first: enough to go on."""

    def __init__(self) -> None:
        self.size = 0
        self.subtrees: list[bytes] = []

    def append(self, one: bytes) -> None:
        """Adds the hash of a leaf."""
        size = self.size
        while size & 1:
            one = node(self.subtrees.pop(), one)
            size >>= 1
        self.subtrees.append(one)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.subtrees:
            return EMPTY
        value = self.subtrees[-1]
        for left in reversed(self.subtrees[:-1]):
            value = node(left, value)
        return value

    def copy(self) -> "Frontier":
        """A tree that goes on by itself."""
        other = Frontier()
        other.size, other.subtrees = self.size, list(self.subtrees)
        return other


def frontier_of(size: int, subtrees: list[bytes]) -> Frontier:
    """A tree known by its subtrees alone."""
    require(len(subtrees) == bin(size).count("1"), "proof-invalid", "subtrees")
    tree = Frontier()
    tree.size, tree.subtrees = size, list(subtrees)
    return tree


def _sides(index: int, size: int) -> list[bool]:
    """From the leaf up: whether the sibling stands on the right."""
    if size == 1:
        return []
    left = _split(size)
    if index < left:
        return _sides(index, left) + [True]
    return _sides(index - left, size - left) + [False]


def require_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], tree: bytes) -> None:
    """The leaf hash stands at `index` of the tree."""
    require(0 <= index < size, "proof-invalid", "index beyond the tree")
    sides = _sides(index, size)
    require(len(path) == len(sides), "proof-invalid", "length of the path")
    value = leaf
    for right, sibling in zip(sides, path):
        value = node(value, sibling) if right else node(sibling, value)
    require(value == tree, "root-mismatch")


def _consistency(old: int, new: int, whole: bool, path: list[bytes], known: bytes) -> tuple[bytes, bytes]:
    """Old and new root of a subtree; `whole`: the old tree is a subtree, known by its root."""
    if old == new:
        value = known if whole else _pop(path)
        return value, value
    left = _split(new)
    if old <= left:
        before, after = _consistency(old, left, whole, path, known)
        return before, node(after, _pop(path))
    before, after = _consistency(old - left, new - left, False, path, known)
    sibling = _pop(path)
    return node(sibling, before), node(sibling, after)


def _pop(path: list[bytes]) -> bytes:
    require(len(path) > 0, "proof-invalid", "a hash is missing")
    return path.pop(0)


def require_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]) -> None:
    """The tree of `new` leaves begins with that of `old`."""
    require(0 < old <= new, "proof-invalid", "sizes")
    rest = list(path)
    before, after = _consistency(old, new, True, rest, old_root)
    require(not rest, "proof-invalid", "a hash too many")
    require(before == old_root and after == new_root, "root-mismatch")
