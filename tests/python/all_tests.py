"""Runs the tests named (`test_vectors`, …), or all, and says how many cases and tests held."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

import tally

HERE = Path(__file__).resolve().parent


def load(names: list[str]) -> unittest.TestSuite:
    """The tests of these modules, or of all there are."""
    modules = names or sorted(path.stem for path in HERE.glob("test_*.py"))
    return unittest.defaultTestLoader.loadTestsFromNames(modules)


class Result(unittest.TextTestResult):
    """Counts what held, which the library does not."""

    held = 0

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self.held += 1


def main() -> int:
    runner = unittest.TextTestRunner(stream=sys.stdout, resultclass=Result)  # type: ignore[arg-type]
    result = runner.run(load(sys.argv[1:]))
    for test, reason in result.skipped:
        print(f"SKIPPED: {test}: {reason}")
    broken = {str(getattr(test, "test_case", test)) for test, _ in result.failures + result.errors}
    held = getattr(result, "held", 0)
    print(f"second reader, tests: {held} passed, {len(broken)} failed, {len(result.skipped)} skipped")
    print(f"second reader, cases: {tally.summary()}")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
