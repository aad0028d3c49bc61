"""Reading from a gateway over HTTP (`gateway.md` section 3). Nothing of it is believed as it comes."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any, Optional

from . import merkle, tiles
from .refused import require
from .tiles import ENTRIES, WIDTH

SECONDS = 20
LARGEST = 25_165_824


class Gateway:
    """One gateway by its address."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def get(self, path: str) -> bytes:
        """The content of an answer, up to a bound."""
        with urllib.request.urlopen(f"{self.address}/{path}", timeout=SECONDS) as answer:
            data: bytes = answer.read(LARGEST + 1)
        require(len(data) <= LARGEST, "gateway-answer", path)
        return data

    def find(self, path: str) -> Optional[bytes]:
        """The content, or nothing where the gateway has none."""
        try:
            return self.get(path)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def json(self, path: str) -> Any:
        """A JSON answer."""
        return json.loads(self.get(path))


def _widths(size: int) -> list[int]:
    """How wide each tile of a level with so many hashes is."""
    full, rest = divmod(size, WIDTH)
    return [WIDTH] * full + ([rest] if rest else [])


def read_leaves(gateway: Gateway, prefix: str, size: int, root: bytes) -> list[bytes]:
    """All leaves of a published tree: they lead to the root, and so does every tile above them."""
    leaves: list[bytes] = []
    for index, width in enumerate(_widths(size)):
        path = tiles.tile_path(ENTRIES, index, width)
        leaves += tiles.read_entry_bundle(gateway.get(prefix + path), width)
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    require(merkle.root(hashes) == root, "root-mismatch", "root over the leaves")
    level = 0
    while hashes:
        for index, width in enumerate(_widths(len(hashes))):
            expected = b"".join(hashes[index * WIDTH : index * WIDTH + width])
            served = gateway.get(prefix + tiles.tile_path(level, index, width))
            require(served == expected, "tile-mismatch", f"tile {level} {index}")
        whole = len(hashes) // WIDTH
        hashes = [merkle.root(hashes[i * WIDTH : (i + 1) * WIDTH]) for i in range(whole)]
        level += 1
    return leaves
