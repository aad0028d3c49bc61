"""Values that stand in the documents themselves, computed again."""

from __future__ import annotations

import re
import unittest
from pathlib import Path

from fairtrail_reader import cbor, index, log, merkle, note, policy, trie

SPECS = Path(__file__).resolve().parents[2] / "specs"


def document(name: str) -> str:
    """The text of a document."""
    return (SPECS / name).read_text(encoding="utf-8")


def fenced(text: str) -> list[str]:
    """What stands between fences."""
    return re.findall(r"\n```[^\n]*\n(.*?)```", text, re.S)


class Documents(unittest.TestCase):
    """Examples and known answers."""

    def test_the_example_of_the_index(self) -> None:
        text = document("index.md")
        findings = [
            index.Posting(0, 1_700_000_000, b"\xaa" * 32, "finding", b"\xbb" * 32),
            index.Posting(7, 1_700_000_005, b"\xcc" * 32, "finding.status", b"\xdd" * 32),
        ]
        lists: index.ClassMap = {}
        index.add_posting(lists, findings[0])
        self.assertIn(lists["finding"][1].hex(), text)
        index.add_posting(lists, findings[1])
        self.assertIn(lists["finding"][1].hex(), text)
        self.assertIn(index.subject_value(cbor.encode(lists)).hex(), text)
        self.assertIn(index.subject_key("gln:0614141000012").hex(), text)

    def test_the_known_answers_of_the_trie(self) -> None:
        text = document("trie.md")
        keys = {f"K{i + 1}": bytes([first]) + bytes(31) for i, first in enumerate(b"\x00\x40\x80\xa0\xa1")}
        rows = re.findall(r"^\| (none|K[K0-9 to]+) \| `([0-9a-f]{64})` \|$", text, re.M)
        self.assertEqual(len(rows), 7)
        for names, root in rows:
            chosen = list(keys) if " to " in names else [] if names == "none" else names.split(" ")
            pairs = {keys[name]: bytes([int(name[1])]) * 32 for name in chosen}
            with self.subTest(keys=names):
                self.assertEqual(trie.root_of(trie.build(pairs)).hex(), root)
        self.assertIn(trie.NOTHING.hash().hex(), text, "two empty sides")
        self.assertIn(trie.EMPTY_NODE.hex(), text)

    def test_the_example_of_the_log(self) -> None:
        example = document("log.md").partition("\n## 2.")[2].partition("\n## 3.")[0]
        checkpoint, trusted, _, proof, archive = (block.encode() for block in fenced(example))
        read = policy.read_policy(trusted)
        cosigned = read.open(note.read_note(checkpoint))
        self.assertEqual(cosigned.times()[0], 1_784_808_002)
        hashes = [merkle.leaf_hash(f"entry {i}".encode()) for i in range(5)]
        self.assertEqual(cosigned.checkpoint.root, merkle.root(hashes))
        file = log.read_proof_file(proof)
        merkle.require_inclusion(hashes[3], file.index, 5, file.path, cosigned.checkpoint.root)
        digests = dict(log.read_archive_list(archive))
        self.assertEqual(digests[5], merkle.sha256(checkpoint))


if __name__ == "__main__":
    unittest.main()
