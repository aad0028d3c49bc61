"""Proof that an operator signed what contradicts itself (`fraud-logs.md`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Optional

from . import badupdate, cbor, index, merkle
from .entry import Entry, read_entry
from .fork import LARGEST, MALFORMED
from .forms import read_base64
from .log import Checkpoint, Promise, promise_of, read_checkpoint
from .note import Key, Note, read_note
from .policy import Policy
from .refused import Refused, require
from .schema import Check, Field, any_bytes, bytes32, items, optional, structure, subject, uint

PATH = optional(items(bytes32))
SHOWN = {1: Field(uint()), 2: PATH, 3: Field(any_bytes)}
NOTHING_WRONG = "proof-invalid"


@dataclass(frozen=True)
class Known:
    """What whoever verifies knows."""

    keys: list[Key]
    network: Optional[bytes] = None
    policy: Optional[Policy] = None

    def open(self, note: Note) -> Key:
        """The accused's key; a note in a file has its line alone."""
        require(len(note.lines) == 1, MALFORMED, "signature lines")
        (key,) = note.open(self.keys)
        return key

    def checkpoint(self, data: bytes) -> Checkpoint:
        """Signed by the key whose name is its origin."""
        note = read_note(data)
        key, checkpoint = self.open(note), read_checkpoint(note)
        require(checkpoint.origin == key.name, "origin-mismatch")
        return checkpoint

    def index_checkpoint(self, data: bytes) -> Checkpoint:
        """Of an index, and not of a log."""
        checkpoint = self.checkpoint(data)
        require(checkpoint.origin.endswith("/index/1"), "origin-mismatch", "no index")
        return checkpoint

    def log_checkpoint(self, data: bytes) -> Checkpoint:
        """Of a log, and not of an index."""
        checkpoint = self.checkpoint(data)
        require("/index/" not in checkpoint.origin, "origin-mismatch", "no log")
        return checkpoint


@dataclass(frozen=True)
class Shown:
    """A leaf with its place."""

    place: int
    path: list[bytes]
    data: bytes

    def require_in(self, size: int, root: bytes) -> None:
        """Stands in the tree."""
        leaf = merkle.leaf_hash(self.data)
        merkle.require_inclusion(leaf, self.place, size, self.path, root)


def _shown(item: Any) -> Shown:
    fields = structure(item, SHOWN)
    return Shown(fields[1], fields.get(2, []), fields[3])


def _entry(data: bytes) -> Optional[Entry]:
    """The entry that a leaf is, if it is one."""
    try:
        return read_entry(data)
    except Refused:
        return None


LISTED = {
    1: Field(any_bytes),
    2: Field(uint()),
    3: PATH,
    4: Field(any_bytes),
    5: optional(any_bytes),
    6: Field(subject),
}


@dataclass(frozen=True)
class Listed:
    """What an index proves about one subject."""

    origin: str
    head: index.Head
    subject: str
    class_map: index.ClassMap
    list: Optional[index.PostingList]


def _listed(fields: dict[int, Any], known: Known) -> Listed:
    checkpoint = known.index_checkpoint(fields[1])
    answer = index.read_answer(fields[4])
    head = answer.head
    require(checkpoint.origin == head.origin + "/index/1", "origin-mismatch")
    Shown(fields[2], fields.get(3, []), head.raw).require_in(checkpoint.size, checkpoint.root)
    answer.require_holds()
    about = fields[6]
    require(about in answer.subjects, MALFORMED, "an answer about another subject")
    class_map = answer.class_map(about)
    listed = index.read_list(fields[5]) if 5 in fields else None
    if listed is not None:
        index.require_chain(listed, class_map.get(listed.name))
    return Listed(checkpoint.origin, head, about, class_map, listed)


def _omission(fields: dict[int, Any], known: Known) -> str:
    listed, shown = _listed(fields[1], known), fields[2]
    shown.require_in(listed.head.size, listed.head.log_root)
    entry = _entry(shown.data)
    if entry is None or listed.subject not in index.subjects_of(entry):
        raise Refused(NOTHING_WRONG, "does not name the subject")
    name = index.class_of(entry.kind)
    if listed.list is None:
        require(name not in listed.class_map, MALFORMED, "the list is not shown")
        return listed.origin
    whole = listed.list.name == name and listed.list.start == 0
    require(whole, MALFORMED, "another list, or not from its beginning")
    expected = (shown.place, entry.id, entry.kind, merkle.leaf_hash(shown.data))
    for raw in listed.list.postings:
        posting = _posting(raw)
        if posting is not None:
            found = (posting.leaf, posting.entry, posting.kind, posting.leaf_hash)
            require(found != expected, NOTHING_WRONG, "it is listed")
    return listed.origin


def _posting(raw: bytes) -> Optional[index.Posting]:
    try:
        return index.read_posting(raw)
    except Refused:
        return None


def _foreign_posting(fields: dict[int, Any], known: Known) -> str:
    listed, shown = _listed(fields[1], known), fields.get(3)
    if listed.list is None or fields[2] >= len(listed.list.postings):
        raise Refused(MALFORMED, "no such posting")
    posting, head = _posting(listed.list.postings[fields[2]]), listed.head
    if posting is None or posting.leaf >= head.size:
        require(shown is None, MALFORMED, "a leaf that there is not")
        return listed.origin
    if shown is None or shown.place != posting.leaf:
        raise Refused(MALFORMED, "the leaf posted is not shown")
    shown.require_in(head.size, head.log_root)
    entry = _entry(shown.data)
    if entry is not None:
        same = (entry.id, entry.kind, merkle.leaf_hash(shown.data))
        right = same == (posting.entry, posting.kind, posting.leaf_hash)
        right = right and listed.subject in index.subjects_of(entry)
        right = right and index.class_of(posting.kind) == listed.list.name
        require(not right, NOTHING_WRONG, "the posting is that of the leaf")
    return listed.origin


def _head(data: bytes, checkpoint: Checkpoint) -> index.Head:
    head = index.read_head(data)
    require(checkpoint.origin == head.origin + "/index/1", "origin-mismatch")
    return head


def _head_order(fields: dict[int, Any], known: Known) -> str:
    checkpoint, first, second = known.index_checkpoint(fields[1]), fields[2], fields[3]
    require(first.place < second.place, MALFORMED, "order")
    for shown in (first, second):
        shown.require_in(checkpoint.size, checkpoint.root)
    before, after = _head(first.data, checkpoint), _head(second.data, checkpoint)
    wrong = after.size <= before.size or after.log_time < before.log_time
    require(wrong, NOTHING_WRONG, "the later head covers more")
    return checkpoint.origin


def _head_split(fields: dict[int, Any], known: Known) -> str:
    checkpoint, shown = known.index_checkpoint(fields[1]), fields[2]
    shown.require_in(checkpoint.size, checkpoint.root)
    head, other = _head(shown.data, checkpoint), known.log_checkpoint(fields[3])
    require(other.origin == head.origin, "origin-mismatch")
    trees = sorted([(head.size, head.log_root), (other.size, other.root)])
    (small, small_root), (large, large_root) = trees
    prefix, path = fields.get(4), fields.get(5, [])
    require((prefix is None) == (small == large), MALFORMED, "prefix")
    require(bool(path) == (small != large), MALFORMED, "path")
    if prefix is None:
        require(small_root != large_root, NOTHING_WRONG, "one root")
    else:
        merkle.require_consistency(small, prefix, large, large_root, path)
        require(prefix != small_root, NOTHING_WRONG, "one tree")
    return checkpoint.origin


REPLACED = {1: Field(uint()), 2: Field(bytes32), 3: PATH, 4: Field(bytes32), 5: PATH}


def _broken_promise(fields: dict[int, Any], known: Known) -> str:
    note = read_note(fields[1])
    promise = promise_of(note, known.open(note))
    if 3 in fields:
        _replaced(fields[3], promise, known.log_checkpoint(fields[2]))
    else:
        _overdue(promise, read_note(fields[2]), known.policy)
    return promise.origin


def _replaced(fields: dict[int, Any], promise: Promise, checkpoint: Checkpoint) -> None:
    require(checkpoint.origin == promise.origin, "origin-mismatch")
    promise.require_covers(fields[2], fields[1], fields.get(3, []))
    place, size = promise.first + fields[1], checkpoint.size
    merkle.require_inclusion(fields[4], place, size, fields.get(5, []), checkpoint.root)
    require(fields[2] != fields[4], NOTHING_WRONG, "the promised leaf")


def _overdue(promise: Promise, note: Note, policy: Optional[Policy]) -> None:
    if policy is None:
        raise Refused("proof-incomplete", "no policy")
    checkpoint = read_checkpoint(note)
    require(checkpoint.origin == promise.origin, "origin-mismatch")
    names = {(key.name, key.id) for key in [*policy.logs, *policy.witnesses.values()]}
    strange = any((line.name, line.id) not in names for line in note.lines)
    require(not strange, MALFORMED, "a line of nobody the policy names")
    try:
        before = policy.open(note).times()[1]
    except Refused as refused:
        undated = refused.code == "quorum-missing"
        raise Refused("proof-incomplete" if undated else refused.code) from refused
    late = before > promise.include_by and checkpoint.size < promise.first + promise.count
    require(late, NOTHING_WRONG, "kept, or still in time")


def _duplicate_leaf(fields: dict[int, Any], known: Known) -> str:
    checkpoint, first, second = known.log_checkpoint(fields[1]), fields[2], fields[3]
    require(first.place < second.place, MALFORMED, "order")
    for shown in (first, second):
        shown.require_in(checkpoint.size, checkpoint.root)
    one, other = _entry(first.data), _entry(second.data)
    same = one is not None and other is not None and one.id == other.id
    require(same, NOTHING_WRONG, "two entries")
    return checkpoint.origin


def _inadmissible_leaf(fields: dict[int, Any], known: Known) -> str:
    checkpoint, shown = known.checkpoint(fields[1]), fields[2]
    shown.require_in(checkpoint.size, checkpoint.root)
    try:
        if checkpoint.origin.endswith("/index/1"):
            _head(shown.data, checkpoint)
        else:
            _admissible(shown.data, known.network)
    except Refused:
        return checkpoint.origin
    raise Refused(NOTHING_WRONG, "nothing in it keeps it out")


def _admissible(data: bytes, network: Optional[bytes]) -> None:
    entry = read_entry(data)
    require(network is None or entry.network == network, "network-mismatch")
    entry.enrol_and_verify()


def _bad_update(fields: dict[int, Any], known: Known) -> str:
    checkpoint = known.index_checkpoint(fields[1])
    badupdate.verify(fields, checkpoint)
    return checkpoint.origin


def _within(fields: dict[int, Field]) -> Check:
    return lambda item: structure(item, fields)


NOTE, LEAF = Field(any_bytes), Field(_shown)
Judge = Callable[[dict[int, Any], Known], str]
KINDS: dict[str, tuple[dict[int, Field], Judge]] = {
    "omission": ({1: Field(_within(LISTED)), 2: LEAF}, _omission),
    "foreign-posting": ({1: Field(_within(LISTED)), 2: Field(uint()), 3: optional(_shown)}, _foreign_posting),
    "head-order": ({1: NOTE, 2: LEAF, 3: LEAF}, _head_order),
    "head-split": ({1: NOTE, 2: LEAF, 3: NOTE, 4: optional(bytes32), 5: PATH}, _head_split),
    "broken-promise": ({1: NOTE, 2: NOTE, 3: optional(_within(REPLACED))}, _broken_promise),
    "duplicate-leaf": ({1: NOTE, 2: LEAF, 3: LEAF}, _duplicate_leaf),
    "inadmissible-leaf": ({1: NOTE, 2: LEAF}, _inadmissible_leaf),
    "bad-update": (badupdate.FIELDS, _bad_update),
}


def _content(data: bytes) -> tuple[str, bytes]:
    """The kind in the title, and the CBOR behind it."""
    require(len(data) <= LARGEST, "too-large")
    require(data.isascii() and data.endswith(b"\n"), MALFORMED, "final line feed")
    lines = data.decode()[:-1].split("\n")
    require(len(lines) == 2, MALFORMED, "two lines")
    words = lines[0].split("/")
    titled = len(words) == 3 and words[0] == "fairtrail" and words[2] == "v1"
    require(titled and words[1] in KINDS, MALFORMED, "title")
    content = read_base64(lines[1])
    if content is None:
        raise Refused(MALFORMED, "base64")
    return words[1], content


def verify_accusation(data: bytes, known: Known) -> tuple[str, str]:
    """The kind, and the origin of the log or index accused."""
    kind, content = _content(data)
    form, judge = KINDS[kind]
    try:
        fields = structure(cbor.decode(content, items=index.LARGE), form)
    except Refused as refused:
        raise Refused(MALFORMED, str(refused)) from refused
    return kind, judge(fields, known)
