"""Charters and charter authors (`charter.md`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import cbor, contexts, ed25519, network
from .blake3 import derive
from .entry import CONTENT_TYPE
from .forms import written
from .refused import require
from .schema import Field, bytes32, items, pair, require_rising, structure, text, time, uint

CHARTER_BYTES = 65_536
TEXT_BYTES = 16_384
PAIRS = items(pair(bytes32, bytes32), most=32)


def _text(item: Any) -> str:
    require(len(text(item).encode()) <= TEXT_BYTES, "too-large", "text")
    return item


FIELDS = {
    1: Field(uint()),
    2: Field(time),
    3: Field(_text),
    4: Field(PAIRS),
    5: Field(uint()),
    6: Field(PAIRS),
    7: Field(items(text, least=0)),
    8: Field(_text),
    9: Field(_text),
    10: Field(_text),
    11: Field(uint()),
}


@dataclass(frozen=True)
class Charter:
    """What a network is founded on."""

    raw: bytes
    fields: dict[int, Any]

    @property
    def network(self) -> bytes:
        return derive(contexts.CHARTER, self.raw)

    @property
    def created(self) -> int:
        return self.fields[2]

    @property
    def roots(self) -> list[list[bytes]]:
        return self.fields[4]

    @property
    def reply_desks(self) -> list[list[bytes]]:
        return self.fields[6]

    @property
    def threshold(self) -> int:
        return self.fields[5]

    @property
    def roles(self) -> list[str]:
        return self.fields[7]

    def author(self, key: bytes, digest: bytes) -> bytes:
        """The computed id of a charter author."""
        own = written("key", key)
        protected = {1: -8, 3: CONTENT_TYPE, 4: key, 15: {1: own, 2: own, 6: self.created}}
        payload = {1: 1, 2: self.network, 4: 0, 7: "author.begin", 8: [own], 14: {1: digest}}
        signed = ["Signature1", cbor.encode(protected), b"", cbor.encode(payload)]
        return derive(contexts.ENTRY, cbor.encode(signed))

    def authors(self) -> list[bytes]:
        """Of all roots, then of all reply desks."""
        return [self.author(key, digest) for key, digest in self.roots + self.reply_desks]


def _require_distinct(pairs: list[tuple[bytes, bytes]]) -> None:
    for column in zip(*pairs):
        require(len(set(column)) == len(column), "charter-invalid", "key or digest twice")


def read_charter(data: bytes) -> Charter:
    """Everything of `charter.md` section 6."""
    require(len(data) <= CHARTER_BYTES, "too-large")
    fields = structure(cbor.decode(data), FIELDS)
    require(fields[1] == 1 and fields[11] == 1, "version-unknown")
    for key in (4, 6, 7):
        require_rising(fields[key])
    roots, pairs = len(fields[4]), fields[4] + fields[6]
    require(roots < 2 * fields[5] <= 2 * roots, "charter-invalid", "threshold")
    _require_distinct(pairs)
    for key, _ in pairs:
        ed25519.enrol(key)
    for role in fields[7]:
        require(role in network.ROLES, "code-unknown", role)
    return Charter(data, fields)
