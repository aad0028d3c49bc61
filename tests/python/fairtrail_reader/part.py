"""Parts and their bodies (`entry.md` section 7)."""

from __future__ import annotations

from typing import Any

from . import contexts
from .blake3 import derive
from .refused import require
from .schema import Field, bytes32, code_of, optional, raw, structure, text, uint

CLAIM, TEXT, DOCUMENT = 0, 1, 2
ROUNDING = {CLAIM: 1, TEXT: 64, DOCUMENT: 4096}
LARGEST = {CLAIM: 16_384, TEXT: 16_384, DOCUMENT: 16_777_216}
PARTS = 32

PART = {
    1: Field(code_of(0, 1, 2)),
    2: optional(text),
    3: Field(uint()),
    4: Field(bytes32),
    5: Field(code_of(0, 1, 2)),
}


def read_part(item: Any) -> dict[int, Any]:
    """One part of a header, by its schema."""
    return structure(item, PART)


def read_parts(item: Any) -> list[dict[int, Any]]:
    """The parts of a header, by their schema."""
    require(isinstance(item, list), "schema-mismatch", "parts")
    return [read_part(one) for one in item]


def require_parts(parts: list[dict[int, Any]]) -> None:
    """Number, sizes and media types."""
    require(len(parts) <= PARTS, "parts-invalid", "too many")
    for part in parts:
        role, size = part[1], part[3]
        require((2 in part) == (role != CLAIM), "parts-invalid", "media type")
        require(1 <= size <= LARGEST[role], "parts-invalid", "size")
        require(size % ROUNDING[role] == 0, "parts-invalid", "rounding")


def digest(salt: bytes, data: bytes) -> bytes:
    """The digest that names a part."""
    return derive(contexts.PART, salt + data)


def require_body(part: dict[int, Any], salt: bytes, data: bytes) -> None:
    """The body belongs to the part."""
    step = ROUNDING[part[1]]
    require(-(-len(data) // step) * step == part[3], "part-mismatch", "size")
    require(digest(raw(16)(salt), data) == part[4], "part-mismatch", "digest")
