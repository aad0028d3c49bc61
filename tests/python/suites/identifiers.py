"""The suite `identifiers`: a table of texts with two answers each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

from fairtrail_reader import subjects
from fairtrail_reader.refused import Refused
from fairtrail_reader.schema import SUBJECT


def rows(path: Path) -> Iterator[tuple[str, str, str]]:
    """Text, what the door says, what normalisation makes of it."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("#"):
            text, door, normal, _ = line.split("\t")
            yield _unescaped(text), door, normal


def _unescaped(text: str) -> str:
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), text)


def _said(judge: Callable[[str], str], text: str) -> str:
    try:
        return judge(text)
    except Refused as refused:
        return refused.code


def _door(text: str) -> str:
    if SUBJECT.match(text) is None:
        return "grammar"
    subjects.require_at_door(text)
    return "ok"


def at_door(text: str) -> str:
    """What the submission door says of the text as it stands."""
    return _said(_door, text)


def normalised(text: str) -> str:
    """The subject a text becomes, or why it becomes none."""
    return _said(subjects.normalise, text)
