"""Text forms of 32 bytes (`entry.md` section 3) and strict base64 (`log.md` section 3)."""

from __future__ import annotations

import base64
import binascii
from typing import Optional

BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


def base32(raw: bytes) -> str:
    """Lower case, no padding."""
    return base64.b32encode(raw).decode().lower().rstrip("=")


def read_base32(text: str, length: int) -> Optional[bytes]:
    """The bytes whose one spelling is `text`, or nothing."""
    if any(c not in BASE32 for c in text) or len(text) != (length * 8 + 4) // 5:
        return None
    raw = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    return raw if base32(raw) == text else None


def written(prefix: str, raw: bytes) -> str:
    """For example `entry:` and 52 characters."""
    return f"{prefix}:{base32(raw)}"


def read_written(prefix: str, text: str) -> Optional[bytes]:
    """The 32 bytes behind `prefix:`, or nothing."""
    head, colon, rest = text.partition(":")
    return read_base32(rest, 32) if colon and head == prefix else None


def read_base64(text: str) -> Optional[bytes]:
    """Padded, spare bits zero, or nothing."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None


def write_base64(raw: bytes) -> str:
    """Padded base64."""
    return base64.b64encode(raw).decode()
