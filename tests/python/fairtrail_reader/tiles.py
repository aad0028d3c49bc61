"""Addresses of tiles, and entry bundles (`log.md` section 3)."""

from __future__ import annotations

import re

from .cbor import INTEGER
from .refused import Refused, require

PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<groups>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?\Z",
    re.ASCII,
)
WIDTH = 256
ENTRIES = -1


def tile_path(level: int, index: int, width: int) -> str:
    """The one address of a tile; `ENTRIES` as the level is that of entry bundles."""
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    name = "entries" if level == ENTRIES else str(level)
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{name}/{'/'.join(groups)}{partial}"


def read_tile_path(text: str) -> tuple[int, int, int]:
    """Level, index and width; a tile behind the largest tree has no address."""
    match = PATH.match(text)
    if match is None:
        raise Refused("tile-path", text)
    level = ENTRIES if match["level"] == "entries" else int(match["level"])
    index = int(match["groups"].replace("/", "").replace("x", ""))
    width = int(match["width"] or WIDTH)
    require(level <= 63 and width <= WIDTH, "tile-path", text)
    require(index * WIDTH + width <= INTEGER, "tile-path", text)
    require(tile_path(level, index, width) == text, "tile-path", text)
    return level, index, width


def read_entry_bundle(data: bytes, count: int) -> list[bytes]:
    """Entries behind their lengths, exactly so many."""
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        require(length <= 8192, "too-large", "entry")
        entry = data[at + 2 : at + 2 + length]
        require(len(entry) == length > 0, "bundle-malformed", "length")
        entries.append(entry)
        at += 2 + length
    require(len(entries) == count, "bundle-malformed", "number of entries")
    return entries
