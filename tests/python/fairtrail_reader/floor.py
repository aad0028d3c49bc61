"""The privacy floor (`claims.md` section 6, `privacy.md` section 2)."""

from __future__ import annotations

import re
from typing import Any

from . import person
from .claim import BANDS, Claim, Placed, forms_in
from .refused import require

BAND = "privacy-band"
STAFF = ("licence", "profile")
POINTS_AT_PEOPLE = ("job_order", "authority_approval", "cohort_languages")
HEX_DIGITS = (32, 40, 56, 64, 96)


def size(band: Any) -> int:
    """Bands rise."""
    return BANDS.index(band)


FEW, FIFTY = size("few"), size("50-99")


def _smallest(holders: list[Claim]) -> int:
    """The smallest band but `none` that speaks for a place; one above all if there is none."""
    words = [value for holder in holders for value in holder.values() if isinstance(value, str)]
    return min((size(word) for word in words if word in BANDS[1:]), default=len(BANDS))


def _is_beyond_a_year(value: str) -> bool:
    return len(value) > 4


def _coarsen(placed: Placed, smallest: int) -> None:
    if smallest < FIFTY:
        require(placed.form != "subdivision", BAND, "subdivision")
        require(placed.form != "isco" or len(placed.value) <= 2, BAND, "occupation")
    if smallest == FEW:
        require(placed.form != "isco", BAND, "occupation")
        exact = placed.form == "partial-date" and _is_beyond_a_year(placed.value)
        require(not exact, BAND, "month")
        require(placed.form != "money" or placed.name == "legal_cap", BAND, "amount")


def require_floor(kind: str, claim: Claim, audience: str, subjects: list[str]) -> None:
    """Everything the floor refuses by form."""
    placed = forms_in(kind, claim)
    if kind not in (*STAFF, "remedy", "grievance.stat"):
        for one in placed:
            _coarsen(one, _smallest(one.holders()))
    own = {
        "contract.attest": _contract,
        "remedy": _remedy,
        "grievance.stat": _grievance,
    }.get(kind)
    if own is not None:
        own(claim, placed, audience)
    for one in placed:
        _require_no_number(one)
    blinded = any(subject.startswith("blind:") for subject in subjects)
    if audience == "public" and blinded:
        named = [one.value for one in placed if one.form == "subject"]
        require(set(named) <= set(subjects), "privacy-audience", "a blinded header")


def _contract(claim: Claim, _: list[Placed], audience: str) -> None:
    for name in ("recruited_from", "recruited_to", "valid_from", "valid_to"):
        require(len(claim.get(name, "")) <= 7, BAND, "day")
    if claim["size"] == "few" and audience == "public":
        points = any(name in claim for name in POINTS_AT_PEOPLE)
        require(not points, "privacy-audience")


def _remedy(claim: Claim, placed: list[Placed], _: str) -> None:
    owed, paid = claim.get("workers_owed"), claim.get("workers_paid")
    require(owed != "few" or "owed_total" not in claim, BAND, "what few are owed")
    few = "few" in (owed, paid)
    require(not few or "paid_total" not in claim, BAND, "what few were paid")
    for one in placed:
        if one.above is None:
            exact = one.form == "partial-date" and _is_beyond_a_year(one.value)
            require(not (few and exact), BAND, "month")
        else:
            _coarsen(one, FEW if few else _smallest(one.holders()))


def _grievance(claim: Claim, placed: list[Placed], _: str) -> None:
    few = "few" in (claim["received"], claim.get("resolved"))
    for one in placed:
        if one.form == "partial-date":
            require(len(one.value) <= 7, BAND, "day")
            exact = claim["received"] == "few" and _is_beyond_a_year(one.value)
            require(not exact, BAND, "month")
        if one.name == "topics":
            require(one.value["received"] != "few", BAND, "a topic of few")
    require(not few or "median_days" not in claim, BAND, "median of few")
    require(claim["received"] != "few" or "topics" not in claim, BAND, "topics of few")


def _require_no_number(placed: Placed) -> None:
    """No bare digest, and no person's number, in codes and numbers of licences and organisations."""
    if placed.form == "code":
        value = placed.value
    elif placed.form == "subject" and placed.value.startswith(("lic:", "org:")):
        value = re.split("[:-]", placed.value)[-1]
    else:
        return
    require(not looks_like_a_digest(value), "privacy-digest")
    require(not person.has_persons_form(value), "subject-natural-person")


def looks_like_a_digest(value: str) -> bool:
    """So many digits of base 16, 32 or 64, letters and digits mixed, or by its own word."""
    if re.match(r"(sha-?(1|2|3|224|256|384|512)|md5|blake[23]b?|digest|hash)[:=/]", value, re.I):
        return True
    mixed = re.search("[0-9]", value) and re.search("[A-Za-z]", value)
    if not mixed:
        return False
    hexadecimal = re.fullmatch("[0-9A-Fa-f]+", value) and len(value) in HEX_DIGITS
    base64 = re.fullmatch(r"[A-Za-z0-9+/_-]{43}=?", value)
    base32 = re.fullmatch(r"[A-Za-z2-7]{52}", value)
    return bool(hexadecimal or base64 or base32)
