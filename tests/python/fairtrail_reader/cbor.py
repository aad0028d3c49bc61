"""Deterministic CBOR as `entry.md` section 3 has it: checked while it is read, byte by byte."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .refused import Refused, require

INTEGER = (1 << 53) - 1
DEPTH = 8
ITEMS = 4096
TOKEN_BYTES = 128
UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = range(8)


class Decoder:
    """Reads one item. `tokens`: the token rule holds; `null`: null is an item here."""

    def __init__(
        self, data: bytes, tokens: bool, null: bool, items: int, depth: int = DEPTH
    ) -> None:
        self.data, self.tokens, self.null, self.left = data, tokens, null, items
        self.deepest = depth
        self.at = 0

    def take(self, count: int) -> bytes:
        end = self.at + count
        require(end <= len(self.data), "cbor-malformed", "ends inside an item")
        piece = self.data[self.at : end]
        self.at = end
        return piece

    def head(self) -> tuple[int, int]:
        """Major type and argument; refuses every head but the shortest."""
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if major == SIMPLE:
            return major, info
        if info < 24:
            return major, info
        require(major != TAG, "cbor-forbidden-item", "tag")
        require(info < 28, "cbor-not-canonical", "indefinite or reserved")
        size = 1 << (info - 24)
        value = int.from_bytes(self.take(size), "big")
        least = 24 if size == 1 else 1 << (4 * size)
        require(value >= least, "cbor-not-canonical", "not the shortest head")
        return major, value

    def item(self, depth: int) -> Any:
        require(self.left > 0, "cbor-too-many-items")
        self.left -= 1
        major, value = self.head()
        if major <= NEGATIVE:
            number = value if major == UNSIGNED else -1 - value
            require(abs(number) <= INTEGER, "integer-out-of-range")
            return number
        if major == BYTES:
            return self.byte_string(value)
        if major == TEXT:
            return self.text(value)
        require(major != TAG, "cbor-forbidden-item", "tag")
        if major == SIMPLE:
            return self.simple(value)
        require(depth <= self.deepest, "cbor-too-deep")
        require(value <= len(self.data) - self.at, "cbor-malformed", "ends inside an item")
        if major == ARRAY:
            return [self.item(depth + 1) for _ in range(value)]
        return self.map(value, depth)

    def byte_string(self, length: int) -> bytes:
        piece = self.take(length)
        if self.tokens:
            require(length in (16, 32, 64), "token-rule", "length of a byte string")
        return piece

    def text(self, length: int) -> str:
        try:
            text = self.take(length).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refused("cbor-malformed", "not UTF-8") from error
        if self.tokens:
            require(is_token(text), "token-rule", text)
        return text

    def simple(self, info: int) -> Any:
        if info in (20, 21):
            return info == 21
        if info == 22 and self.null:
            return None
        raise Refused("cbor-forbidden-item", "float or simple value")

    def map(self, pairs: int, depth: int) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        before = b""
        for _ in range(pairs):
            start = self.at
            major = self.data[start] >> 5 if start < len(self.data) else UNSIGNED
            require(major in (UNSIGNED, NEGATIVE, TEXT), "cbor-forbidden-item", "map key")
            key = self.item(depth + 1)
            encoded = self.data[start : self.at]
            require(encoded > before, "cbor-not-canonical", "order of keys")
            before = encoded
            result[key] = self.item(depth + 1)
        return result


def is_token(text: str) -> bool:
    """1 to 128 bytes of printable ASCII without space."""
    return 1 <= len(text) <= TOKEN_BYTES and all("!" <= c <= "~" for c in text)


def decode(
    data: bytes,
    *,
    tokens: bool = False,
    null: bool = False,
    items: int = ITEMS,
    depth: int = DEPTH,
) -> Any:
    """The one item that `data` is."""
    decoder = Decoder(data, tokens, null, items, depth)
    item = decoder.item(1)
    require(decoder.at == len(data), "cbor-malformed", "bytes after the item")
    return item


def _head(major: int, value: int) -> bytes:
    if value < 24:
        return bytes([major << 5 | value])
    for info, size in ((24, 1), (25, 2), (26, 4)):
        if value < 1 << (8 * size):
            return bytes([major << 5 | info]) + value.to_bytes(size, "big")
    return bytes([major << 5 | 27]) + value.to_bytes(8, "big")


def encode(item: Any) -> bytes:
    """The one encoding of `item`."""
    if item is None or isinstance(item, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[item]
    if isinstance(item, int):
        return _head(UNSIGNED, item) if item >= 0 else _head(NEGATIVE, -1 - item)
    if isinstance(item, bytes):
        return _head(BYTES, len(item)) + item
    if isinstance(item, str):
        raw = item.encode()
        return _head(TEXT, len(raw)) + raw
    if isinstance(item, dict):
        return _head(MAP, len(item)) + b"".join(_sorted_pairs(item))
    return _head(ARRAY, len(item)) + b"".join(encode(one) for one in item)


def _sorted_pairs(item: dict[Any, Any]) -> Iterable[bytes]:
    pairs: list[tuple[bytes, bytes]] = [(encode(k), encode(v)) for k, v in item.items()]
    return (key + value for key, value in sorted(pairs))
