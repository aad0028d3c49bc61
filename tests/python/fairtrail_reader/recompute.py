"""The index made again from the leaves of its log (`index.md` sections 4 to 6)."""

from __future__ import annotations

from . import cbor, index, merkle, trie
from .entry import Entry, read_entry
from .evidence import step_of
from .feed import Step, walk
from .refused import require


class Recomputed:
    """Every list, every feed and both tries, as far as heads were made."""

    def __init__(self, origin: str) -> None:
        self.origin, self.log_time = origin, 0
        self.tree = merkle.Frontier()
        self.lists: dict[str, index.ClassMap] = {}
        self.postings: dict[tuple[str, str], list[index.Posting]] = {}
        self.feeds: dict[bytes, dict[bytes, Step]] = {}
        self.subjects_trie = self.feeds_trie = trie.NOTHING

    def advance(self, leaves: list[bytes], log_time: int) -> bytes:
        """The head that covers these leaves too."""
        require(log_time >= self.log_time, "log-time-fell")
        self.log_time = log_time
        subjects: set[str] = set()
        authors: set[bytes] = set()
        for raw in leaves:
            entry = read_entry(raw)
            self._add_to_lists(entry)
            self._add_to_feed(entry)
            self.tree.append(merkle.leaf_hash(raw))
            subjects |= set(index.subjects_of(entry))
            authors.add(entry.author)
        maps = {index.subject_key(s): index.subject_value(self.class_map(s)) for s in subjects}
        values = {index.feed_key(a): index.feed_value(self.feed_value(a)) for a in authors}
        self.subjects_trie = trie.change(self.subjects_trie, sorted(maps.items()))
        self.feeds_trie = trie.change(self.feeds_trie, sorted(values.items()))
        roots = [self.tree.root(), trie.root_of(self.subjects_trie), trie.root_of(self.feeds_trie)]
        return index.write_head(self.origin, self.tree.size, roots, log_time)

    def class_map(self, subject: str) -> bytes:
        """What stands for a subject."""
        return cbor.encode(self.lists[subject])

    def feed_value(self, author: bytes) -> bytes:
        """What stands for a feed."""
        return walk(self.feeds[author].values()).value()

    def _add_to_lists(self, entry: Entry) -> None:
        leaf_hash = merkle.leaf_hash(entry.raw)
        posting = index.Posting(self.tree.size, self.log_time, entry.id, entry.kind, leaf_hash)
        for subject in index.subjects_of(entry):
            index.add_posting(self.lists.setdefault(subject, {}), posting)
            key = (subject, index.class_of(entry.kind))
            self.postings.setdefault(key, []).append(posting)

    def _add_to_feed(self, entry: Entry) -> None:
        feed = self.feeds.setdefault(entry.author, {})
        before = feed.get(entry.prev or b"")
        require((before is None) == (entry.seq == 0), "early-prev")
        require(entry.id not in feed, "duplicate-leaf")
        feed[entry.id] = step_of(entry, before.key_state if before else entry.id)


def require_heads(origin: str, leaves: list[bytes], heads: list[bytes]) -> Recomputed:
    """Every head of an index log is the one that follows from the leaves of its log."""
    made = Recomputed(origin)
    for raw in heads:
        head = index.read_head(raw)
        require(made.tree.size < head.size <= len(leaves), "index-limit", "size of a head")
        rebuilt = made.advance(leaves[made.tree.size : head.size], head.log_time)
        require(rebuilt == raw, "bad-update", f"head of {head.size} leaves")
    return made
