"""Changes to a structure: every item of every list dropped, doubled and swapped, every value flipped."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Optional

from fairtrail_reader import cbor, index
from fairtrail_reader.refused import Refused

LARGE = index.LARGE
SHORTEST = 40


def changes(item: Any, chance: random.Random) -> Iterator[tuple[str, Any]]:
    """A name and the changed structure, one after the other; embedded structures are changed inside."""
    if isinstance(item, dict):
        yield from _of_map(item, chance)
    elif isinstance(item, list):
        yield from _of_list(item, chance)
    elif isinstance(item, bytes) and item:
        embedded = _embedded(item)
        if embedded is not None:
            for name, changed in changes(embedded, chance):
                yield f"embedded {name}", cbor.encode(changed)
        else:
            yield "flipped", _flipped(item, chance)
    elif isinstance(item, int) and not isinstance(item, bool):
        yield "counted up", item + 1


def _of_map(item: dict[Any, Any], chance: random.Random) -> Iterator[tuple[str, Any]]:
    for key, value in item.items():
        yield f"{key} dropped", {k: v for k, v in item.items() if k != key}
        for name, changed in changes(value, chance):
            yield f"{key}: {name}", {**item, key: changed}


def _of_list(item: list[Any], chance: random.Random) -> Iterator[tuple[str, Any]]:
    for place, value in enumerate(item):
        before, after = item[:place], item[place + 1 :]
        yield f"[{place}] dropped", before + after
        yield f"[{place}] doubled", [*before, value, value, *after]
        if after:
            yield f"[{place}] swapped", [*before, after[0], value, *after[1:]]
        for name, changed in changes(value, chance):
            yield f"[{place}] {name}", [*before, changed, *after]


def _embedded(data: bytes) -> Optional[Any]:
    """The structure in a byte string, if it is long enough to be one and is one."""
    if len(data) < SHORTEST:
        return None
    try:
        item = cbor.decode(data, null=True, items=LARGE)
    except Refused:
        return None
    return item if isinstance(item, (dict, list)) else None


def _flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
