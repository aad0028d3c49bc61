"""Messages between programs (`gateway.md` section 4, `cddl/wire.cddl`)."""

from __future__ import annotations

from typing import Any

from . import cbor, entry, part
from .entry import ENTRY_BYTES, Entry, read_entry
from .refused import require
from .schema import any_bytes, bytes32, items, pair, raw, require_rising, uint

WIRE_BYTES = 25_165_824
WIRE_ITEMS = 65_536
BATCH = 256

Body = tuple[bytes, bytes]
read_body = pair(raw(16), any_bytes)


def _decode(data: bytes) -> Any:
    require(len(data) <= WIRE_BYTES, "too-large")
    return cbor.decode(data, items=WIRE_ITEMS)


def _bodies(item: Any) -> list[list[bytes]]:
    require(isinstance(item, list), "schema-mismatch", "bodies")
    require(len(item) <= part.PARTS, "too-large", "bodies")
    return [read_body(one) for one in item]


def _entry_bytes(item: Any) -> bytes:
    require(len(any_bytes(item)) <= ENTRY_BYTES, "too-large", "entry")
    return item


def read_batch(data: bytes) -> list[Entry]:
    """What is handed in together."""
    item = _decode(data)
    require(isinstance(item, list), "schema-mismatch", "batch")
    require(1 <= len(item) <= BATCH, "too-large", "entries of a batch")
    submissions = [pair(_entry_bytes, _bodies)(one) for one in item]
    return [read_entry(raw_entry) for raw_entry, _ in submissions]


def read_draft(data: bytes) -> Any:
    """A header without signature, and bodies."""
    header, _ = pair(any_bytes, _bodies)(_decode(data))
    return entry.read_draft(header)


def read_parts_page(data: bytes) -> list[list[Any]]:
    """The public parts of a run of leaves, digests rising."""
    held = items(pair(bytes32, read_body), least=0)
    _, _, parts = pair(uint(), uint(), held)(_decode(data))
    require_rising([digest for digest, _ in parts])
    for digest, (salt, body) in parts:
        require(part.digest(salt, body) == digest, "part-mismatch")
    return parts
