"""Bundles: the evidence about some subjects in one file (`bundle.md`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from . import cbor, index, merkle, part
from .charter import Charter, read_charter
from .entry import ENTRY_BYTES, Entry, read_entry
from .forms import written
from .log import Checkpoint
from .note import read_note
from .policy import Policy
from .refused import require
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
LOGS = 64
PATH = items(bytes32, least=0)

LOG = {
    1: Field(any_bytes),
    2: present(items(bytes32)),
    3: Field(any_bytes),
    4: present(items(pair(subject, any_bytes))),
    5: present(items(pair(any_bytes, PATH))),
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


@dataclass
class LogEvidence:
    """What one log's part of a bundle shows."""

    answer: index.Answer
    postings: dict[tuple[str, str], list[index.Posting]] = field(default_factory=dict)
    archived: list[Checkpoint] = field(default_factory=list)


@dataclass
class Evidence:
    """What a bundle shows to whoever trusts the policies."""

    charter: Charter
    entries: dict[bytes, Entry]
    bodies: dict[bytes, bytes]
    logs: list[LogEvidence]
    report: Optional[str]


def verify_bundle(data: bytes, network: bytes, logs: Policy, indexes: Policy) -> Evidence:
    """Everything of `bundle.md` section 5, in order."""
    require(len(data) <= BUNDLE_BYTES, "too-large")
    fields = structure(cbor.decode(data, items=BUNDLE_ITEMS), BUNDLE)
    charter = read_charter(fields[2])
    require(charter.network == network, "network-mismatch")
    entries = _entries(fields.get(4, []), network)
    bodies = _bodies(fields.get(5, []))
    parts = [_log(one, entries, logs, indexes) for one in fields[3]]
    require_rising([one.answer.head.origin for one in parts])
    _require_complete(parts, entries)
    return Evidence(charter, entries, bodies, parts, fields.get(6))


def _entries(raws: list[bytes], network: bytes) -> dict[bytes, Entry]:
    entries = [read_entry(raw) for raw in raws]
    for entry in entries:
        require(entry.network == network, "network-mismatch", "entry")
        entry.enrol_and_verify()
    require_rising([entry.id for entry in entries])
    return {entry.id: entry for entry in entries}


def _bodies(bodies: list[list[bytes]]) -> dict[bytes, bytes]:
    digests = [part.digest(salt, data) for salt, data in bodies]
    require_rising(digests)
    return {digest: data for digest, (_, data) in zip(digests, bodies)}


def _log(fields: dict[int, Any], entries: dict[bytes, Entry], logs: Policy, indexes: Policy) -> LogEvidence:
    checkpoint = indexes.open(read_note(fields[1])).checkpoint
    answer = index.verify_answer(fields[3], checkpoint, fields.get(2, []))
    named = any(key.name == answer.head.origin for key in logs.logs)
    require(named, "origin-mismatch", "no log of the policy")
    evidence = LogEvidence(answer)
    lists = [(about, index.read_list(raw)) for about, raw in fields.get(4, [])]
    for about, read in lists:
        evidence.postings[about, read.name] = _list(about, read, answer, entries)
    require_rising([(about, read.name) for about, read in lists])
    for raw, path in fields.get(5, []):
        evidence.archived.append(_archived(raw, path, answer.head, logs))
    require_rising([one.size for one in evidence.archived])
    return evidence


def _list(
    about: str, read: index.PostingList, answer: index.Answer, entries: dict[bytes, Entry]
) -> list[index.Posting]:
    proved = answer.class_map(about).get(read.name)
    require(proved is not None, "evidence-stray", "a list that the answer does not prove")
    require(read.start == 0, "posting-chain", "not whole")
    return index.verify_list(read, about, answer.head, proved or [], entries)


def _archived(raw: bytes, path: list[bytes], head: index.Head, logs: Policy) -> Checkpoint:
    """A note of the same log, from which it grew to the index head."""
    checkpoint = logs.open(read_note(raw)).checkpoint
    require(checkpoint.origin == head.origin, "origin-mismatch", "archived note")
    if checkpoint.size == head.size:
        require(not path, "proof-invalid", "nothing grew")
        require(checkpoint.root == head.log_root, "root-mismatch")
    else:
        size, root = checkpoint.size, checkpoint.root
        merkle.require_consistency(size, root, head.size, head.log_root, path)
    return checkpoint


def _require_complete(parts: list[LogEvidence], entries: dict[bytes, Entry]) -> None:
    """Steps 6 to 8."""
    posted = [
        (one, posting.entry) for one in parts for postings in one.postings.values() for posting in postings
    ]
    require(all(key in entries for _, key in posted), "evidence-incomplete", "entries")
    for one, key in posted:
        author = entries[key].author
        require(one.answer.feeds.get(author) is not None, "evidence-incomplete", "feed value")
        acts = (written("author", author), "net") in one.postings
        require(acts, "evidence-incomplete", "acts of an author")
    require({key for _, key in posted} == set(entries), "evidence-stray", "an entry in no list")
