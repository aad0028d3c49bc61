"""Trust policies, quorums and times (`log.md` section 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from .log import Checkpoint, is_origin, read_checkpoint
from .note import COSIGNATURE, PLAIN, Key, Note, read_vkey
from .refused import Refused, require
from .schema import TIMESTAMP

POLICY_BYTES = 65_536
NAMES = 256


@dataclass(frozen=True)
class Group:
    """So many of these have to cosign."""

    threshold: int
    members: list[str]


@dataclass
class Policy:
    """Which logs, which witnesses, which quorum."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""

    def operators(self) -> list[str]:
        """The direct members of the quorum's group."""
        if self.quorum in self.groups:
            return self.groups[self.quorum].members
        return [] if self.quorum == "none" else [self.quorum]

    def open(self, note: Note) -> Cosigned:
        """A checkpoint of a log of this policy, cosigned as it asks."""
        cosigned = self.read(note)
        require(cosigned.meets(self.quorum), "quorum-missing")
        return cosigned

    def read(self, note: Note) -> Cosigned:
        """A checkpoint of a log of this policy, whoever cosigned it."""
        checkpoint = read_checkpoint(note)
        keys = [key for key in self.logs if key.name == checkpoint.origin]
        require(bool(keys), "origin-mismatch", "no such log")
        found = note.open([*keys, *self.witnesses.values()])
        require(any(key in found for key in keys), "signature-missing", "the log")
        stamps = {key: stamp for key, stamp in found.items() if stamp is not None}
        return Cosigned(self, checkpoint, stamps)


@dataclass
class Cosigned:
    """A checkpoint with the stamps that verified."""

    policy: Policy
    checkpoint: Checkpoint
    stamps: dict[Key, int]

    def _counts(self, key: Key) -> bool:
        own = key.name.startswith(self._house())
        return key in self.stamps and self.stamps[key] <= TIMESTAMP and not own

    def _house(self) -> str:
        """`host/name/` of the log."""
        host, name, _ = self.checkpoint.origin.split("/", 2)
        return f"{host}/{name}/"

    def meets(self, name: str) -> bool:
        """The quorum, group or witness of this name cosigned."""
        if name == "none":
            return True
        if name in self.policy.witnesses:
            return self._counts(self.policy.witnesses[name])
        group = self.policy.groups[name]
        return sum(self.meets(member) for member in group.members) >= group.threshold

    def _stamps_below(self, name: str) -> list[int]:
        if name in self.policy.witnesses:
            key = self.policy.witnesses[name]
            return [self.stamps[key]] if self._counts(key) else []
        members = self.policy.groups[name].members
        return [stamp for member in members for stamp in self._stamps_below(member)]

    def times(self) -> tuple[int, int]:
        """Not-after of this note alone, and not-before: with at most f operators lying."""
        operators = self.policy.operators()
        if not operators:
            own = [s for key, s in self.stamps.items() if key.name.startswith(self._house())]
            require(bool(own), "quorum-missing", "no stamp of the operator")
            return min(own), max(own)
        liars = (len(operators) - 1) // 3
        each = [self._stamps_below(name) for name in operators]
        smallest = sorted(min(stamps) for stamps in each if stamps)
        largest = sorted((max(stamps) for stamps in each if stamps), reverse=True)
        return smallest[liars], largest[liars]


class _Reader:
    """Line by line; a name is defined once and is a member at most once."""

    def __init__(self) -> None:
        self.policy = Policy()
        self.publics: set[bytes] = set()
        self.members: set[str] = set()
        self.quorums = 0

    def key(self, text: str, kind: int) -> Key:
        key = read_vkey(text)
        fresh = key.kind == kind and key.public not in self.publics
        require(fresh, "policy-malformed", "type of a key, or a key twice")
        self.publics.add(key.public)
        return key

    def define(self, name: str) -> None:
        taken = name in self.policy.witnesses or name in self.policy.groups
        require(name != "none" and not taken, "policy-malformed", "name")

    def log(self, vkey: str, url: str = "") -> None:
        key = self.key(vkey, PLAIN)
        require(is_origin(key.name), "policy-malformed", "origin")
        self.policy.logs.append(key)

    def witness(self, name: str, vkey: str, url: str = "") -> None:
        self.define(name)
        self.policy.witnesses[name] = self.key(vkey, COSIGNATURE)

    def group(self, name: str, threshold: str, *members: str) -> None:
        self.define(name)
        for member in members:
            self.known(member)
            require(member not in self.members, "policy-malformed", "member twice")
            self.members.add(member)
        words = {"any": 1, "all": len(members)}
        plain = threshold.isascii() and threshold.isdigit() and not threshold.startswith("0")
        count = words.get(threshold, int(threshold) if plain else 0)
        require(1 <= count <= len(members), "policy-malformed", "threshold")
        self.policy.groups[name] = Group(count, list(members))

    def known(self, name: str) -> None:
        defined = name in self.policy.witnesses or name in self.policy.groups
        require(defined, "policy-malformed", f"nothing is called {name}")

    def take_quorum(self, name: str) -> None:
        if name != "none":
            self.known(name)
        self.policy.quorum = name
        self.quorums += 1


def read_policy(data: bytes) -> Policy:
    """The text of a policy."""
    require(len(data) <= POLICY_BYTES, "too-large")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("policy-malformed", "not UTF-8") from error
    controls = any((ord(c) < 32 and c not in "\n\t") or ord(c) == 127 for c in text)
    require(not controls, "policy-malformed", "control character")
    reader = _Reader()
    ways: dict[str, Callable[..., None]] = {
        "log": reader.log,
        "witness": reader.witness,
        "group": reader.group,
        "quorum": reader.take_quorum,
    }
    for line in text.split("\n"):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            ways[words[0]](*words[1:])
        except (KeyError, TypeError) as error:
            raise Refused("policy-malformed", line) from error
    policy = reader.policy
    names = len(policy.witnesses) + len(policy.groups)
    require(names <= NAMES and len(policy.logs) <= NAMES, "too-large")
    require(reader.quorums == 1, "policy-malformed", "one quorum line")
    return policy
