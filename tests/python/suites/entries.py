"""Entries and what they are made of: `cbor`, `key`, `ids`, `part`, `entry`, `network`, `charter`, feeds."""

from __future__ import annotations

from fairtrail_reader import cbor, ed25519, network, part
from fairtrail_reader.admission import EARLY, Admission
from fairtrail_reader.blake3 import derive
from fairtrail_reader.charter import read_charter
from fairtrail_reader.entry import read_entry
from fairtrail_reader.forms import read_written, written
from fairtrail_reader.refused import require
from fairtrail_reader.vector import Vector

CLAIM_BYTES = 16_384


def same(found: object, stated: object, what: str) -> None:
    """What an accepted case amounts to is what the file says."""
    if found != stated:
        raise AssertionError(f"{what}: read {found!r}, the file says {stated!r}")


def judge_cbor(case: Vector) -> str:
    data = case.hex("bytes")
    require(len(data) <= CLAIM_BYTES, "too-large")
    same(cbor.encode(cbor.decode(data, tokens=True)), data, "encoding")
    return "ok"


def judge_key(case: Vector) -> str:
    key = case.hex("key")
    ed25519.enrol(key)
    for digest in case.all("digest"):
        same(written("next", network.next_digest(key)), digest, "digest")
    return "ok"


def judge_ids(case: Vector) -> str:
    same(derive(case.one("context"), case.hex("input")), case.hex("output"), "output")
    return "ok"


def judge_part(case: Vector) -> str:
    stated = part.read_part(cbor.decode(case.hex("part"), tokens=True))
    part.require_body(stated, case.hex("salt"), case.hex("bytes"))
    return "ok"


def judge_entry(case: Vector) -> str:
    entry = read_entry(case.hex("entry"))
    entry.enrol_and_verify()
    if case.has("id"):
        same(written("entry", entry.id), case.one("id"), "id")
    return "ok"


def judge_charter(case: Vector) -> str:
    charter = read_charter(case.hex("charter"))
    same(cbor.encode(cbor.decode(charter.raw)), charter.raw, "encoding")
    if case.has("network"):
        same(written("network", charter.network), case.one("network"), "network")
        found = [written("author", author) for author in charter.authors()]
        same(found, case.all("author"), "authors")
    return "ok"


def judge_feed(case: Vector) -> str:
    """Offers in order; the answer is about the last `offer`, or about the feed value."""
    admission = Admission(read_charter(case.hex("charter")))
    answer = ""
    for name, value in case.lines:
        if name in ("entry", "known", "early", "refused", "offer"):
            said = _offer(admission, name, bytes.fromhex(value))
            answer = said if name == "offer" else answer
        if name == "value":
            author, value = value.split(" ")
            walk = admission.walk(read_written("author", author) or b"")
            same(walk.value().hex(), value, "feed value")
            answer = answer or walk.state()
    return answer


def _offer(admission: Admission, name: str, data: bytes) -> str:
    known = read_entry(data).id in admission.entries if name == "known" else False
    said = admission.offer(data)
    holds = {
        "entry": said == "ok",
        "known": said == "ok" and known,
        "early": said in EARLY,
        "refused": said not in EARLY and said != "ok",
        "offer": True,
    }[name]
    same(holds, True, f"{name} answered {said}")
    return said


JUDGES = {
    "cbor": judge_cbor,
    "key": judge_key,
    "ids": judge_ids,
    "part": judge_part,
    "entry": judge_entry,
    "network": judge_entry,
    "charter": judge_charter,
    "admission": judge_feed,
    "feed": judge_feed,
}
