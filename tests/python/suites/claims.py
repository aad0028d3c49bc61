"""The suite `claims`: one claim with what its header says."""

from __future__ import annotations

from fairtrail_reader.statement import About, require_acceptable
from fairtrail_reader.vector import Vector


def judge_claim(case: Vector) -> str:
    about = About(case.one("role"), case.all("basis"), case.one("audience"), case.all("subject"))
    require_acceptable(case.one("kind"), case.hex("claim"), about)
    return "ok"


JUDGES = {"claims": judge_claim}
