"""Proofs and bundles made from leaves, so that their reader has something to read and to refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional, Union

from fairtrail_reader import cbor, index, merkle, recompute, trie
from fairtrail_reader.blake3 import blake3
from fairtrail_reader.entry import Entry, read_entry
from fairtrail_reader.feed import read_value
from fairtrail_reader.forms import written


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_path(hashes: Sequence[bytes], place: int) -> list[bytes]:
    """From the leaf's sibling up."""
    if len(hashes) <= 1:
        return []
    left = _split(len(hashes))
    if place < left:
        return [*inclusion_path(hashes[:left], place), merkle.root(hashes[left:])]
    return [*inclusion_path(hashes[left:], place - left), merkle.root(hashes[:left])]


def consistency_path(hashes: Sequence[bytes], old: int, whole: bool = True) -> list[bytes]:
    """From the tree of the first `old` leaves to that of all."""
    if old == len(hashes):
        return [] if whole else [merkle.root(hashes)]
    left = _split(len(hashes))
    if old <= left:
        return [*consistency_path(hashes[:left], old, whole), merkle.root(hashes[left:])]
    return [*consistency_path(hashes[left:], old - left, False), merkle.root(hashes[:left])]


Closed = Union[trie.Empty, trie.Known, trie.Inner]


class _Prover:
    """Walks an open trie as a verifier walks its proof."""

    def __init__(self) -> None:
        self.shape: list[Any] = []
        self.hashes: list[bytes] = []

    def sides(self, tree: trie.Inner, keys: list[int]) -> None:
        for side, child in ((0, tree.left), (1, tree.right)):
            here = [key for key in keys if trie.bit(key, tree.label.length) == side]
            if here:
                self.node(child, here)
            else:
                self.hashes.append(child.hash())

    def node(self, node: Closed, keys: list[int]) -> None:
        if isinstance(node, trie.Empty):
            self.shape.append(None)
            return
        label = node.label
        spelt = label.bits.to_bytes(32, "big")[: (label.length + 7) // 8]
        self.shape.append(label.length if label.covers(keys[0]) else [label.length, spelt])
        within = [key for key in keys if label.covers(key)]
        if isinstance(node, trie.Inner) and within:
            self.sides(node, within)
        elif isinstance(node, trie.Inner):
            self.hashes.append(blake3(node.left.hash() + node.right.hash()))
        elif not within:
            self.hashes.append(node.value)


def prove(tree: trie.Inner, keys: Sequence[bytes]) -> bytes:
    """The one proof of what stands under these keys."""
    prover = _Prover()
    if trie.root_of(tree) != trie.NO_KEYS:
        prover.sides(tree, sorted(int.from_bytes(key, "big") for key in keys))
    return cbor.encode({1: prover.shape, 2: b"".join(prover.hashes)})


@dataclass(frozen=True)
class Source:
    """A log and its index, read whole."""

    leaves: list[bytes]
    heads: list[bytes]
    made: recompute.Recomputed
    index_note: bytes
    notes: list[tuple[int, bytes]]

    def entries(self) -> list[Entry]:
        return [read_entry(leaf) for leaf in self.leaves]


def answer(source: Source, subjects: Sequence[str], authors: Sequence[bytes]) -> bytes:
    """What the index says of these subjects and feeds at its last head."""
    made = source.made
    subjects = sorted(subjects, key=index.subject_key)
    authors = sorted(authors, key=index.feed_key)
    maps = [made.class_map(one) if one in made.lists else None for one in subjects]
    values = [made.feed_value(one) if one in made.feeds else None for one in authors]
    fields = {
        1: source.heads[-1],
        2: subjects,
        3: maps,
        4: prove(made.subjects_trie, [index.subject_key(one) for one in subjects]),
        5: authors,
        6: values,
        7: prove(made.feeds_trie, [index.feed_key(one) for one in authors]),
    }
    return cbor.encode(fields)


def _list_order(item: tuple[tuple[str, str], Any]) -> tuple[str, bytes]:
    (subject, name), _ = item
    return subject, cbor.encode(name)


class Chosen:
    """The entries a bundle about some subjects needs, until nothing more is needed."""

    def __init__(self, source: Source, charter_authors: Sequence[bytes], subjects: Sequence[str]) -> None:
        self.all = source.entries()
        self.places = {entry.id: place for place, entry in enumerate(self.all)}
        self.subjects, self.authors = set(subjects), set(charter_authors)
        self.source = source
        self.ids: set[bytes] = set()
        before = None
        while before != (len(self.ids), len(self.authors)):
            before = (len(self.ids), len(self.authors))
            self._grow()

    def _grow(self) -> None:
        self.subjects |= {written("author", author) for author in self.authors}
        for entry in self.all:
            about = set(index.subjects_of(entry)) & self.subjects
            if about and (self._is_asked(about) or index.class_of(entry.kind) == "net"):
                self.ids.add(entry.id)
            if entry.author in self.authors and self._is_at_the_end(entry):
                self.ids.add(entry.id)
        for key in self.ids:
            entry = self.all[self.places[key]]
            self.authors.add(entry.author)
            if entry.kind == "grant" and 7 in entry.claim:
                self.authors.add(entry.claim[7])

    def _is_asked(self, about: set[str]) -> bool:
        return any(not one.startswith("author:") for one in about)

    def _is_at_the_end(self, entry: Entry) -> bool:
        """The head of a feed, or what stands around and behind its lowest fork."""
        value = read_value(self.source.made.feed_value(entry.author))
        if value.fork is None:
            return entry.id == value.head
        lowest: int = value.fork[1][0]
        return entry.seq >= lowest - 1

    def lists(self) -> list[list[Any]]:
        """Whole lists: of what is asked all classes, of authors their acts."""
        found = []
        for (subject, name), postings in sorted(self.source.made.postings.items(), key=_list_order):
            asked = subject in self.subjects and not subject.startswith("author:")
            if asked or (subject in self.subjects and name == "net"):
                items = [posting.encode() for posting in postings]
                found.append([subject, cbor.encode({1: name, 2: 0, 3: index.ZERO, 4: items})])
        return found

    def beside(self) -> list[list[Any]]:
        """Entries that stand in none of the lists, with their paths."""
        listed = {
            posting.entry
            for (subject, name), postings in self.source.made.postings.items()
            for posting in postings
            if subject in self.subjects and (not subject.startswith("author:") or name == "net")
        }
        hashes = [merkle.leaf_hash(leaf) for leaf in self.source.leaves]
        places = sorted(self.places[key] for key in self.ids - listed)
        return [[self.all[at].id, [at, inclusion_path(hashes, at)]] for at in places]


def log_part(source: Source, chosen: Chosen) -> dict[int, Any]:
    """One log's part of a bundle."""
    hashes = [merkle.leaf_hash(leaf) for leaf in source.leaves]
    heads = [merkle.leaf_hash(head) for head in source.heads]
    fields: dict[int, Optional[Any]] = {
        1: source.index_note,
        2: inclusion_path(heads, len(heads) - 1),
        3: answer(source, list(chosen.subjects), list(chosen.authors)),
        4: chosen.lists(),
        5: [[note, consistency_path(hashes, size)] for size, note in source.notes],
        6: chosen.beside(),
    }
    return {key: value for key, value in fields.items() if value}


def bundle(
    charter: bytes, parts: list[tuple[str, dict[int, Any]]], entries: set[bytes], bodies: list[Any]
) -> Any:
    """The structure of a bundle, from its logs' parts."""
    by_id = sorted((read_entry(raw).id, raw) for raw in entries)
    logs = [part for _, part in sorted(parts, key=lambda one: one[0])]
    fields = {1: 1, 2: charter, 3: logs, 4: [raw for _, raw in by_id], 5: bodies}
    return {key: value for key, value in fields.items() if value}
