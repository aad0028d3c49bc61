"""Three running nodes: their logs, indexes, archives, proofs and parts, read over HTTP and made again."""

from __future__ import annotations

import random
import re
import time
import unittest
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import changes
import demo
import making
import tally
from fairtrail_reader import cbor, fork, index, log, merkle, note, part, policy, recompute, trie, update, wire
from fairtrail_reader.admission import Admission
from fairtrail_reader.charter import read_charter
from fairtrail_reader.claim import read_claim
from fairtrail_reader.completeness import verify_bundle
from fairtrail_reader.entry import read_entry
from fairtrail_reader.forms import read_written, written
from fairtrail_reader.gateway import Gateway, read_leaves
from fairtrail_reader.refused import Refused

CATCH_UP_SECONDS = 30
SEED = 20_261_122
# A site about which nothing adverse is open, and one whose auditor signed two histories.
SUBJECTS = ["osid:XA2026001N0RTHW", "osid:XA2026011FRK111"]
# Notes need not be there, and a line of a signer that nobody knows says nothing.
NOTES_DROPPED = re.compile(r"3: \[\d+\] 5(:? \[\d+\])?( dropped|: \[0\] flipped| \[0\] flipped)\Z")


class Read:
    """What was read of one node, with its index at the size of its log."""

    def __init__(self, address: str, trusted: policy.Policy) -> None:
        self.gateway = Gateway(address)
        self.info: dict[str, Any] = self.gateway.json("v1/log")
        deadline = time.monotonic() + CATCH_UP_SECONDS
        while True:
            self._read(trusted)
            if self.head.size == self.checkpoint.size or time.monotonic() > deadline:
                return
            time.sleep(0.5)

    def _read(self, trusted: policy.Policy) -> None:
        get = self.gateway.get
        self.checkpoint = trusted.open(note.read_note(get("checkpoint"))).checkpoint
        self.leaves = read_leaves(self.gateway, "", self.checkpoint.size, self.checkpoint.root)
        key = note.read_vkey(self.info["index"]["vkey"])
        self.index_checkpoint = log.open_checkpoint(get("index/checkpoint"), key)
        size, root = self.index_checkpoint.size, self.index_checkpoint.root
        self.heads = read_leaves(self.gateway, "index/", size, root)
        self.head = index.read_head(self.heads[-1])


class Live(unittest.TestCase):
    """Read once, looked at from all sides."""

    running: demo.Demo
    nodes: list[Read]

    @classmethod
    def setUpClass(cls) -> None:
        node = demo.binary()
        if node is None:
            raise unittest.SkipTest("fairtrail-node is not built")
        cls.running = demo.start(node)
        cls.addClassCleanup(cls.running.end)
        cls.trusted = policy.read_policy(cls.running.log_policy())
        cls.nodes = [Read(address, cls.trusted) for address in cls.running.gateways]

    trusted: policy.Policy

    def each(self, what: str, judge: Any) -> None:
        """Judges every node, and counts."""
        count = tally.Count(what)
        for node in self.nodes:
            with self.subTest(log=node.checkpoint.origin), count.one():
                judge(node)
        print(f"  {count}", flush=True)

    def test_every_entry_is_admitted_in_the_order_of_the_log(self) -> None:
        self.each("logs", self._admit)

    def _admit(self, node: Read) -> None:
        charter = read_charter(node.gateway.get("v1/charter"))
        self.assertEqual(written("network", charter.network), node.info["network"])
        admission = Admission(charter)
        said = [admission.offer(leaf) for leaf in node.leaves]
        self.assertEqual(set(said), {"ok"})
        self.assertEqual(len(admission.entries), node.checkpoint.size)
        for author in {read_entry(leaf).author for leaf in node.leaves}:
            value = admission.walk(author).value()
            self.assertEqual(value, self._remade(node).feed_value(author))

    def _remade(self, node: Read) -> recompute.Recomputed:
        return recompute.require_heads(node.checkpoint.origin, node.leaves, node.heads)

    def test_every_index_head_follows_from_the_leaves(self) -> None:
        self.each("indexes", self._follow)

    def _follow(self, node: Read) -> None:
        made = self._remade(node)
        self.assertEqual(made.tree.size, node.checkpoint.size, "the index did not catch up")
        self.assertEqual(made.tree.root(), node.checkpoint.root)
        self.assertEqual(node.index_checkpoint.origin, node.checkpoint.origin + "/index/1")
        keys = {index.subject_key(s): index.subject_value(made.class_map(s)) for s in made.lists}
        self.assertEqual(trie.root_of(trie.build(keys)), node.head.subjects)
        feeds = {index.feed_key(a): index.feed_value(made.feed_value(a)) for a in made.feeds}
        self.assertEqual(trie.root_of(trie.build(feeds)), node.head.feeds)

    def test_update_proofs_lead_from_head_to_head(self) -> None:
        self.each("update proofs", self._updates)

    def _updates(self, node: Read) -> None:
        """Where a proof is not kept the checker makes the head from the leaves."""
        made, proofs = recompute.Recomputed(node.checkpoint.origin), 0
        checker = update.Checker(node.checkpoint.origin)
        for place, raw in enumerate(node.heads):
            head, first = index.read_head(raw), made.tree.size
            made.advance(node.leaves[first : head.size], head.log_time)
            proof = node.gateway.find(f"index/update/{place}")
            if proof is None:
                checker = update.remembered(made, head)
            else:
                self.assertEqual(checker.check(proof).raw, raw)
                proofs += 1
        self.assertGreater(proofs, 0, "no update proof is served")

    def test_equal_sets_have_equal_feeds_roots(self) -> None:
        held = {frozenset(read_entry(leaf).id for leaf in node.leaves) for node in self.nodes}
        self.assertEqual(len(held), 1, "the nodes hold different entries")
        self.assertEqual(len({node.head.feeds for node in self.nodes}), 1)

    def test_archived_notes_are_prefixes(self) -> None:
        self.each("archives", self._archive)

    def _archive(self, node: Read) -> None:
        hashes = [merkle.leaf_hash(leaf) for leaf in node.leaves]
        for size, digest in log.read_archive_list(node.gateway.get("archive")):
            data = node.gateway.get(f"archive/{size}")
            self.assertEqual(merkle.sha256(data), digest)
            archived = self.trusted.open(note.read_note(data)).checkpoint
            self.assertEqual((archived.size, archived.root), (size, merkle.root(hashes[:size])))
        heads = [merkle.leaf_hash(head) for head in node.heads]
        key = note.read_vkey(node.info["index"]["vkey"])
        for size, digest in log.read_archive_list(node.gateway.get("index/archive")):
            data = node.gateway.get(f"index/archive/{size}")
            self.assertEqual(merkle.sha256(data), digest)
            self.assertEqual(log.open_checkpoint(data, key).root, merkle.root(heads[:size]))

    def test_proof_files_hold(self) -> None:
        self.each("proof files", self._proofs)

    def _proofs(self, node: Read) -> None:
        for place, leaf in enumerate(node.leaves):
            entry = written("entry", read_entry(leaf).id)
            proof = log.read_proof_file(node.gateway.get(f"v1/entries/{entry}/proof"))
            checkpoint = self.trusted.open(proof.note).checkpoint
            size, root = checkpoint.size, checkpoint.root
            merkle.require_inclusion(merkle.leaf_hash(leaf), proof.index, size, proof.path, root)
            self.assertEqual(proof.index, place)

    def test_public_parts_belong_to_their_entries(self) -> None:
        self.each("parts", self._parts)

    def _parts(self, node: Read) -> None:
        named: dict[bytes, Any] = {}
        for leaf in node.leaves:
            entry = read_entry(leaf)
            named.update({one[4]: (entry, one) for one in entry.header.get(11, [])})
        first, held = 0, 0
        while first < node.checkpoint.size:
            count = min(256, node.checkpoint.size - first)
            data = node.gateway.get(f"v1/parts?first={first}&count={count}")
            for digest, (salt, body) in wire.read_parts_page(data):
                entry, stated = named[digest]
                part.require_body(stated, salt, body)
                if stated[1] == part.CLAIM:
                    read_claim(entry.kind, body)
                held += 1
            first = cbor.decode(data, items=wire.WIRE_ITEMS)[1]
        self.assertGreater(held, 0)

    def test_fraud_files_prove_what_they_say(self) -> None:
        self.each("fraud files", self._fraud)

    def _fraud(self, node: Read) -> None:
        for file in node.gateway.json("v1/fraud")["files"]:
            data = node.gateway.get(f"v1/fraud/{file['digest']}")
            self.assertEqual(merkle.sha256(data).hex(), file["digest"])
            self.assertEqual(len(data), file["bytes"])
            if file["accused"].startswith("author:"):
                found = fork.verify_fork(data)
                self.assertEqual(found.author, read_written("author", file["accused"]))

    def _source(self, node: Read) -> making.Source:
        size, raw = node.checkpoint.size, node.checkpoint.note.raw
        listed = log.read_archive_list(node.gateway.get("archive"))
        notes = [(at, node.gateway.get(f"archive/{at}")) for at, _ in listed if at < size]
        index_note = _alone(node.index_checkpoint)
        return making.Source(node.leaves, node.heads, self._remade(node), index_note, [*notes, (size, raw)])

    def _bundle(self, nodes: list[Read]) -> tuple[Any, Callable[[bytes], Any]]:
        """A bundle about some subjects, made here, and what checks bundles."""
        charter = read_charter(nodes[0].gateway.get("v1/charter"))
        roots = [charter.author(key, digest) for key, digest in charter.roots]
        parts, entries = [], set()
        for node in nodes:
            chosen = making.Chosen(self._source(node), roots, SUBJECTS)
            parts.append((node.checkpoint.origin, making.log_part(chosen.source, chosen)))
            entries |= {node.leaves[chosen.places[key]] for key in chosen.ids}
        lines = [f"log {node.info['index']['vkey']}\n" for node in nodes]
        indexes = policy.read_policy("".join([*lines, "quorum none\n"]).encode())
        made = making.bundle(charter.raw, parts, entries, [])
        return made, lambda data: verify_bundle(data, charter.network, self.trusted, indexes)

    def test_a_bundle_of_all_logs_holds(self) -> None:
        made, verify = self._bundle(self.nodes)
        count = tally.Count("bundles")
        with count.one():
            bundle = verify(cbor.encode(made))
            self.assertEqual(len(bundle.logs), len(self.nodes))
            about = {one for forms in bundle.forms.values() for one in forms[0].header[8]}
            self.assertLessEqual(set(SUBJECTS), about)
        print(f"  {count}", flush=True)

    def test_every_change_to_a_bundle_is_refused(self) -> None:
        """But for notes of the log, which nobody has to give."""
        made, verify = self._bundle(self.nodes[:1])
        whole, count = cbor.encode(made), tally.Count("changed bundles")
        verify(whole)
        for name, changed in changes.changes(made, random.Random(SEED)):
            data = cbor.encode(changed)
            if data == whole or NOTES_DROPPED.match(name):
                continue
            with self.subTest(change=name), count.one(), self.assertRaises(Refused):
                verify(data)
        print(f"  {count}", flush=True)

    def test_bundles_that_are_served_hold(self) -> None:
        self.each("served bundles", self._served)

    def _served(self, node: Read) -> None:
        _, verify = self._bundle([node])
        for subject in SUBJECTS:
            data = node.gateway.find(f"v1/bundle?id={quote(subject, safe='')}")
            if data is None:
                self.skipTest("no bundles are served")
            self.assertIn(subject, verify(data).logs[0].answer.subjects)


def _alone(checkpoint: log.Checkpoint) -> bytes:
    """The note with the line of its own log alone, so that every line of it is verified."""
    (line,) = [line for line in checkpoint.note.lines if line.name == checkpoint.origin]
    return f"{checkpoint.note.text}\n{line.written}\n".encode()


if __name__ == "__main__":
    unittest.main()
