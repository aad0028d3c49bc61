"""Entries: frame, protected header, payload, signature and id (`entry.md` sections 4 to 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Optional

from . import cbor, contexts, ed25519, network
from .blake3 import derive
from .forms import written
from .part import read_parts, require_parts
from .refused import Refused, require
from .schema import (
    Field,
    bytes32,
    code_of,
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

ENTRY_BYTES = 8192
CONTENT_TYPE = "application/vnd.fairtrail.entry+cbor"
KIND = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){0,3}\Z")
RESERVED = ("author.", "charter.", "part.", "grant.", "revoke.")
# Subjects, basis and references.
LISTS = {8, 9, 12}
AT_ZERO = {1, 2, 4, 7, 8, 14}


def read_kind(item: Any) -> str:
    """A kind, known or not."""
    kind = text(item)
    require(len(kind) <= 48 and KIND.match(kind) is not None, "kind-invalid", kind)
    known = kind in network.KINDS
    require(known or not kind.startswith(RESERVED), "kind-invalid", kind)
    return kind


HEADER = {
    1: Field(uint()),
    2: Field(bytes32),
    3: optional(bytes32),
    4: Field(uint()),
    5: optional(bytes32),
    6: optional(bytes32),
    7: Field(read_kind),
    8: Field(items(subject, most=16)),
    9: present(items(code_of(*range(7)), most=7)),
    10: optional(code_of(1)),
    11: present(read_parts),
    12: present(items(pair(code_of(*range(5)), bytes32), most=16)),
    13: optional(pair(text, uint(least=1), bytes32)),
    14: optional(lambda item: item),
}


@dataclass(frozen=True)
class Entry:
    """An entry of which everything was checked that it shows by itself, but the signature."""

    raw: bytes
    protected: bytes
    payload: bytes
    signature: bytes
    kid: bytes
    issued: int
    header: dict[int, Any]

    @property
    def signed(self) -> bytes:
        return cbor.encode(["Signature1", self.protected, b"", self.payload])

    @property
    def id(self) -> bytes:
        return derive(contexts.ENTRY, self.signed)

    @property
    def network(self) -> bytes:
        return self.header[2]

    @property
    def author(self) -> bytes:
        return self.header.get(3, self.id)

    @property
    def seq(self) -> int:
        return self.header[4]

    @property
    def prev(self) -> Optional[bytes]:
        return self.header.get(5)

    @property
    def grant(self) -> Optional[bytes]:
        return self.header.get(6)

    @property
    def kind(self) -> str:
        return self.header[7]

    @property
    def claim(self) -> dict[int, Any]:
        return self.header[14]

    @property
    def sets_key(self) -> bool:
        return self.kind in ("author.begin", "author.rotate")

    def verify(self) -> None:
        """Under the key it names."""
        require(ed25519.verifies(self.kid, self.signed, self.signature), "signature-invalid")

    def enrol_and_verify(self) -> None:
        """For readers that have no feed to vouch for the key."""
        ed25519.enrol(self.kid)
        self.verify()


def _byte_string(data: bytes, at: int) -> tuple[bytes, int]:
    """A byte string of the frame, and where it ends."""
    decoder = cbor.Decoder(data, tokens=False, null=False, items=1)
    decoder.at = at
    try:
        major, length = decoder.head()
        require(major == cbor.BYTES, "frame-invalid")
        return decoder.take(length), decoder.at
    except Refused as error:
        raise Refused("frame-invalid", str(error)) from error


def _frame(data: bytes) -> tuple[bytes, bytes, bytes]:
    require(len(data) <= ENTRY_BYTES, "too-large")
    require(data[:2] == b"\xd2\x84", "frame-invalid", "tag and array")
    protected, at = _byte_string(data, 2)
    require(data[at : at + 1] == b"\xa0", "frame-invalid", "unprotected header")
    payload, at = _byte_string(data, at + 1)
    signature, at = _byte_string(data, at)
    require(len(signature) == 64 and at == len(data), "frame-invalid", "signature")
    return protected, payload, signature


def _protected(data: bytes) -> tuple[bytes, str, str, int]:
    """kid, iss, sub and iat."""
    item = cbor.decode(data, tokens=True)
    require(isinstance(item, dict) and list(item) == [1, 3, 4, 15], "schema-mismatch", "labels")
    require(item[1] == -8 and item[3] == CONTENT_TYPE, "schema-mismatch", "algorithm, type")
    kid, claims = bytes32(item[4]), item[15]
    require(isinstance(claims, dict) and list(claims) == [1, 2, 6], "schema-mismatch", "CWT claims")
    return kid, text(claims[1]), text(claims[2]), time(claims[6])


def read_draft(payload: bytes) -> dict[int, Any]:
    """The payload by its encoding and schema."""
    return structure(cbor.decode(payload, tokens=True), HEADER)


def read_header(payload: bytes) -> dict[int, Any]:
    """The payload: encoding, schema, version, position, parts, claim, subjects of network kinds."""
    header = read_draft(payload)
    require(header[1] == 1, "version-unknown")
    for key in LISTS & set(header):
        require_rising(header[key])
    _position(header)
    kind, parts = header[7], header.get(11, [])
    inline = kind in network.KINDS
    require_parts(parts)
    claims = [index for index, part in enumerate(parts) if part[1] == 0]
    require(claims == ([] if inline else [0]), "parts-invalid", "claim part")
    require((14 in header) == inline, "schema-mismatch", "claim")
    if inline:
        claim = network.read_claim(kind, header[14])
        if kind != "author.begin":
            network.require_subjects(kind, claim, header[3], header[8])
        header = {**header, 14: claim}
    return header


def _position(header: dict[int, Any]) -> None:
    begins = header[7] == "author.begin"
    require((header[4] == 0) == begins, "schema-mismatch", "begin")
    if begins:
        require(set(header) <= AT_ZERO, "schema-mismatch", "fields at seq 0")
    else:
        require(3 in header and 5 in header, "schema-mismatch", "feed and prev")


def _require_issuer(header: dict[int, Any], kid: bytes, issuer: str, about: str) -> None:
    own = written("key", kid)
    if header[4] == 0:
        require(header[8] == [own], "issuer-mismatch", "subjects at seq 0")
        require(issuer == own, "issuer-mismatch")
    else:
        require(issuer == written("author", header[3]), "issuer-mismatch")
    require(about in header[8], "issuer-mismatch", "sub")


@lru_cache(maxsize=1 << 14)
def read_entry(data: bytes) -> Entry:
    """Everything of `entry.md` section 8."""
    protected, payload, signature = _frame(data)
    kid, issuer, about, issued = _protected(protected)
    header = read_header(payload)
    _require_issuer(header, kid, issuer, about)
    return Entry(data, protected, payload, signature, kid, issued, header)
