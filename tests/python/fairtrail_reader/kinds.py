"""The tables of `kinds.md` and `claims.md`, read out of those documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .network import ROLES

SPECS = Path(__file__).resolve().parents[3] / "specs"
FIELD = re.compile(r"(?P<key>[0-9]+)(?P<optional>\?)? `(?P<name>[a-z0-9_]+)`")
BY_EVERYBODY = frozenset(ROLES) - {"desk"}


@dataclass(frozen=True)
class Row:
    """A field of a kind or structure. `form` is for example `code`, `↑[code]` or `[action]`."""

    key: int
    name: str
    form: str
    required: bool


@dataclass(frozen=True)
class Kind:
    """Who may make it, and its own fields."""

    roles: frozenset[str]
    rows: list[Row]


@dataclass(frozen=True)
class Tables:
    """Everything the documents fix about the form of claims."""

    kinds: dict[str, Kind]
    common: list[Row]
    structures: dict[str, list[Row]]
    closed: dict[str, dict[int, str]]
    open: frozenset[str]


def _rows(text: str) -> list[Row]:
    """`16 `scheme` code · 17? `clause` code`, over several lines."""
    rows = []
    for piece in re.sub(r"\s+", " ", text).split(" · "):
        match = FIELD.match(piece.strip())
        if match is not None:
            form = piece.strip()[match.end() :].strip().split(" ")[0].rstrip(",.")
            rows.append(Row(int(match["key"]), match["name"], form, not match["optional"]))
    return rows


def _roles(sentence: str, before: frozenset[str]) -> frozenset[str]:
    named = frozenset(role for role in ROLES if re.search(rf"(?<![\w-]){role}(?![\w-])", sentence))
    if sentence.startswith("every role but desk"):
        return BY_EVERYBODY
    return named | before if sentence.startswith("those, and") else named


def _kinds(text: str) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    before: frozenset[str] = frozenset()
    for block in re.split(r"\n(?=\*\*`)", text)[1:]:
        head, _, fields = block.partition("  \n")
        name = head.split("`")[1]
        sentence = re.sub(r"\([^)]*\)", "", head.partition("— ")[2]).split(".")[0]
        before = _roles(re.sub(r"\s+", " ", sentence).strip(), before)
        kinds[name] = Kind(before, _rows(fields))
    return kinds


def _structures(text: str) -> dict[str, list[Row]]:
    found = {}
    for block in re.split(r"\n- ", text)[1:]:
        name, _, fields = block.partition(": ")
        found[name] = _rows(fields)
    return found


def _closed(text: str) -> dict[str, dict[int, str]]:
    lists = {}
    for piece in re.sub(r"\s+", " ", text).split(" · "):
        name, _, words = piece.partition("*: ")
        pairs = [word.strip().split(" ") for word in words.split(",")]
        lists[name.strip().lstrip("*")] = {int(code): word for code, word in pairs}
    return lists


def _between(text: str, start: str, end: str) -> str:
    return text.partition(start)[2].partition(end)[0]


@lru_cache(maxsize=1)
def tables() -> Tables:
    """All tables, read once."""
    kinds = (SPECS / "kinds.md").read_text(encoding="utf-8")
    claims = (SPECS / "claims.md").read_text(encoding="utf-8")
    common = _between(claims, "**Fields of every kind**", "\n## ").partition("\n")[2]
    return Tables(
        kinds=_kinds(_between(kinds, "\n## 2. Kinds", "\n## 3.")),
        common=_common(common),
        structures=_structures(_between(kinds, "**Structures**", "\n\n")),
        closed=_closed(_between(kinds, "**Closed lists** (code word)\n", "\n\n")),
        open=frozenset(re.findall(r"\*([a-z-]+)\*:", _between(kinds, "**Open lists**", "\n## "))),
    )


# Of the fields of every kind the document tells some forms in words.
IN_WORDS = {
    "edition": "edition",
    "evidence_standard": "evidence-standard",
    "lang": "language",
    "responsible": "subject",
}


def _common(text: str) -> list[Row]:
    return [Row(row.key, row.name, IN_WORDS.get(row.name, row.form), row.required) for row in _rows(text)]
