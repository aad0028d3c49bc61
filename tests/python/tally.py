"""Counts cases, which are more than tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import SkipTest


class Count:
    """Cases of one suite. One that is left by an error has failed."""

    all: list["Count"] = []

    def __init__(self, name: str) -> None:
        self.name, self.passed, self.failed = name, 0, 0
        Count.all.append(self)

    @property
    def total(self) -> int:
        return self.passed + self.failed

    @contextmanager
    def one(self) -> Iterator[None]:
        try:
            yield
        except SkipTest:
            raise
        except BaseException:
            self.failed += 1
            raise
        self.passed += 1

    def __str__(self) -> str:
        return f"{self.name}: {self.passed} passed, {self.failed} failed"


def summary() -> str:
    """Of all suites together."""
    passed, failed = sum(c.passed for c in Count.all), sum(c.failed for c in Count.all)
    return f"{passed} passed, {failed} failed"
