"""What shows that one index head follows from the one before (`index.md` section 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Optional

from . import cbor, index, merkle, trie
from .entry import Entry, read_entry
from .evidence import Evidence, Known, read_evidence, step_of, through
from .feed import Step, Walk, read_value, walk
from .recompute import Recomputed
from .refused import require
from .schema import Field, any_bytes, bytes32, items, pair, present, structure, uint

UPDATE_BYTES = 16_777_216
LEAVES = 4096
LEAF_BYTES = 2_097_152
TOUCHED = 8192

UPDATE = {
    1: Field(index.bytes_or_none),
    2: Field(any_bytes),
    3: Field(items(any_bytes, least=0)),
    4: Field(items(index.bytes_or_none, least=0)),
    5: Field(any_bytes),
    6: Field(items(index.bytes_or_none, least=0)),
    7: Field(any_bytes),
    8: present(items(any_bytes)),
    9: present(items(pair(uint(), items(bytes32, least=0)))),
}


@dataclass(frozen=True)
class Rebuilt:
    """The head stated, the head made, and what would be remembered."""

    stated: index.Head
    made: bytes
    tree: merkle.Frontier
    forked: dict[bytes, list[Step]]


@dataclass
class Checker:
    """What a checker remembers between two heads."""

    origin: str
    head: Optional[index.Head] = None
    tree: merkle.Frontier = field(default_factory=merkle.Frontier)
    # Of each forked feed the entries from the last one before its lowest fork on.
    forked: dict[bytes, list[Step]] = field(default_factory=dict)

    def check(self, data: bytes) -> index.Head:
        """Takes the next head up, or refuses and remembers nothing of it."""
        rebuilt = self.rebuild(data)
        require(rebuilt.made == rebuilt.stated.raw, "bad-update")
        self.head, self.tree = rebuilt.stated, rebuilt.tree
        self.forked.update(rebuilt.forked)
        return rebuilt.stated

    def rebuild(self, data: bytes) -> Rebuilt:
        """Every step up to the comparison with the head stated."""
        require(len(data) <= UPDATE_BYTES, "too-large")
        fields = structure(cbor.decode(data, null=True, items=index.LARGE), UPDATE)
        head = self._require_next(fields)
        leaves = [read_entry(raw) for raw in fields[3]]
        work = _Work(self, head, leaves)
        work.open(fields)
        work.take_evidence(fields)
        for place, leaf in enumerate(leaves):
            work.take(leaf, self.tree.size + place)
        tree = self.tree.copy()
        for leaf in leaves:
            tree.append(merkle.leaf_hash(leaf.raw))
        roots = [tree.root(), *work.roots()]
        made = index.write_head(self.origin, tree.size, roots, head.log_time)
        return Rebuilt(head, made, tree, work.forked)

    def _require_next(self, fields: dict[int, Any]) -> index.Head:
        before = self.head.raw if self.head else None
        require(fields[1] == before, "index-previous")
        head = index.read_head(fields[2])
        require(head.origin == self.origin, "origin-mismatch")
        require(head.log_time >= (self.head.log_time if self.head else 0), "log-time-fell")
        require(1 <= len(fields[3]) <= LEAVES, "index-limit", "leaves")
        require(sum(map(len, fields[3])) <= LEAF_BYTES, "index-limit", "bytes of leaves")
        return head


def _by_key(names: Any, key: Callable[[Any], bytes]) -> list[tuple[bytes, Any]]:
    return sorted((key(name), name) for name in set(names))


class _Work:
    """One update: what it touches, and what that becomes."""

    def __init__(self, checker: Checker, head: index.Head, leaves: list[Entry]) -> None:
        self.checker, self.head, self.leaves = checker, head, leaves
        touched = [subject for leaf in leaves for subject in index.subjects_of(leaf)]
        self.subjects = _by_key(touched, index.subject_key)
        self.authors = _by_key((leaf.author for leaf in leaves), index.feed_key)
        self.lists: dict[str, index.ClassMap] = {}
        self.feeds: dict[bytes, Known] = {}
        self.forked: dict[bytes, list[Step]] = {}

    def open(self, fields: dict[int, Any]) -> None:
        """Steps 2 and 3: counts, proofs under the old roots, and only then the values."""
        require(len(self.subjects) + len(self.authors) <= TOUCHED, "index-limit", "keys")
        counted = len(fields[4]) == len(self.subjects) and len(fields[6]) == len(self.authors)
        counted = counted and len(fields.get(8, [])) == len(fields.get(9, []))
        require(counted, "index-count")
        old = self.checker.head
        maps = index.claims_of((k for k, _ in self.subjects), fields[4], index.subject_value)
        values = index.claims_of((k for k, _ in self.authors), fields[6], index.feed_value)
        self.subjects_trie = trie.verify(old.subjects if old else trie.NO_KEYS, maps, fields[5])
        self.feeds_trie = trie.verify(old.feeds if old else trie.NO_KEYS, values, fields[7])
        for (_, subject), raw in zip(self.subjects, fields[4]):
            self.lists[subject] = {} if raw is None else index.read_class_map(raw)
        for (_, author), raw in zip(self.authors, fields[6]):
            self.feeds[author] = self._known(author, raw)

    def _known(self, author: bytes, raw: Optional[bytes]) -> Known:
        if raw is None:
            return Known([])
        value = read_value(raw)
        if value.fork is not None:
            require(author in self.checker.forked, "fork-evidence", "nothing is kept of the fork")
            return Known(self.checker.forked[author])
        rotates = value.head == value.key_state
        return Known([Step(value.head, None, value.seq, rotates, value.key_state)])

    def take_evidence(self, fields: dict[int, Any]) -> None:
        """Fields 8 and 9: entries below what is known, where leaves name them."""
        old = self.checker.head
        size, root = (old.size, old.log_root) if old else (0, merkle.EMPTY)
        evidence: Evidence = read_evidence(fields.get(8, []), fields.get(9, []))
        for _, author in self.authors:
            named = [leaf for leaf in self.leaves if leaf.author == author]
            through(self.feeds[author], named, evidence, size, root)
        require(evidence.is_used_up(), "fork-evidence", "left over")

    def take(self, leaf: Entry, place: int) -> None:
        """Step 4: the step in its feed, and its postings."""
        known = self.feeds[leaf.author]
        require(leaf.id not in known.steps, "duplicate-leaf")
        known.add(step_of(leaf, known.require_before(leaf)))
        leaf_hash = merkle.leaf_hash(leaf.raw)
        posting = index.Posting(place, self.head.log_time, leaf.id, leaf.kind, leaf_hash)
        for subject in index.subjects_of(leaf):
            index.add_posting(self.lists[subject], posting)

    def roots(self) -> list[bytes]:
        """Step 5: the roots with the new values."""
        maps = [(k, index.subject_value(cbor.encode(self.lists[s]))) for k, s in self.subjects]
        values = [(key, index.feed_value(self._value(author))) for key, author in self.authors]
        trees = trie.change(self.subjects_trie, maps), trie.change(self.feeds_trie, values)
        return [trie.root_of(tree) for tree in trees]

    def _value(self, author: bytes) -> bytes:
        steps = list(self.feeds[author].steps.values())
        walked = walk(steps)
        if walked.forks:
            self.forked[author] = from_lowest_fork(walked, steps)
        return walked.value()


def remembered(made: Recomputed, head: index.Head) -> Checker:
    """What a checker remembers that made every head from the leaves."""
    checker = Checker(head.origin, head, made.tree.copy())
    for author, steps in made.feeds.items():
        walked = walk(steps.values())
        if walked.forks:
            checker.forked[author] = from_lowest_fork(walked, steps.values())
    return checker


def from_lowest_fork(walked: Walk, steps: Iterable[Step]) -> list[Step]:
    """The entries from the last one before the lowest fork on."""
    lowest: int = walked.forks[0][0]
    return [step for step in steps if step.seq >= lowest - 1]
