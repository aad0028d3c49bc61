"""How each suite of `specs/vectors` is judged: a function for every directory there."""

from __future__ import annotations

from typing import Callable

from fairtrail_reader.vector import Vector

from . import claims, entries, indexes, logs, messages, tries

# Judges a case: `ok` with what follows from it, or a reason code, which may be raised as well.
Judge = Callable[[Vector], str]

JUDGES: dict[str, Judge] = {
    **claims.JUDGES,
    **entries.JUDGES,
    **indexes.JUDGES,
    **logs.JUDGES,
    **messages.JUDGES,
    **tries.JUDGES,
}
# Suites whose bytes under test follow the headers as they are.
RAW_BODIES: list[str] = ["log"]
# Suites that are tables of rows and not files of one case each, with tests of their own.
TABLES: list[str] = ["identifiers"]
