"""The form of a claim (`claims.md` section 3): bytes to fields by name."""

from __future__ import annotations

import re
from datetime import date as Day
from typing import Any, Callable, Optional

from . import cbor, subjects
from .kinds import Row, tables
from .lists import COUNTRIES, CURRENCIES, LANGUAGES
from .refused import Refused, require
from .schema import (
    CODE,
    Check,
    Field,
    bytes32,
    code_of,
    date,
    items,
    optional,
    pair,
    present,
    raw,
    structure,
    subject,
    text,
    time,
    uint,
)

CLAIM_BYTES = 16_384
BANDS = ("none", "few", "10-19", "20-49", "50-99", "100-249", "250+")
PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z", re.ASCII)
LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[A-Z][a-z]{3})?(?:-([A-Z]{2}|[0-9]{3}))?(?:-[a-z0-9]{5,8})*\Z")

Claim = dict[str, Any]


def _matching(pattern: str, code: str) -> Check:
    compiled = re.compile(pattern + r"\Z", re.ASCII)

    def check(item: Any) -> str:
        require(compiled.match(text(item)) is not None, code, item)
        return item

    return check


def _code(item: Any) -> str:
    require(CODE.match(text(item)) is not None, "text-in-claim", item)
    return item


def _band(item: Any) -> str:
    require(isinstance(item, str), "privacy-raw-count")
    require(item in BANDS, "code-unknown", item)
    return item


def _partial_date(item: Any) -> str:
    match = PARTIAL.match(text(item))
    if match is None:
        raise Refused("claim-invalid", item)
    try:
        Day(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError as error:
        raise Refused("claim-invalid", item) from error
    return item


def _true(item: Any) -> bool:
    require(isinstance(item, bool), "schema-mismatch", "flag")
    require(item, "empty-optional")
    return item


def _one_of(known: "frozenset[str]") -> Check:
    def check(item: Any) -> str:
        require(text(item) in known, "code-unknown", item)
        return item

    return check


def _subdivision(item: Any) -> str:
    _matching("[A-Z]{2}-[A-Z0-9]{1,3}", "code-unknown")(item)
    require(item[:2] in COUNTRIES, "code-unknown", item)
    return item


def _language(item: Any) -> str:
    match = LANGUAGE.match(text(item))
    if match is None or (len(match[1]) == 2 and match[1] not in LANGUAGES):
        raise Refused("code-unknown", item)
    region = match[2] or "001"
    require(region.isdigit() or region in COUNTRIES, "code-unknown", item)
    return item


def _effective(item: Any) -> Claim:
    """The day, or the snapshots after and by which."""
    fields = structure(item, {1: optional(date), 2: optional(date), 3: optional(date)})
    require(set(fields) in ({1}, {3}, {2, 3}), "schema-mismatch", "effective")
    require(2 not in fields or fields[2] < fields[3], "claim-invalid", "interval")
    return {name: fields[key] for key, name in ((1, "day"), (2, "after"), (3, "by")) if key in fields}


def _edition(item: Any) -> int:
    require(uint()(item) == 1, "code-unknown", "edition")
    return item


FORMS: dict[str, Check] = {
    "bytes16": raw(16),
    "bytes32": bytes32,
    "code": _code,
    "band": _band,
    "partial-date": _partial_date,
    "date": date,
    "timestamp": time,
    "uint8": uint(255),
    "uint16": uint(65_535),
    "uint53": uint(),
    "money": pair(uint(), _one_of(CURRENCIES)),
    "country": _one_of(COUNTRIES),
    "subdivision": _subdivision,
    "language": _language,
    "isco": _matching("[0-9]{1,4}", "code-unknown"),
    "isic": _matching("[A-U]|[0-9]{2,4}", "code-unknown"),
    "hs": _matching("[0-9]{2}(?:[0-9]{2}){0,2}", "code-unknown"),
    "effective": _effective,
    "subject": subject,
    "true": _true,
    "edition": _edition,
}


def _form(name: str) -> Check:
    """The check of a form; lists are in brackets, rising ones behind an arrow."""
    if name.endswith("]"):
        rising = name.startswith("↑")
        one = _form(name.lstrip("↑")[1:-1])
        return _rising(one) if rising else items(one)
    known = tables()
    if name in known.structures:
        return _named(known.structures[name])
    if name in known.closed:
        return _closed(known.closed[name])
    return FORMS["code" if name in known.open else name]


def _rising(check: Check) -> Check:
    """Structures are compared by their values from the left, in the order of their keys."""

    def read(item: Any) -> list[Any]:
        result = items(check)(item)
        keys = [list(one.values()) if isinstance(one, dict) else one for one in result]
        require(all(a < b for a, b in zip(keys, keys[1:])), "not-ascending")
        return result

    return read


def _closed(words: dict[int, str]) -> Check:
    check = code_of(*words)
    return lambda item: words[check(item)]


def _named(rows: list[Row]) -> Callable[[Any], Claim]:
    """A structure, its fields by name."""

    def read(item: Any) -> Claim:
        fields = {row.key: _field(row) for row in rows}
        values = structure(item, fields)
        require(bool(values), "empty-optional", "a structure that says nothing")
        return {row.name: values[row.key] for row in rows if row.key in values}

    return read


def _field(row: Row) -> Field:
    check = _form(row.form)
    if row.required:
        return Field(check)
    return present(check) if row.form.endswith("]") else optional(check)


def read_claim(kind: str, data: bytes) -> Claim:
    """The fields of a claim of a known kind."""
    known = tables().kinds.get(kind)
    if known is None:
        raise Refused("kind-unknown", kind)
    require(len(data) <= CLAIM_BYTES, "too-large")
    item = cbor.decode(data, tokens=True)
    return _named(tables().common + known.rows)(item)


def forms_in(kind: str, claim: Claim) -> list["Placed"]:
    """Every value of a claim with its form and the structure it stands in."""
    return _placed(tables().common + tables().kinds[kind].rows, claim, None)


class Placed:
    """A value somewhere in a claim."""

    def __init__(self, name: str, form: str, value: Any, holder: Claim, above: Optional["Placed"]) -> None:
        self.name, self.form, self.value, self.holder, self.above = name, form, value, holder, above

    def holders(self) -> list[Claim]:
        """The structures around it, from the inmost to the claim."""
        return [self.holder] + (self.above.holders() if self.above else [])


def _placed(rows: list[Row], holder: Claim, above: Optional[Placed]) -> list[Placed]:
    found = []
    for row in rows:
        if row.name not in holder:
            continue
        form = row.form.lstrip("↑").strip("[]")
        values = holder[row.name] if row.form.endswith("]") else [holder[row.name]]
        for value in values:
            placed = Placed(row.name, form, value, holder, above)
            found.append(placed)
            if form in tables().structures:
                found += _placed(tables().structures[form], value, placed)
    return found


def require_subjects_at_door(kind: str, claim: Claim) -> None:
    """Wherever a subject stands it passes the submission door."""
    for placed in forms_in(kind, claim):
        if placed.form == "subject":
            subjects.require_at_door(placed.value)
