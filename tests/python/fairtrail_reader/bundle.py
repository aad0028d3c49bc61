"""Bundles: the evidence about some subjects in one file (`bundle.md`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from . import cbor, index, merkle, part
from .charter import Charter, read_charter
from .entry import ENTRY_BYTES, Entry, read_entry
from .forms import written
from .note import read_note
from .policy import Cosigned, Policy
from .refused import Refused, require
from .schema import (
    Field,
    any_bytes,
    bytes32,
    items,
    optional,
    pair,
    present,
    require_rising,
    structure,
    subject,
    text,
    uint,
)
from .wire import read_body

BUNDLE_BYTES = 268_435_456
BUNDLE_ITEMS = 4_194_304
BUNDLE_DEPTH = 9
LOGS = 64
STATES = 32
INCOMPLETE, STRAY = "evidence-incomplete", "evidence-stray"
PATH = items(bytes32, least=0)

NOTES = present(items(pair(any_bytes, PATH)))
PLACES = present(items(pair(bytes32, pair(uint(), PATH))))

STATE = {
    1: Field(uint()),
    2: Field(bytes32),
    3: Field(PATH),
    4: NOTES,
    5: PLACES,
}

LOG = {
    1: Field(any_bytes),
    2: present(items(bytes32)),
    3: Field(any_bytes),
    4: present(items(pair(subject, any_bytes))),
    5: NOTES,
    6: PLACES,
    7: present(items(lambda item: structure(item, STATE), most=STATES)),
}


def _version(item: Any) -> int:
    require(uint()(item) == 1, "version-unknown")
    return item


def _entry(item: Any) -> bytes:
    require(1 <= len(any_bytes(item)) <= ENTRY_BYTES, "too-large", "entry")
    return item


BUNDLE = {
    1: Field(_version),
    2: Field(any_bytes),
    3: Field(items(lambda item: structure(item, LOG), most=LOGS)),
    4: present(items(_entry)),
    5: present(items(read_body)),
    6: optional(text),
}

# The forms of each entry: they differ in their signatures.
Forms = dict[bytes, list[Entry]]


@dataclass
class LogEvidence:
    """What one log's part of a bundle shows."""

    answer: index.Answer
    lists: dict[tuple[str, str], list[index.Posting]] = field(default_factory=dict)
    notes: list[Cosigned] = field(default_factory=list)
    # The entries at hand that stand in this log, in the form they have there, by leaf.
    leaves: dict[int, Entry] = field(default_factory=dict)

    def of(self, author: bytes) -> list[Entry]:
        """The entries of a feed that stand in this log, by sequence number."""
        found = [entry for entry in self.leaves.values() if entry.author == author]
        return sorted(found, key=lambda entry: entry.seq)


@dataclass
class State:
    """The log at one size, and what was given when it had that size."""

    size: int
    root: bytes
    notes: list[Any]
    places: list[Any]


@dataclass
class Bundle:
    """What a bundle holds, step 4 of `bundle.md` section 5 behind it."""

    charter: Charter
    forms: Forms
    bodies: dict[bytes, bytes]
    logs: list[LogEvidence]
    report: Optional[str]


def read_bundle(data: bytes, network: bytes, logs: Policy, indexes: Policy) -> Bundle:
    """Steps 1 to 6: form, charter, entries, each log by itself, and that nothing stands in none."""
    require(len(data) <= BUNDLE_BYTES, "too-large")
    fields = structure(cbor.decode(data, items=BUNDLE_ITEMS, depth=BUNDLE_DEPTH), BUNDLE)
    charter = read_charter(fields[2])
    require(charter.network == network, "network-mismatch")
    forms = _forms(fields.get(4, []), network)
    bodies = _bodies(fields.get(5, []))
    parts = [_log(one, forms, logs, indexes) for one in fields[3]]
    require_rising([one.answer.head.origin for one in parts])
    standing = {entry.raw for one in parts for entry in one.leaves.values()}
    held = {entry.raw for entries in forms.values() for entry in entries}
    require(standing == held, STRAY, "an entry that stands in no log")
    return Bundle(charter, forms, bodies, parts, fields.get(6))


def _forms(raws: list[bytes], network: bytes) -> Forms:
    entries = [read_entry(raw) for raw in raws]
    for entry in entries:
        require(entry.network == network, "network-mismatch", "entry")
    require_rising([(entry.id, entry.raw) for entry in entries])
    forms: Forms = {}
    for entry in entries:
        forms.setdefault(entry.id, []).append(entry)
    return forms


def _bodies(bodies: list[list[bytes]]) -> dict[bytes, bytes]:
    digests = [part.digest(salt, data) for salt, data in bodies]
    require_rising(digests)
    return {digest: data for digest, (_, data) in zip(digests, bodies)}


def _log(fields: dict[int, Any], forms: Forms, logs: Policy, indexes: Policy) -> LogEvidence:
    checkpoint = indexes.open(read_note(fields[1])).checkpoint
    answer = index.verify_answer(fields[3], checkpoint, fields.get(2, []))
    named = any(key.name == answer.head.origin for key in logs.logs)
    require(named, "origin-mismatch", "no log of the policy")
    evidence = LogEvidence(answer)
    lists = [(about, index.read_list(raw)) for about, raw in fields.get(4, [])]
    for about, read in lists:
        evidence.lists[about, read.name] = _list(about, read, answer, forms)
    # Classes in the order of a class map: shorter names first.
    require_rising([(about, cbor.encode(read.name)) for about, read in lists])
    states = _states(fields, answer.head)
    evidence.notes = _notes(states, answer.head.origin, logs)
    _place(evidence, forms, states)
    return evidence


def _states(fields: dict[int, Any], head: index.Head) -> list[State]:
    """Earlier states, each of which the next one begins with, and that of the index head."""
    earlier = fields.get(7, [])
    if earlier:
        require_rising([0] + [one[1] for one in earlier] + [head.size])
    states = [State(one[1], one[2], one.get(4, []), one.get(5, [])) for one in earlier]
    states.append(State(head.size, head.log_root, fields.get(5, []), fields.get(6, [])))
    for one, old, new in zip(earlier, states, states[1:]):
        merkle.require_consistency(old.size, old.root, new.size, new.root, one[3])
    return states


def _notes(states: list[State], origin: str, logs: Policy) -> list[Cosigned]:
    """Notes by rising size, of each state and of all."""
    notes: list[Cosigned] = []
    for state in states:
        grown = [_grown(raw, path, state, origin, logs) for raw, path in state.notes]
        require_rising([one.checkpoint.size for one in grown])
        notes += grown
    notes.sort(key=lambda one: one.checkpoint.size)
    require_rising([one.checkpoint.size for one in notes])
    return notes


def _list(about: str, read: index.PostingList, answer: index.Answer, forms: Forms) -> list[index.Posting]:
    proved = answer.class_map(about).get(read.name)
    if proved is None:
        raise Refused(STRAY, "a list that the answer does not prove")
    require(read.start == 0, "posting-chain", "not whole")
    return index.verify_list(read, about, answer.head, proved, forms)


def _grown(raw: bytes, path: list[bytes], state: State, origin: str, logs: Policy) -> Cosigned:
    """A note of the same log, from which it grew to a state."""
    cosigned = logs.read(read_note(raw))
    size, root = cosigned.checkpoint.size, cosigned.checkpoint.root
    require(cosigned.checkpoint.origin == origin, "origin-mismatch", "note of another log")
    if size == state.size:
        require(root == state.root, "log-forked", "two roots of one size")
        require(not path, "proof-invalid", "nothing grew")
    else:
        merkle.require_consistency(size, root, state.size, state.root, path)
    return cosigned


def _place(evidence: LogEvidence, forms: Forms, states: list[State]) -> None:
    """Step 4e: where each entry stands."""
    for postings in evidence.lists.values():
        for posting in postings:
            require(posting.entry in forms, INCOMPLETE, "an entry of a list")
            same = [one for one in forms[posting.entry] if merkle.leaf_hash(one.raw) == posting.leaf_hash]
            _stand(evidence, posting.leaf, same[0])
    listed = {entry.id for entry in evidence.leaves.values()}
    placed: set[bytes] = set()
    for state in states:
        require_rising([leaf for _, (leaf, _) in state.places])
        for key, (leaf, path) in state.places:
            require(key not in placed, "duplicate-leaf", "placed before")
            placed.add(key)
            require(key not in listed, STRAY, "it stands in a list")
            require(key in forms, INCOMPLETE, "an entry that stands somewhere")
            _stand(evidence, leaf, _at(forms[key], leaf, path, state))


def _at(forms: list[Entry], leaf: int, path: list[bytes], state: State) -> Entry:
    """The form that stands at this leaf."""
    *others, last = forms
    for entry in others:
        try:
            hashed = merkle.leaf_hash(entry.raw)
            merkle.require_inclusion(hashed, leaf, state.size, path, state.root)
            return entry
        except Refused:
            continue
    merkle.require_inclusion(merkle.leaf_hash(last.raw), leaf, state.size, path, state.root)
    return last


def _stand(evidence: LogEvidence, leaf: int, entry: Entry) -> None:
    """No leaf holds two entries, no entry stands at two leaves."""
    at_leaf = evidence.leaves.get(leaf, entry)
    require(at_leaf.id == entry.id, "duplicate-leaf", "two entries")
    elsewhere = [at for at, one in evidence.leaves.items() if one.id == entry.id and at != leaf]
    require(not elsewhere, "duplicate-leaf", "two leaves")
    evidence.leaves[leaf] = entry


def named_parts(bundle: Bundle) -> set[bytes]:
    """The digests that entries name."""
    entries = [forms[0] for forms in bundle.forms.values()]
    return {one[4] for entry in entries for one in entry.header.get(11, [])}


def subject_of(author: bytes) -> str:
    """How an author is named as a subject."""
    return written("author", author)
