"""Structures: maps with integer keys, and the types of their fields (`entry.md` section 3)."""

from __future__ import annotations

import re
from typing import Any, Callable, Optional

from .cbor import INTEGER
from .refused import Refused, require

Check = Callable[[Any], Any]
TIMESTAMP = 253_402_300_799
DATE_DAYS = 2_932_896
SUBJECT = re.compile(r"[a-z][a-z0-9]{1,15}:[!-~]{1,111}\Z")
CODE = re.compile(r"[A-Za-z0-9._:/()+-]{1,48}\Z")


class Field:
    """What a key of a structure holds."""

    def __init__(self, check: Check, required: bool = True) -> None:
        self.check, self.required = check, required


def optional(check: Check) -> Field:
    """A field that may be absent."""
    return Field(check, required=False)


def structure(item: Any, fields: dict[int, Field]) -> dict[int, Any]:
    """The fields of `item`, each checked; absent ones are left out."""
    require(isinstance(item, dict), "schema-mismatch", "not a map")
    for key in item:
        require(is_integer(key) and key >= 0, "schema-mismatch", "key")
        require(key in fields, "unknown-field", str(key))
    for key, field in fields.items():
        require(key in item or not field.required, "missing-field", str(key))
    return {key: fields[key].check(value) for key, value in item.items()}


def is_integer(item: Any) -> bool:
    """True and false are integers to Python and not to CBOR."""
    return isinstance(item, int) and not isinstance(item, bool)


def uint(limit: int = INTEGER, least: int = 0) -> Check:
    """An unsigned integer from `least` to `limit`."""

    def check(item: Any) -> int:
        require(is_integer(item) and item >= 0, "schema-mismatch", "unsigned integer")
        require(least <= item <= limit, "integer-out-of-range", str(item))
        return item

    return check


def code_of(*codes: int) -> Check:
    """One of a closed list of small integers."""

    def check(item: Any) -> int:
        require(is_integer(item) and item >= 0, "schema-mismatch", "code")
        require(item in codes, "code-unknown", str(item))
        return item

    return check


def text(item: Any) -> str:
    """Any text."""
    require(isinstance(item, str), "schema-mismatch", "text")
    return item


def any_bytes(item: Any) -> bytes:
    """Any byte string."""
    require(isinstance(item, bytes), "schema-mismatch", "byte string")
    return item


def raw(length: int) -> Check:
    """A byte string of so many bytes."""

    def check(item: Any) -> bytes:
        require(isinstance(item, bytes) and len(item) == length, "schema-mismatch", "bytes")
        return item

    return check


def items(check: Check, most: Optional[int] = None, least: int = 1, rising: bool = False) -> Check:
    """A list; a required one with fewer than `least` items is `schema-mismatch`."""

    def read(item: Any) -> list[Any]:
        require(isinstance(item, list), "schema-mismatch", "list")
        require(len(item) >= least, "schema-mismatch", "empty list")
        require(most is None or len(item) <= most, "too-large", "list")
        result = [check(one) for one in item]
        if rising:
            require_rising(result)
        return result

    return read


def present(check: Check) -> Field:
    """An optional list: absent rather than empty."""

    def read(item: Any) -> Any:
        require(item != [], "empty-optional")
        return check(item)

    return optional(read)


def require_rising(values: list[Any]) -> None:
    """Strictly, without duplicates."""
    for before, after in zip(values, values[1:]):
        require(before < after, "not-ascending")


def pair(*checks: Check) -> Check:
    """An array of exactly these."""

    def read(item: Any) -> list[Any]:
        require(isinstance(item, list) and len(item) == len(checks), "schema-mismatch", "array")
        return [check(one) for check, one in zip(checks, item)]

    return read


def subject(item: Any) -> str:
    """A subject of the open grammar."""
    if not SUBJECT.match(text(item)):
        raise Refused("subject-invalid", item)
    return item


time = uint(TIMESTAMP)
date = uint(DATE_DAYS)
bytes32 = raw(32)
