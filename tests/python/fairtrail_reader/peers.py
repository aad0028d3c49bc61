"""Messages between nodes (`peers.md` section 4, `cddl/peers.cddl`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from . import cbor, fork
from .cbor import INTEGER
from .entry import ENTRY_BYTES
from .log import is_log_origin
from .note import NOTE_BYTES
from .refused import require
from .schema import Check, any_bytes, bytes32, text, uint

GOSSIP_BYTES = 16_384
WIDTH = 256
OPENED_KEYS = 16
# What a small answer has room for.
OPENING_BYTES = 256 * 1_024 - 16
REASONS = Path(__file__).resolve().parents[3] / "specs" / "reason-codes.md"


def reason_codes() -> frozenset[str]:
    """Every reason code, as its document lists them."""
    rows = [line.split("`") for line in REASONS.read_text(encoding="utf-8").splitlines()]
    return frozenset(row[1] for row in rows if len(row) > 2 and row[0] == "| ")


def _between(least: int, most: int, code: str) -> Check:
    """A number outside of these is `code`."""

    def check(item: Any) -> int:
        number = uint()(item)
        require(least <= number <= most, code, str(number))
        return number

    return check


def _at_most(most: int) -> Check:
    def check(item: Any) -> bytes:
        require(len(any_bytes(item)) <= most, "too-large")
        return item

    return check


def _version(item: Any) -> int:
    require(uint()(item) == 1, "version-unknown")
    return item


def _origin(item: Any) -> str:
    require(is_log_origin(text(item)), "origin-mismatch")
    return item


def _reason(item: Any) -> str:
    require(text(item) in reason_codes(), "gateway-answer", item)
    return item


def _rising_keys(item: Any) -> bytes:
    data = any_bytes(item)
    require(len(data) <= OPENED_KEYS * 32, "too-large")
    keys = [data[at : at + 32] for at in range(0, len(data), 32)]
    rise = all(one < next for one, next in zip(keys, keys[1:]))
    require(rise and len(data) % 32 == 0, "request-malformed", "keys")
    return item


def _leaf(item: Any) -> int:
    require(uint()(item) < INTEGER, "tile-path", "behind the largest tree")
    return item


INDEX, COUNT = uint(), uint()
HELLO = [_version, bytes32, _origin]
TILE = [_between(0, 63, "tile-path"), INDEX, _between(1, WIDTH, "tile-path")]
ASK: dict[int, list[Check]] = {
    0: HELLO,
    1: [],
    2: TILE,
    3: [_at_most(ENTRY_BYTES)],
    4: [_at_most(GOSSIP_BYTES)],
    5: [_rising_keys],
    6: TILE,
}
TOLD: dict[int, list[Check]] = {
    0: HELLO,
    1: [_at_most(NOTE_BYTES)],
    2: [_at_most(WIDTH * 32)],
    3: [],
    4: [_reason],
    5: [_at_most(OPENING_BYTES)],
}
PULL: dict[int, list[Check]] = {
    0: [INDEX, _between(1, WIDTH, "tile-path"), COUNT],
    1: [INDEX, _between(1, WIDTH, "request-malformed")],
    2: [bytes32, _between(1, fork.LARGEST, "too-large")],
    3: [bytes32, _between(1, WIDTH, "request-malformed")],
    4: [INDEX, _between(1, WIDTH, "tile-path")],
    5: [_leaf],
}
HEAD: dict[int, list[Check]] = {0: [COUNT], 1: [_reason]}


def _message(ways: dict[int, list[Check]]) -> Callable[[bytes], list[Any]]:
    def read(data: bytes) -> list[Any]:
        item = cbor.decode(data)
        require(isinstance(item, list) and bool(item), "schema-mismatch")
        uint()(item[0])
        require(item[0] in ways, "code-unknown", str(item[0]))
        checks = ways[item[0]]
        require(len(item) == 1 + len(checks), "schema-mismatch", "number of items")
        return [item[0]] + [check(one) for check, one in zip(checks, item[1:])]

    return read


read_told, read_head = _message(TOLD), _message(HEAD)
_read_ask, _read_pull = _message(ASK), _message(PULL)


def read_pull(data: bytes) -> list[Any]:
    """A question in bulk; what is skipped leaves something."""
    item = _read_pull(data)
    if item[0] in (0, 4):
        _require_in_a_tree(item[1], item[2])
    if item[0] == 0:
        require(item[3] < item[2], "tile-path", "skip")
    return item


def read_ask(data: bytes) -> list[Any]:
    """A small question; a tile that is asked for can stand in a tree."""
    item = _read_ask(data)
    if item[0] in (2, 6):
        _require_in_a_tree(item[2], item[3])
    return item


def _require_in_a_tree(index: int, width: int) -> None:
    require(index * WIDTH + width <= INTEGER, "tile-path", "behind the largest tree")
