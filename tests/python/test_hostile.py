"""Damaged vectors: whatever the bytes, the reader answers with a reason code and never breaks."""

from __future__ import annotations

import random
import unittest
from dataclasses import replace

import tally
from fairtrail_reader.refused import Refused
from fairtrail_reader.vector import Vector
from suites import JUDGES, RAW_BODIES
from test_vectors import cases

SEED = 20_261_122
EACH = 3


def damaged(case: Vector, chance: random.Random) -> Vector:
    """A bit flipped, bytes cut or doubled, in the longest value or in the bytes under test."""
    if case.body and case.path.parent.name in RAW_BODIES:
        return replace(case, body=_damage(case.body, chance))
    place = max(range(len(case.lines)), key=lambda at: len(case.lines[at][1]))
    name, value = case.lines[place]
    words = value.split(" ")
    try:
        words[-1] = _damage(bytes.fromhex(words[-1]), chance).hex()
    except ValueError:
        return case
    lines = [*case.lines]
    lines[place] = (name, " ".join(words))
    return replace(case, lines=lines)


def _damage(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data)) if data else 0
    way = chance.randrange(4)
    if way == 0 or not data:
        return data[:at]
    if way == 1:
        return data[:at] + data[at : at + 8] + data[at:]
    flipped = data[at] ^ (1 << chance.randrange(8))
    return data[:at] + bytes([flipped]) + data[at + 1 :]


class Hostile(unittest.TestCase):
    """Every suite of cases, damaged from a fixed seed."""

    def test_damage_is_refused_or_harmless(self) -> None:
        chance = random.Random(SEED)
        for suite, judge in JUDGES.items():
            count = tally.Count(f"damaged {suite}")
            for case in cases(suite):
                for turn in range(EACH):
                    with self.subTest(case=case.path.name, turn=turn), count.one():
                        try:
                            judge(damaged(case, chance))
                        except Refused:
                            pass
                        except AssertionError:
                            pass  # accepted, and then no more what the file says of it
            print(f"  {count}", flush=True)


if __name__ == "__main__":
    unittest.main()
