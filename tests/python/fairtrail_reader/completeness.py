"""That a bundle leaves out nothing of anybody involved (`bundle.md` section 5, steps 7 to 10)."""

from __future__ import annotations

from typing import Optional

from .admission import Admission, KeyState
from .bundle import INCOMPLETE, STRAY, Bundle, LogEvidence, named_parts, read_bundle, subject_of
from .entry import Entry
from .feed import FeedValue, Step, read_value, walk
from .network import act_id
from .policy import Policy
from .refused import Refused, require


def verify_bundle(data: bytes, network: bytes, logs: Policy, indexes: Policy) -> Bundle:
    """Everything of `bundle.md` section 5, in order."""
    bundle = read_bundle(data, network, logs, indexes)
    authors = _involved(bundle)
    for log in bundle.logs:
        for author in authors:
            _require_acts(log, author)
    values = [{author: _value(log, author) for author in authors} for log in bundle.logs]
    for author in authors:
        _require_feed(bundle, author, [of_log[author] for of_log in values])
    _admit(bundle, values)
    require(set(bundle.bodies) <= named_parts(bundle), STRAY, "a part that no entry names")
    return bundle


def _involved(bundle: Bundle) -> list[bytes]:
    """Authors of entries, those that grants continue, and the charter's roots."""
    entries = [forms[0] for forms in bundle.forms.values()]
    authors = {entry.author for entry in entries}
    authors |= {entry.claim[7] for entry in entries if entry.kind == "grant" and 7 in entry.claim}
    authors |= {bundle.charter.author(key, digest) for key, digest in bundle.charter.roots}
    return sorted(authors)


def _require_acts(log: LogEvidence, author: bytes) -> None:
    answer, about = log.answer, subject_of(author)
    require(author in answer.feeds and about in answer.subjects, INCOMPLETE, "of an author")
    acts = "net" not in answer.class_map(about) or (about, "net") in log.lists
    require(acts, INCOMPLETE, "acts of an author")


def _value(log: LogEvidence, author: bytes) -> Optional[FeedValue]:
    raw = log.answer.feeds[author]
    return None if raw is None else read_value(raw)


def _require_feed(bundle: Bundle, author: bytes, values: list[Optional[FeedValue]]) -> None:
    """Step 8 for one feed in every log."""
    feeds = [log.of(author) for log in bundle.logs]
    for log, feed, value in zip(bundle.logs, feeds, values):
        if value is None:
            require(not feed, INCOMPLETE, "entries of a feed that has none")
        else:
            _require_amounts(feed, value, log.answer.feeds[author] or b"")
    stated = [(feed, value) for feed, value in zip(feeds, values) if value is not None]
    if len({value.head + repr(value.fork).encode() for _, value in stated}) > 1:
        _require_common(stated)


def _require_amounts(feed: list[Entry], value: FeedValue, raw: bytes) -> None:
    by_id = {entry.id: entry for entry in feed}
    straight = [entry for entry in feed if value.fork is None or entry.seq < value.fork[1][0]]
    numbers = [entry.seq for entry in straight]
    require(len(set(numbers)) == len(numbers), INCOMPLETE, "two entries at one place")
    if value.fork is None:
        require(value.head in by_id and numbers[-1] == value.seq, INCOMPLETE, "the head of a feed")
        return
    lowest: int = value.fork[1][0]
    after = [entry for entry in feed if entry.seq >= lowest - 1]
    gaps = any(entry.prev not in by_id for entry in after if entry.seq >= lowest)
    require(bool(after) and after[0].seq == lowest - 1 and not gaps, INCOMPLETE, "entries of a fork")
    steps = _steps(feed)
    walked = walk(steps[entry.id] for entry in after)
    require(walked.value() == raw, INCOMPLETE, "the value of a forked feed")


def _steps(feed: list[Entry]) -> dict[bytes, Step]:
    """Entries with their key states: of the entry before, or of the last one that sets a key."""
    steps: dict[bytes, Step] = {}
    last = b""
    for entry in feed:
        before = steps.get(entry.prev or b"")
        state = entry.id if entry.sets_key else before.key_state if before else last
        rotates = entry.kind == "author.rotate"
        steps[entry.id] = Step(entry.id, entry.prev, entry.seq, rotates, state)
        last = entry.id if entry.sets_key else last
    return steps


def _end(value: FeedValue) -> int:
    """The head, or the last entry before the lowest fork."""
    return value.seq if value.fork is None else min(value.seq, value.fork[1][0] - 1)


def _require_common(stated: list[tuple[list[Entry], FeedValue]]) -> None:
    """One entry that all logs share, and every entry of each feed after it."""
    shared = set.intersection(*({entry.id for entry in feed} for feed, _ in stated))
    least = min(_end(value) for _, value in stated)
    feed = stated[0][0]
    common = [entry for entry in feed if entry.id in shared and entry.seq <= least]
    require(any(_follows(entry, stated) for entry in common), INCOMPLETE, "what logs share of a feed")


def _follows(common: Entry, stated: list[tuple[list[Entry], FeedValue]]) -> bool:
    """In every log each entry after this one names one that is at hand."""
    for feed, _ in stated:
        known = {entry.id for entry in feed}
        if any(entry.prev not in known for entry in feed if entry.seq > common.seq):
            return False
    return True


class Excerpt(Admission):
    """Admission of feeds of which not every entry is at hand."""

    def __init__(self, bundle: Bundle, forked_from: dict[bytes, int]) -> None:
        super().__init__(bundle.charter)
        self.held = {key: forms[0] for key, forms in bundle.forms.items()}
        self.forked_from = forked_from

    def _state_before(self, entry: Entry) -> KeyState:
        if entry.prev in self.held or entry.seq > self.forked_from.get(entry.author, entry.seq):
            return super()._state_before(entry)
        setting = [one for one in self.held.values() if one.author == entry.author and one.sets_key]
        before = [one for one in setting if one.seq < entry.seq]
        if not before:
            raise Refused("early-prev")
        last = max(before, key=lambda one: one.seq)
        if last.id not in self.states:
            raise Refused("early-prev")
        return self.states[last.id]

    def _grants_at_hand(self) -> set[bytes]:
        """By entry id, and by act id for those of the roots."""
        given = [one for one in self.held.values() if one.kind == "grant"]
        return {one.id for one in given} | {act_id(one.network, one.kind, one.claim) for one in given}

    # What takes something from what is not at hand takes nothing from what is.
    def _judge_erase(self, entry: Entry) -> None:
        if entry.claim[1] in self.held:
            super()._judge_erase(entry)

    def _judge_revoke_grant(self, entry: Entry) -> None:
        if entry.claim[2] in self._grants_at_hand():
            super()._judge_revoke_grant(entry)

    def _judge_revoke_key(self, entry: Entry) -> None:
        if entry.claim[2] in self.held:
            super()._judge_revoke_key(entry)


def _admit(bundle: Bundle, values: list[dict[bytes, Optional[FeedValue]]]) -> None:
    """Step 9."""
    forked_from: dict[bytes, int] = {}
    for of_log in values:
        for author, value in of_log.items():
            if value is not None and value.fork is not None:
                lowest: int = value.fork[1][0]
                forked_from[author] = min(lowest, forked_from.get(author, lowest))
    excerpt = Excerpt(bundle, forked_from)
    entries = [forms[0] for forms in bundle.forms.values()]
    for entry in sorted(entries, key=lambda one: one.seq):
        said = excerpt.offer(entry.raw)
        if said != "ok" and not said.startswith("early-"):
            raise Refused(said)
    if excerpt.refused:
        raise Refused(excerpt.refused[0])
    require(len(excerpt.entries) == len(entries), INCOMPLETE, "what an entry rests on")
    for of_log in values:
        for value in of_log.values():
            if value is not None:
                same = excerpt.states[value.head].id == value.key_state
                require(same, INCOMPLETE, "key state of a head")
    for forms in bundle.forms.values():
        for entry in forms[1:]:
            entry.verify()
