"""Every vector of `specs/vectors`: the same answer, the same reason code."""

from __future__ import annotations

import time
import unittest
from collections.abc import Iterable
from pathlib import Path

import cbor2

import tally
from fairtrail_reader import cbor
from fairtrail_reader.refused import Refused
from fairtrail_reader.vector import Vector, read_vector
from suites import JUDGES, RAW_BODIES, TABLES, Judge
from suites.identifiers import at_door, normalised, rows
from suites.logs import judge_tile_path

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"


def cases(suite: str) -> list[Vector]:
    """Every case of a suite."""
    files = sorted((VECTORS / suite).glob("*.txt"))
    return [read_vector(path, raw_body=suite in RAW_BODIES) for path in files]


def answer(judge: Judge, case: Vector) -> str:
    """What the reader says."""
    try:
        return judge(case)
    except Refused as refused:
        return refused.code


class Vectors(unittest.TestCase):
    """One test for each suite, made below, and what they have in common."""

    def compare(self, suite: str, judged: Iterable[tuple[str, str, str]]) -> None:
        """Name, what the reader says, what the file says: all equal, all counted."""
        count = tally.Count(suite)
        began = time.monotonic()
        for name, said, stated in judged:
            with self.subTest(case=f"{suite}/{name}"), count.one():
                self.assertEqual(said, stated)
        self.assertTrue(count.total, "a suite without a case")
        print(f"  {count} ({time.monotonic() - began:.1f}s)", flush=True)

    def judge_suite(self, suite: str) -> None:
        judge = JUDGES[suite]
        judged = ((case.path.name, _answer_or_error(judge, case), case.expect) for case in cases(suite))
        self.compare(suite, judged)

    def test_identifiers(self) -> None:
        table = VECTORS / "identifiers" / "subjects.tsv"
        judged = (
            (repr(text), f"{at_door(text)} {normalised(text)}", f"{door} {normal}")
            for text, door, normal in rows(table)
        )
        self.compare("identifiers", judged)

    def test_tile_paths(self) -> None:
        lines = (VECTORS / "log" / "tile-paths.tsv").read_text().splitlines()
        pairs = (line.partition("\t") for line in lines if "\t" in line and not line.startswith("#"))
        self.compare("tile paths", ((path, judge_tile_path(path), said) for said, _, path in pairs))

    def test_every_suite_has_a_reader(self) -> None:
        found = {path.name for path in VECTORS.iterdir() if path.is_dir()}
        read = {*JUDGES, *TABLES}
        self.assertEqual(found - read, set(), "suites that nobody reads")
        self.assertEqual(read - found, set(), "suites that are gone")

    def test_every_file_is_read(self) -> None:
        tables = {"identifiers/subjects.tsv", "log/tile-paths.tsv"}
        for path in VECTORS.rglob("*"):
            name = path.relative_to(VECTORS).as_posix()
            known = path.is_dir() or path.suffix == ".txt" or name in tables
            self.assertTrue(known, f"{name} is a file that nobody reads")

    def test_the_strict_decoder_reads_what_another_one_reads(self) -> None:
        for case in cases("cbor"):
            data = case.hex("bytes")
            if case.expect == "ok":
                with self.subTest(case=case.path.name):
                    self.assertEqual(cbor.decode(data), cbor2.loads(data))


def _answer_or_error(judge: Judge, case: Vector) -> str:
    """What else goes wrong is an answer too, so that the other cases are judged."""
    try:
        return answer(judge, case)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _add(suite: str) -> None:
    def test(self: Vectors) -> None:
        self.judge_suite(suite)

    setattr(Vectors, f"test_{suite}", test)


for _suite in JUDGES:
    _add(_suite)

if __name__ == "__main__":
    unittest.main()
