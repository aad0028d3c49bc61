"""Admission: which entries belong to a network (`feed.md` section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from . import ed25519, network
from .charter import Charter
from .entry import Entry, read_entry
from .feed import Step, Walk, walk
from .refused import Refused, require

EARLY = ("early-prev", "early-begin", "early-grant", "early-target")
RESPONDENT = 5
CHAIN = 4


@dataclass(frozen=True)
class KeyState:
    """Set by a begin or a rotation; `used` are all keys of the branch so far."""

    id: bytes
    key: bytes
    next: bytes
    used: frozenset[bytes]


@dataclass(frozen=True)
class Grant:
    """A grant in effect. Without granter it is the roots'."""

    to: bytes
    role: int
    delegates: tuple[int, ...]
    granter: Optional[bytes]
    above: Optional["Grant"]

    @property
    def depth(self) -> int:
        return 1 + (self.above.depth if self.above else 0)

    def chain(self) -> set[bytes]:
        """Who granted it, or a grant above it."""
        mine = {self.granter} if self.granter else set()
        return mine | (self.above.chain() if self.above else set())


class Admission:
    """The admitted set, and what waits."""

    def __init__(self, charter: Charter) -> None:
        self.charter = charter
        self.roots: dict[bytes, bytes] = {charter.author(k, d): k for k, d in charter.roots}
        self.desks = {charter.author(k, d) for k, d in charter.reply_desks}
        self.reserved = {value for p in charter.roots + charter.reply_desks for value in p}
        self.entries: dict[bytes, Entry] = {}
        self.states: dict[bytes, KeyState] = {}
        self.grants: dict[bytes, Grant] = {}
        self.supporters: dict[bytes, set[bytes]] = {}
        self.waiting: list[bytes] = []
        # Reasons of what waited and was refused then.
        self.refused: list[str] = []

    def offer(self, data: bytes) -> str:
        """`ok` or a reason code; what is early stays on offer."""
        try:
            self._admit(data)
        except Refused as refused:
            if refused.code in EARLY:
                self.waiting.append(data)
            return refused.code
        self._release()
        return "ok"

    def _release(self) -> None:
        """Offers what waits again until nothing more is admitted."""
        moved = True
        while moved:
            moved, waiting, self.waiting = False, self.waiting, []
            for data in waiting:
                try:
                    self._admit(data)
                    moved = True
                except Refused as refused:
                    if refused.code in EARLY:
                        self.waiting.append(data)
                    else:
                        self.refused.append(refused.code)

    def _admit(self, data: bytes) -> None:
        entry = read_entry(data)
        if entry.id in self.entries:
            return
        require(entry.network == self.charter.network, "network-mismatch")
        state = self._judge_begin(entry) if entry.seq == 0 else self._judge(entry)
        self.entries[entry.id] = entry
        self.states[entry.id] = state
        self._take_effect(entry)

    def _is_charter_author(self, author: bytes) -> bool:
        return author in self.roots or author in self.desks

    def _judge_begin(self, entry: Entry) -> KeyState:
        granted = any(grant.to == entry.id for grant in self.grants.values())
        granted = granted and entry.issued != self.charter.created
        require(self._is_charter_author(entry.id) or granted, "early-begin")
        entry.enrol_and_verify()
        return KeyState(entry.id, entry.kid, entry.claim[1], frozenset([entry.kid]))

    def _judge(self, entry: Entry) -> KeyState:
        state = self._state_before(entry)
        if entry.kind == "author.rotate":
            require(network.next_digest(entry.kid) == state.next, "rotation-mismatch")
        else:
            require(entry.kid == state.key, "key-mismatch")
        own = self._own_grant(entry)
        self._judge_kind(entry, own)
        if entry.kind == "author.rotate":
            state = _rotated(entry, state)
        entry.verify()
        return state

    def _state_before(self, entry: Entry) -> KeyState:
        before = self.entries.get(entry.prev or b"")
        if before is None:
            raise Refused("early-prev")
        follows = before.author == entry.author and before.seq == entry.seq - 1
        require(follows, "prev-mismatch")
        return self.states[before.id]

    def _own_grant(self, entry: Entry) -> Optional[Grant]:
        cited = entry.grant
        require((cited is None) == self._is_charter_author(entry.author), "grant-missing")
        if cited is None:
            return None
        grant = self.grants.get(cited)
        if grant is None:
            raise Refused("grant-mismatch" if cited in self.entries else "early-grant")
        require(grant.to == entry.author, "grant-mismatch")
        return grant

    def _judge_kind(self, entry: Entry, own: Optional[Grant]) -> None:
        if entry.kind == "grant":
            self._judge_grant(entry, own)
        elif entry.kind == "charter.amend":
            self._judge_amend(entry)
        elif entry.kind == "revoke" and entry.claim[1] == 0:
            self._judge_revoke_grant(entry)
        elif entry.kind == "revoke":
            self._judge_revoke_key(entry)
        elif entry.kind == "part.erase":
            self._judge_erase(entry)

    def _judge_grant(self, entry: Entry, own: Optional[Grant]) -> None:
        role, delegates = entry.claim[2], entry.claim.get(6, [])
        refused = "delegation-refused"
        require(network.ROLES[role] in self.charter.roles, refused, "role")
        if entry.author in self.desks:
            require(role == RESPONDENT and not delegates, refused, "reply desk")
        elif own is not None:
            require({role, *delegates} <= set(own.delegates), refused)
            require(own.depth < CHAIN, refused, "depth")

    def _judge_amend(self, entry: Entry) -> None:
        require(entry.author in self.roots, "act-forbidden")
        values = [value for pair in entry.claim[1] for value in pair]
        fresh = len(set(values)) == len(values) and not set(values) & self.reserved
        require(fresh, "key-reused")
        for key, _ in entry.claim[1]:
            ed25519.enrol(key)

    def _judge_revoke_grant(self, entry: Entry) -> None:
        grant = self.grants.get(entry.claim[2])
        if grant is None:
            raise Refused("early-target")
        require(grant.to == entry.claim[3], "target-mismatch")
        may = entry.author in self.roots or entry.author in grant.chain()
        require(may, "not-authorised")

    def _judge_revoke_key(self, entry: Entry) -> None:
        author, target = entry.claim[3], self.entries.get(entry.claim[2])
        if target is None:
            raise Refused("early-target")
        require(target.sets_key and target.author == author, "target-mismatch")
        given = [grant for grant in self.grants.values() if grant.to == author]
        may = entry.author == author or entry.author in self.roots
        may = may or any(entry.author in grant.chain() for grant in given)
        require(may, "early-target")

    def _judge_erase(self, entry: Entry) -> None:
        author, target = entry.claim[3], self.entries.get(entry.claim[1])
        if target is None:
            raise Refused("early-target")
        require(target.author == author, "target-mismatch")
        above = self.grants[target.grant].chain() if target.grant else set()
        may = entry.author == author or entry.author in self.roots or entry.author in above
        require(may, "not-authorised")

    def _take_effect(self, entry: Entry) -> None:
        if entry.kind not in ("grant", "charter.amend"):
            return
        if entry.author not in self.roots:
            above = self.grants[entry.grant] if entry.grant else None
            self.grants[entry.id] = _grant(entry, entry.author, above)
            return
        act = network.act_id(entry.network, entry.kind, entry.claim)
        supporters = self.supporters.setdefault(act, set())
        supporters.add(self.roots[entry.author])
        if len(supporters) < self.charter.threshold:
            return
        if entry.kind == "grant":
            self.grants[act] = _grant(entry, None, None)
        else:
            self.roots.update({self.charter.author(k, d): k for k, d in entry.claim[1]})

    def walk(self, author: bytes) -> Walk:
        """The walk through the admitted entries of a feed."""
        return walk(self._step(e) for e in self.entries.values() if e.author == author)

    def _step(self, entry: Entry) -> Step:
        rotates = entry.kind == "author.rotate"
        return Step(entry.id, entry.prev, entry.seq, rotates, self.states[entry.id].id)


def _grant(entry: Entry, granter: Optional[bytes], above: Optional[Grant]) -> Grant:
    claim = entry.claim
    return Grant(claim[1], claim[2], tuple(claim.get(6, [])), granter, above)


def _rotated(entry: Entry, state: KeyState) -> KeyState:
    fresh = entry.claim[2]
    keys = {entry.kid, fresh}
    require(len(keys) == 2 and not keys & state.used, "key-reused")
    for key in (entry.kid, fresh):
        ed25519.enrol(key)
    return KeyState(entry.id, fresh, entry.claim[1], state.used | keys)
