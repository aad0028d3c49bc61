"""What each kind needs beside its form (`kinds.md` section 2, `claims.md` section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Optional

from . import floor, subjects
from .claim import Claim, read_claim, require_subjects_at_door
from .floor import size
from .kinds import tables
from .refused import require

INVALID, MISSING = "claim-invalid", "missing-field"
PLACES = ("site", "dormitory", "vessel", "recruiter", "labour_provider", "sub_agent")
USERS = (
    "site",
    "dormitory",
    "vessel",
    "employer",
    "labour_provider",
    "legal_entity",
    "operator",
    "recruiter",
)
DAY = 86_400
REGISTERS = ("register.snapshot", "licence", "licence.status")


@dataclass(frozen=True)
class About:
    """What the header of a claim says."""

    role: str
    basis: list[str]
    audience: str
    subjects: list[str]


def require_acceptable(kind: str, data: bytes, about: About) -> None:
    """What the submission door asks of a claim and of the subjects of its header."""
    claim = read_claim(kind, data)
    for one in about.subjects:
        subjects.require_at_door(one)
    require_subjects_at_door(kind, claim)
    require(about.role in tables().kinds[kind].roles, "role-mismatch")
    _common(kind, claim, about)
    if kind in KINDS:
        KINDS[kind](claim, about)
    floor.require_floor(kind, claim, about.audience, about.subjects)


def _common(kind: str, claim: Claim, about: About) -> None:
    _require_order(claim, "valid_from", "valid_to")
    _require_amounts(claim)
    named = [claim[name] for name in ("responsible",) if name in claim]
    named += [party["subject"] for party in claim.get("parties", [])]
    named += claim.get("licences", [])
    require(set(named) <= set(about.subjects), INVALID, "not named in the header")
    standard = claim.get("evidence_standard")
    own_word = about.basis in ([], ["self_declared"])
    observed = standard in ("observed", "corroborated", "adjudicated")
    require(not (observed and own_word), INVALID, "the author's own word")
    agency = "court_or_agency" in about.basis
    require(standard != "adjudicated" or agency, INVALID, "no court or agency")
    looked = about.role != "observer" or "register_lookup" in about.basis
    require(kind not in REGISTERS or looked, INVALID, "no look at the register")


def _ends(value: str) -> list[str]:
    """The first and the last day a partial date may mean, as texts that compare."""
    return [value.ljust(10, "\0"), value + "\x7f"]


def _require_order(claim: Claim, first: str, second: str) -> None:
    """What comes first is not later: dates, partial dates, money and effects alike."""
    if first in claim and second in claim:
        before, after = claim[first], claim[second]
        if isinstance(before, str):
            before, after = _ends(before)[0], _ends(after)[1]
        require(before <= after, INVALID, f"{first} after {second}")


def _require_amounts(claim: Claim) -> None:
    """The amounts of a fee line rise, in one currency."""
    for line in claim.get("fees", []):
        amounts = [line[name] for name in ("lowest", "median", "highest") if name in line]
        currencies = {currency for _, currency in amounts}
        rising = [whole for whole, _ in amounts] == sorted(whole for whole, _ in amounts)
        require(len(currencies) <= 1 and rising, INVALID, "amounts of a fee")


def _party(claim: Claim, *roles: str) -> bool:
    return any(party["role"] in roles for party in claim.get("parties", []))


def _require_party(claim: Claim, *roles: str) -> None:
    require(_party(claim, *roles), MISSING, f"a party: {', '.join(roles)}")


def _require_beside(claim: Claim, name: str, question: str, answer: str) -> None:
    """A list or detail stands only where its question was answered so."""
    require(name not in claim or claim.get(question) == answer, INVALID, name)


def _by_role(effective: Optional[dict[str, Any]], role: str) -> None:
    """An authority names a day, an observer knows two snapshots."""
    if effective is not None:
        require(role != "authority" or "day" in effective, INVALID, "an authority names a day")
        require(role != "observer" or "by" in effective, INVALID, "an observer knows snapshots")


def _two_of_header(claim: Claim, about: About) -> None:
    both = {claim["from"], claim["to"]}
    require(len(both) == 2 and both <= set(about.subjects), INVALID, "two subjects of the header")


def _id_link(claim: Claim, about: About) -> None:
    _two_of_header(claim, about)
    confirmed = "match_state" not in claim or "confirmed_by_person" in claim
    require(confirmed, INVALID, "proposed by a machine")
    require(claim.get("owned_percent", 0) <= 100, INVALID, "percent")


def _profile(claim: Claim, about: About) -> None:
    said = {party["subject"] for party in claim.get("parties", [])}
    require(set(about.subjects) <= said, INVALID, "how every subject relates")
    if "migrant_workers" in claim:
        require("workers" in claim, INVALID, "migrants of how many")
        within = size(claim["migrant_workers"]) <= size(claim["workers"])
        require(within, INVALID, "more migrants than workers")


def _licence(claim: Claim, about: About) -> None:
    _require_own_licence(claim, about)
    _require_order(claim, "first_observed", "last_observed")
    both = "all_occupations" in claim and "occupations" in claim
    require(not both, INVALID, "all occupations, and some")
    _require_beside(claim, "sub_agents", "sub_agents_used", "yes")
    require("status_since" not in claim or "status" in claim, INVALID, "since when, but not what")
    _by_role(claim.get("status_since"), about.role)


def _snapshot(claim: Claim, _: About) -> None:
    day = claim.get("retrieved_at", DAY * claim["listed_on"]) // DAY
    require(day >= claim["listed_on"], INVALID, "retrieved before it was listed")


def _require_own_licence(claim: Claim, about: About) -> None:
    licences = [one for one in about.subjects if one.startswith(("lic:", "row:"))]
    require(len(licences) == 1, INVALID, "exactly one licence")
    own = f"lic:{claim['authority']}:"
    require(licences[0].startswith(("row:", own)), INVALID, "of this authority")


def _licence_status(claim: Claim, about: About) -> None:
    _require_own_licence(claim, about)
    _by_role(claim["effective"], about.role)


def _contract(claim: Claim, _: About) -> None:
    _require_party(claim, "employer")
    if claim.get("channel") not in ("direct", "government"):
        _require_party(claim, "recruiter", "labour_provider")
    _require_order(claim, "recruited_from", "recruited_to")
    worker = any(line["payer"] == "worker" for line in claim.get("fees", []))
    require((claim["fee_statement"] == "charged") == worker, INVALID, "fee statement")
    signed = claim.get("signed_before_departure") in ("yes", "partial")
    require(signed or "days_before_departure" not in claim, INVALID, "days before what")
    _require_beside(claim, "terms_stated", "terms_assessed", "yes")
    _require_beside(claim, "changes", "changes_assessed", "yes")
    _require_beside(claim, "exit_penalty", "exit_penalty_charged", "yes")
    _require_beside(claim, "deposits", "deposit_taken", "yes")


def _audit(claim: Claim, _: About) -> None:
    _require_party(claim, *PLACES)
    _require_order(claim, "started_on", "ended_on")
    _require_order(claim, "ended_on", "issued_on")
    _require_beside(claim, "announcement_window_days", "announcement", "semi_announced")
    declared = claim.get("findings_declared", [])
    grades = [one["grade"] for one in declared]
    require(grades == sorted(set(grades)), INVALID, "grades rise")
    total = sum(one["count"] for one in declared)
    require(total == claim["findings_total"], INVALID, "findings declared")


def _finding(claim: Claim, _: About) -> None:
    _require_party(claim, *PLACES)
    require("external_ref" in claim, MISSING, "external_ref")
    if "positive" not in claim:
        answers = "evidence_standard" in claim and "responsible" in claim
        require(answers, MISSING, "evidence_standard, responsible")
    law = claim.get("breach_of") in ("law", "both")
    require(not law or "jurisdiction" in claim, MISSING, "jurisdiction")
    require(claim.get("severity", 0) <= 5, INVALID, "severity")
    _require_order(claim, "found_on", "notified_on")
    _require_order(claim, "notified_on", "reply_by")
    _require_order(claim, "found_on", "due")
    _require_order(claim, "period_from", "period_to")


def _finding_status(claim: Claim, about: About) -> None:
    _require_party(claim, *PLACES)
    if claim["state"] == "closed_verified":
        require("verified_by" in claim and "method" in claim, MISSING, "verified by whom, how")
    require(claim.get("verified_by") not in about.subjects, INVALID, "verified by itself")
    require(claim["state"] != "extension_granted" or "due" in claim, MISSING, "due")


def _agreement(claim: Claim, _: About) -> None:
    _require_party(claim, "employer")
    _require_party(claim, "recruiter", "labour_provider", "sub_agent")
    lowest, highest = claim.get("fee_lowest"), claim.get("fee_highest")
    if lowest is not None and highest is not None:
        rising = lowest[1] == highest[1] and lowest[0] <= highest[0]
        require(rising, INVALID, "fees")
    _require_beside(claim, "sub_agents", "sub_agents_allowed", "yes")


def _certificate(claim: Claim, about: About) -> None:
    _require_party(claim, *USERS, "supplier")
    require(claim.get("body") not in about.subjects, INVALID, "certified by itself")
    _require_order(claim, "issued_on", "expires_on")


def _certificate_status(claim: Claim, about: About) -> None:
    _require_party(claim, *USERS, "supplier")
    _by_role(claim["effective"], about.role)
    gone = claim["status"] == "not_found"
    require(not gone or "native_status" not in claim, INVALID, "gone, and its word")
    _require_beside(claim, "until", "status", "suspended")
    begins = claim["effective"].get("day", claim["effective"].get("by"))
    require(claim.get("until", begins) >= begins, INVALID, "ends before it begins")


def _audit_status(claim: Claim, _: About) -> None:
    _require_party(claim, *PLACES)
    _require_beside(claim, "superseded_by", "state", "superseded")


def _remedy(claim: Claim, about: About) -> None:
    _require_party(claim, *USERS, "sub_agent")
    for total, band in (("owed_total", "workers_owed"), ("paid_total", "workers_paid")):
        require(total not in claim or band in claim, MISSING, band)
        nobody = total in claim and claim[band] == "none"
        require(not nobody, INVALID, "an amount for nobody")
    if "workers_owed" in claim and "workers_paid" in claim:
        paid, owed = size(claim["workers_paid"]), size(claim["workers_owed"])
        require(paid <= owed, INVALID, "more paid than owed")
    if "owed_total" in claim and "paid_total" in claim:
        same = claim["owed_total"][1] == claim["paid_total"][1]
        require(same, INVALID, "two currencies")
    verifier = claim.get("verified_by")
    require(verifier not in [*about.subjects, *claim.get("payers", [])], INVALID, "by itself")
    require((verifier is None) == ("verification" not in claim), MISSING, "verification")
    _require_order(claim, "discovered_on", "completed_on")
    looked = "retaliation_seen" not in claim or "retaliation_check_on" in claim
    require(looked, INVALID, "seen, and never looked")


def _supply(claim: Claim, about: About) -> None:
    _two_of_header(claim, about)
    require(claim.get("tier", 1) >= 1, INVALID, "tier")


def _listing(claim: Claim, _: About) -> None:
    by_person = claim["match_method"] == "person_confirmed"
    require(not by_person or "matched_by" in claim, MISSING, "confirmed by whom")
    require(by_person or "matched_by" not in claim, INVALID, "confirmed by nobody")
    score = claim.get("match_score")
    exact = claim["match_method"] == "identifier" and score is not None
    require(not exact and (score or 0) <= 100, INVALID, "score")
    goods = "goods" in claim or "native_goods" in claim
    require(not goods or "country" in claim, MISSING, "goods of which country")
    _require_order(claim, "first_observed", "last_observed")
    listed, gone = claim.get("listed_on"), claim.get("delisted_on")
    if listed is not None and gone is not None:
        begins, ends = (one.get("day", one.get("by")) for one in (listed, gone))
        require(begins <= ends, INVALID, "gone before it came")


def _months(value: str, last: bool) -> int:
    year, _, month = value.partition("-")
    return int(year) * 12 + (int(month[:2]) if month else 12 if last else 1)


def _grievance(claim: Claim, _: About) -> None:
    _require_party(claim, *USERS)
    _require_order(claim, "period_from", "period_to")
    months = _months(claim["period_to"], True) - _months(claim["period_from"], False) + 1
    require(months >= 3, INVALID, "shorter than a quarter")
    if "resolved" in claim:
        require(size(claim["resolved"]) <= size(claim["received"]), INVALID, "resolved")
    require("median_days" not in claim or "resolved" in claim, INVALID, "days of none resolved")
    topics = [one["topic"] for one in claim.get("topics", [])]
    require(topics == sorted(set(topics)), INVALID, "topics rise")
    _require_beside(claim, "policy", "non_retaliation_policy", "yes")


def _ack(claim: Claim, _: About) -> None:
    require("action_on" not in claim or "action" in claim, INVALID, "when, but not what")
    _require_order(claim, "seen_on", "action_on")


def _from_until(claim: Claim, _: About) -> None:
    _require_order(claim, "from", "until")


def _ruleset(claim: Claim, about: About) -> None:
    _from_until(claim, about)
    require(claim.get("previous") != claim["ruleset"], INVALID, "in place of itself")


KINDS: dict[str, Callable[[Claim, About], None]] = {
    "profile": _profile,
    "id.link": _id_link,
    "register.snapshot": _snapshot,
    "licence": _licence,
    "licence.status": _licence_status,
    "contract.attest": _contract,
    "audit": _audit,
    "finding": _finding,
    "finding.status": _finding_status,
    "recruitment.agreement": _agreement,
    "certificate": _certificate,
    "certificate.status": _certificate_status,
    "audit.status": _audit_status,
    "remedy": _remedy,
    "supply.link": _supply,
    "listing": _listing,
    "grievance.stat": _grievance,
    "ack": _ack,
    "withhold": _from_until,
    "ruleset.adopt": _ruleset,
}
