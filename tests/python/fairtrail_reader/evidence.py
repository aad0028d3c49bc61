"""What is known of a feed, and evidence of forks below it (`index.md` section 8)."""

from __future__ import annotations

from typing import Any, Optional

from . import merkle
from .entry import Entry, read_entry
from .feed import Step
from .refused import Refused, require


def step_of(entry: Entry, key_state: bytes) -> Step:
    """`key_state` is that before the entry; one that sets a key has its own."""
    after = entry.id if entry.sets_key else key_state
    return Step(entry.id, entry.prev, entry.seq, entry.kind == "author.rotate", after)


class Known:
    """The entries known of one feed."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps: dict[bytes, Step] = {step.id: step for step in steps}

    def add(self, step: Step) -> None:
        self.steps[step.id] = step

    def lowest(self) -> Step:
        return min(self.steps.values(), key=lambda step: step.seq)

    def require_before(self, leaf: Entry) -> bytes:
        """The key state before a leaf that follows an entry of its feed or begins it."""
        if leaf.seq == 0:
            require(not self.steps, "duplicate-leaf", "a feed begins once")
            return leaf.id
        before = self.steps.get(leaf.prev or b"")
        if before is None:
            raise Refused("early-prev")
        require(before.seq == leaf.seq - 1, "prev-mismatch")
        return before.key_state

    def reaches_below(self, leaf: Entry) -> bool:
        """The leaf names an entry below all that is known."""
        return bool(self.steps) and leaf.seq <= self.lowest().seq


class Evidence:
    """Entries with their places in the old log, taken from the front."""

    def __init__(self, entries: list[bytes], places: list[Any]) -> None:
        self.entries, self.places, self.at = entries, places, 0

    def take(self, size: int, root: bytes) -> Entry:
        """The next entry, which stands in the log where it says."""
        require(self.at < len(self.entries), "fork-evidence", "missing")
        raw, (leaf, path) = self.entries[self.at], self.places[self.at]
        self.at += 1
        merkle.require_inclusion(merkle.leaf_hash(raw), leaf, size, path, root)
        return read_entry(raw)

    def is_used_up(self) -> bool:
        return self.at == len(self.entries)


def read_evidence(entries: list[bytes], places: list[Any]) -> Evidence:
    """Fields 8 and 9."""
    require(len(entries) == len(places), "index-count", "as many places as entries")
    return Evidence(entries, places)


def through(known: Known, leaves: list[Entry], evidence: Evidence, size: int, root: bytes) -> None:
    """Goes from the lowest known entry down until all entries that leaves name were met."""
    named = {leaf.prev for leaf in leaves if known.reaches_below(leaf) and leaf.seq > 0}
    if not named:
        return
    lowest = known.lowest()
    met: list[Entry] = []
    wanted: Optional[bytes] = lowest.id
    while named or not _key_state_is_known(met):
        entry = evidence.take(size, root)
        require(entry.id == wanted, "fork-evidence", "not the entry before")
        met.append(entry)
        named.discard(entry.id)
        wanted = entry.prev
    state = lowest.key_state
    for entry in reversed(met):
        step = step_of(entry, state)
        known.add(step)
        state = step.key_state


def _key_state_is_known(met: list[Entry]) -> bool:
    """After the lowest: it sets a key, or none above it does."""
    return bool(met) and (met[-1].sets_key or not any(entry.sets_key for entry in met))
