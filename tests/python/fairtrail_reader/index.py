"""The index: postings, class maps, heads, lists and answers (`index.md` sections 3 to 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Optional

from . import cbor, contexts, merkle, network, trie
from .blake3 import derive
from .entry import Entry, read_kind
from .forms import written
from .log import Checkpoint, is_log_origin
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
    time,
    uint,
)

ZERO = bytes(32)
LARGE = 8_388_608
WORDS = (
    "profile",
    "id",
    "register",
    "licence",
    "recruitment",
    "contract",
    "audit",
    "finding",
    "certificate",
    "remedy",
    "reply",
    "supply",
    "listing",
    "grievance",
    "ack",
    "withhold",
    "ruleset",
)
CLASSES = frozenset(WORDS + ("pulse", "net", "other"))


def class_of(kind: str) -> str:
    """The class a kind belongs to."""
    if kind == "author.pulse":
        return "pulse"
    if kind in network.KINDS:
        return "net"
    first = kind.split(".")[0]
    return first if first in WORDS else "other"


def subjects_of(entry: Entry) -> list[str]:
    """MapFn: in whose lists an entry stands."""
    own = [written("author", entry.id)] if entry.seq == 0 else []
    return sorted({*entry.header[8], *own})


class Posting(NamedTuple):
    """One item of a list."""

    leaf: int
    log_time: int
    entry: bytes
    kind: str
    leaf_hash: bytes

    def encode(self) -> bytes:
        return cbor.encode(list(self))


_posting = pair(uint(), time, bytes32, read_kind, bytes32)


def read_posting(data: bytes) -> Posting:
    """A posting in its one encoding."""
    return Posting(*_posting(cbor.decode(data)))


def chain(head: bytes, number: int, posting: bytes) -> bytes:
    """The head after the posting of this number."""
    return derive(contexts.POSTING, head + number.to_bytes(8, "big") + posting)


def _class(item: Any) -> str:
    require(text(item) in CLASSES, "code-unknown", item)
    return item


def _count(item: Any) -> int:
    require(uint()(item) >= 1, "schema-mismatch", "count")
    return item


ClassMap = dict[str, list[Any]]
_tally = pair(_count, bytes32)


def read_class_map(data: bytes) -> ClassMap:
    """Count and head by class."""
    item = cbor.decode(data)
    require(isinstance(item, dict) and bool(item), "schema-mismatch", "class map")
    return {_class(name): _tally(tally) for name, tally in item.items()}


def add_posting(lists: ClassMap, posting: Posting) -> None:
    """Goes on with the chain of the posting's class."""
    tally = lists.setdefault(class_of(posting.kind), [0, ZERO])
    tally[0] += 1
    tally[1] = chain(tally[1], tally[0], posting.encode())


def subject_key(subject: str) -> bytes:
    """Under which a subject stands."""
    return derive(contexts.SUBJECT_KEY, subject.encode())


def subject_value(class_map: bytes) -> bytes:
    """What stands for its class map."""
    return derive(contexts.SUBJECT, class_map)


def feed_key(author: bytes) -> bytes:
    """Under which a feed stands."""
    return derive(contexts.FEED_KEY, author)


def feed_value(value: bytes) -> bytes:
    """What stands for its feed value."""
    return derive(contexts.FEED, value)


@dataclass(frozen=True)
class Head:
    """An index head."""

    raw: bytes
    origin: str
    size: int
    log_root: bytes
    subjects: bytes
    feeds: bytes
    log_time: int


def _log_origin(item: Any) -> str:
    require(is_log_origin(text(item)), "origin-mismatch", "no origin of a log")
    return item


def _version(item: Any) -> int:
    require(uint()(item) == 1, "version-unknown")
    return item


_head = pair(_version, _log_origin, uint(), bytes32, bytes32, bytes32, time)


def read_head(data: bytes) -> Head:
    """A leaf of the index log."""
    return Head(data, *_head(cbor.decode(data))[1:])


def write_head(origin: str, size: int, roots: Sequence[bytes], log_time: int) -> bytes:
    """Log root, subjects root and feeds root in the one encoding of a head."""
    return cbor.encode([1, origin, size, *roots, log_time])


_list = {
    1: Field(_class),
    2: Field(uint()),
    3: Field(bytes32),
    4: Field(items(any_bytes, least=0)),
}


@dataclass(frozen=True)
class PostingList:
    """A list before anything of it was compared."""

    name: str
    start: int
    start_head: bytes
    postings: list[bytes]


def read_list(data: bytes) -> PostingList:
    """A posting list."""
    fields = structure(cbor.decode(data, null=True, items=LARGE), _list)
    return PostingList(fields[1], fields[2], fields[3], fields[4])


def require_chain(read: PostingList, proved: Optional[list[Any]]) -> None:
    """The list ends in the count and head that a class map gives."""
    require(read.start > 0 or read.start_head == ZERO, "posting-chain", "zero head")
    at, number = read.start_head, read.start
    for raw in read.postings:
        number += 1
        at = chain(at, number, raw)
    require([number, at] == proved, "posting-chain")


def verify_list(
    read: PostingList, subject: str, head: Head, proved: list[Any], at_hand: Mapping[bytes, Sequence[Entry]]
) -> list[Posting]:
    """`proved` is count and chain head of the class; steps 1 to 6 of `index.md` section 4."""
    require_chain(read, proved)
    postings = [read_posting(raw) for raw in read.postings]
    require(all(class_of(p.kind) == read.name for p in postings), "posting-class")
    leaves, times = [p.leaf for p in postings], [p.log_time for p in postings]
    rising = all(a < b for a, b in zip(leaves, leaves[1:]))
    require(rising and all(leaf < head.size for leaf in leaves), "posting-order")
    fell = any(a > b for a, b in zip(times, [*times[1:], head.log_time]))
    require(not fell, "log-time-fell")
    require(len({p.entry for p in postings}) == len(postings), "posting-twice")
    for posting in postings:
        if posting.entry in at_hand:
            _require_entry(posting, at_hand[posting.entry], subject)
    return postings


def _require_entry(posting: Posting, forms: Sequence[Entry], subject: str) -> None:
    """One of the forms of the entry, which differ in their signatures, is the leaf posted."""
    same = [one for one in forms if merkle.leaf_hash(one.raw) == posting.leaf_hash]
    require(bool(same) and same[0].kind == posting.kind, "posting-entry")
    require(subject in subjects_of(same[0]), "posting-foreign")


def require_last_leaf(head: bytes, checkpoint: Checkpoint, path: list[bytes]) -> None:
    """The bytes are the last leaf of the index checkpoint."""
    require(checkpoint.size > 0, "proof-incomplete", "an index log without leaves")
    leaf, size = merkle.leaf_hash(head), checkpoint.size
    merkle.require_inclusion(leaf, size - 1, size, path, checkpoint.root)


def bytes_or_none(item: Any) -> Optional[bytes]:
    """Null stands for what is not there."""
    return None if item is None else any_bytes(item)


ANSWER = {
    1: Field(any_bytes),
    2: present(items(subject)),
    3: present(items(bytes_or_none)),
    4: optional(any_bytes),
    5: present(items(bytes32)),
    6: present(items(bytes_or_none)),
    7: optional(any_bytes),
}


def claims_of(keys: Iterable[bytes], values: Iterable[Optional[bytes]], hashed: Any) -> list[trie.Claim]:
    """Keys with the hashes of what is said to stand there."""
    return [(key, None if value is None else hashed(value)) for key, value in zip(keys, values)]


def _asked(fields: dict[int, Any], first: int) -> tuple[list[Any], list[Optional[bytes]], bytes]:
    """Three fields that stand together: questions, values, proof."""
    questions, values, proof = fields.get(first, []), fields.get(first + 1, []), fields.get(first + 2)
    require(len(questions) == len(values), "index-count")
    if proof is None:
        require(not questions, "proof-incomplete", "no proof")
        return questions, values, b""
    require(bool(questions), "proof-incomplete", "a proof of nothing")
    return questions, values, proof


@dataclass(frozen=True)
class Answer:
    """An answer by name, and its two proofs."""

    head: Head
    subjects: dict[str, Optional[bytes]]
    feeds: dict[bytes, Optional[bytes]]
    proofs: tuple[bytes, bytes]

    def require_holds(self) -> None:
        """Under the roots of the head."""
        keys = [subject_key(one) for one in self.subjects]
        if keys:
            trie.verify(
                self.head.subjects, claims_of(keys, self.subjects.values(), subject_value), self.proofs[0]
            )
        keys = [feed_key(one) for one in self.feeds]
        if keys:
            trie.verify(self.head.feeds, claims_of(keys, self.feeds.values(), feed_value), self.proofs[1])
        for one in self.subjects:
            self.class_map(one)

    def class_map(self, subject: str) -> ClassMap:
        """Counts and heads by class; empty where nothing names the subject."""
        raw = self.subjects.get(subject)
        return {} if raw is None else read_class_map(raw)


def read_answer(data: bytes) -> Answer:
    """The form of an answer, and the order of what is asked."""
    return _answer(_answer_fields(data))


def _answer_fields(data: bytes) -> dict[int, Any]:
    return structure(cbor.decode(data, null=True, items=LARGE), ANSWER)


def _answer(fields: dict[int, Any]) -> Answer:
    head = read_head(fields[1])
    subjects, maps, subjects_proof = _asked(fields, 2)
    authors, values, feeds_proof = _asked(fields, 5)
    require(bool(subjects or authors), "proof-incomplete", "nothing is asked")
    require_rising([subject_key(one) for one in subjects])
    require_rising([feed_key(one) for one in authors])
    proofs = (subjects_proof, feeds_proof)
    return Answer(head, dict(zip(subjects, maps)), dict(zip(authors, values)), proofs)


def verify_answer(data: bytes, checkpoint: Checkpoint, path: list[bytes]) -> Answer:
    """Everything of `index.md` section 7."""
    fields = _answer_fields(data)
    require_last_leaf(fields[1], checkpoint, path)
    answer = _answer(fields)
    require(checkpoint.origin == answer.head.origin + "/index/1", "origin-mismatch")
    answer.require_holds()
    return answer
