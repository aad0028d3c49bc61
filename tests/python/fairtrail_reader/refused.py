"""The one way in which this reader says no: a reason code of `specs/reason-codes.md`."""

from __future__ import annotations


class Refused(Exception):
    """Bytes that are not what they should be, with the reason code the specifications give it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


def require(holds: bool, code: str, detail: str = "") -> None:
    """Refuses with `code` unless `holds`."""
    if not holds:
        raise Refused(code, detail)
