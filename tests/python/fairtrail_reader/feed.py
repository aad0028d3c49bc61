"""The feed value (`feed.md` section 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Optional

from . import contexts
from .blake3 import derive
from .cbor import decode, encode
from .schema import bytes32, pair, uint

OPEN, FROZEN = 0, 1


class Step(NamedTuple):
    """What the walk has to know of an entry."""

    id: bytes
    prev: Optional[bytes]
    seq: int
    rotates: bool
    key_state: bytes


@dataclass
class Walk:
    """Where the walk ended, and the forks it met."""

    head: Step
    forks: list[list[Any]]
    tips: list[bytes]

    def value(self) -> bytes:
        """The feed value's bytes."""
        fork = None
        if self.forks:
            tips = derive(contexts.FORK_TIPS, encode(sorted(self.tips)))
            fork = [len(self.forks), self.forks[0], self.forks[-1], tips]
        return encode([self.head.seq, self.head.id, self.head.key_state, fork])

    def state(self) -> str:
        """`ok`, `feed-forked` or `feed-frozen`."""
        states = {OPEN: "feed-forked", FROZEN: "feed-frozen"}
        return states.get(self.forks[-1][3], "ok") if self.forks else "ok"


def _rotating(steps: dict[bytes, Step]) -> set[bytes]:
    """Ids of entries that are, or have below them, a rotation."""
    found: set[bytes] = set()
    for step in steps.values():
        at: Optional[Step] = step if step.rotates else None
        while at is not None and at.id not in found:
            found.add(at.id)
            at = steps.get(at.prev) if at.prev else None
    return found


def walk(entries: Iterable[Step]) -> Walk:
    """Walks a feed of which all admitted entries are given, or all from one before any fork on."""
    steps = {step.id: step for step in entries}
    children: dict[bytes, list[bytes]] = {}
    for step in steps.values():
        if step.prev is not None:
            children.setdefault(step.prev, []).append(step.id)
    tips = [key for key in steps if key not in children]
    rotating = _rotating(steps)
    at = min(steps.values(), key=lambda step: step.seq)
    forks: list[list[Any]] = []
    while at.id in children:
        below = sorted(children[at.id])
        if len(below) == 1:
            at = steps[below[0]]
            continue
        ways = [child for child in below if child in rotating]
        winner: Any = ways[0] if len(ways) == 1 else (FROZEN if ways else OPEN)
        forks.append([at.seq + 1, below[0], below[1], winner])
        if len(ways) != 1:
            break
        at = steps[ways[0]]
    return Walk(at, forks, tips)


_fork = pair(uint(), bytes32, bytes32, lambda item: item)
_summary = pair(uint(least=1), _fork, _fork, bytes32)
_value = pair(uint(), bytes32, bytes32, lambda item: None if item is None else _summary(item))


class FeedValue(NamedTuple):
    """A feed value that was proved."""

    seq: int
    head: bytes
    key_state: bytes
    fork: Optional[list[Any]]


def read_value(data: bytes) -> FeedValue:
    """The fields of a feed value."""
    return FeedValue(*_value(decode(data, null=True)))
