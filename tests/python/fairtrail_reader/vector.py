"""Vector files: headers, an empty line, then `key: value` lines or bytes under test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Vector:
    """One case."""

    path: Path
    lines: list[tuple[str, str]]
    body: bytes

    def all(self, key: str) -> list[str]:
        return [value for name, value in self.lines if name == key]

    def one(self, key: str) -> str:
        (value,) = self.all(key)
        return value

    def has(self, key: str) -> bool:
        return any(name == key for name, _ in self.lines)

    def hex(self, key: str) -> bytes:
        return bytes.fromhex(self.one(key))

    def all_hex(self, key: str) -> list[bytes]:
        return [bytes.fromhex(value) for value in self.all(key)]

    @property
    def expect(self) -> str:
        return self.one("expect")


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = []
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(f"no `key: value` line: {line[:40]}")
        pairs.append((name, value.strip()))
    return pairs


def read_vector(path: Path, raw_body: bool = False) -> Vector:
    """A case. With `raw_body` what follows the empty line is bytes and not lines."""
    head, _, body = path.read_bytes().partition(b"\n\n")
    lines = _pairs(head.decode())
    if not raw_body:
        lines += _pairs(body.decode())
    return Vector(path, lines, body)
