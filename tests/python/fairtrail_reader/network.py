"""Claims of network kinds, which stand in the header (`feed.md` section 4)."""

from __future__ import annotations

from typing import Any

from . import contexts
from .blake3 import derive
from .cbor import encode
from .forms import written
from .refused import require
from .schema import (
    CODE,
    Field,
    bytes32,
    code_of,
    date,
    items,
    optional,
    pair,
    present,
    structure,
    subject,
    text,
    time,
)

ROLES = (
    "authority",
    "observer",
    "auditor",
    "company",
    "recruiter",
    "respondent",
    "ngo",
    "worker-organisation",
    "desk",
    "node",
    "scheme",
)
ROLE = code_of(*range(len(ROLES)))
COMPANY, RECRUITER, RESPONDENT = 3, 4, 5
SUSPENSION, KEY_COMPROMISE = 1, 4


def _reason(item: Any) -> str:
    require(CODE.match(text(item)) is not None, "schema-mismatch", "reason")
    return item


KINDS: dict[str, dict[int, Field]] = {
    "author.begin": {1: Field(bytes32)},
    "author.rotate": {1: Field(bytes32), 2: Field(bytes32)},
    "author.pulse": {},
    "charter.amend": {1: Field(items(pair(bytes32, bytes32), most=8, rising=True))},
    "grant": {
        1: Field(bytes32),
        2: Field(ROLE),
        3: present(items(subject, most=32, rising=True)),
        4: Field(date),
        5: Field(date),
        6: present(items(ROLE, rising=True)),
        7: optional(bytes32),
    },
    "revoke": {
        1: Field(code_of(0, 1)),
        2: Field(bytes32),
        3: Field(bytes32),
        4: Field(code_of(*range(5))),
        5: Field(time),
        6: optional(time),
        7: optional(bytes32),
    },
    "part.erase": {1: Field(bytes32), 2: Field(bytes32), 3: Field(bytes32), 4: Field(_reason)},
}


def read_claim(kind: str, item: Any) -> dict[int, Any]:
    """The claim of a network kind."""
    claim = structure(item, KINDS[kind])
    if kind == "grant":
        scoped = claim[2] in (COMPANY, RECRUITER, RESPONDENT)
        require(3 in claim or not scoped, "scope-missing")
    if kind == "revoke":
        require(6 not in claim or claim[4] == SUSPENSION, "schema-mismatch", "until")
        require(7 not in claim or claim[4] == KEY_COMPROMISE, "schema-mismatch", "last good")
    return claim


def require_subjects(kind: str, claim: dict[int, Any], feed: bytes, subjects: list[str]) -> None:
    """Exactly those the kind names."""
    about = [feed]
    if kind == "grant":
        about = [claim[1]] + ([claim[7]] if 7 in claim else [])
    elif kind in ("revoke", "part.erase"):
        about = [claim[3]]
    expected = sorted({written("author", author) for author in about})
    require(subjects == expected, "subjects-mismatch")


def act_id(network: bytes, kind: str, claim: dict[int, Any]) -> bytes:
    """What roots have in common that decide the same."""
    return derive(contexts.ACT, encode([network, kind, claim]))


def next_digest(rotation_key: bytes) -> bytes:
    """What a feed commits to of its rotation key."""
    # The COSE_Key has its keys in this order: 1, 3, -1, -2.
    return derive(contexts.NEXT_KEY, encode({1: 1, 3: -8, -1: 6, -2: rotation_key}))
