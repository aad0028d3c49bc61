"""Known answers of others: BLAKE3, Ed25519 (Wycheproof, C2SP CCTV), proofs of Merkle trees."""

from __future__ import annotations

import base64
import json
import os
import unittest
from pathlib import Path
from typing import Any, Optional

import tally
from fairtrail_reader import ed25519, merkle
from fairtrail_reader.blake3 import blake3, derive
from fairtrail_reader.refused import Refused, require

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("FAIRTRAIL_SHARED", ROOT.parent / "shared"))


def published(name: str) -> Path:
    """A published file, which is never copied in; without it the test is left out and says so."""
    path = SHARED / "vectors" / name
    if not path.exists():
        raise unittest.SkipTest(f"no published vectors at {name}")
    return path


def load(name: str) -> Any:
    """A published JSON file."""
    return json.loads(published(name).read_text(encoding="utf-8"))


def refusal_of_inclusion(case: Any) -> Optional[str]:
    """The reason code for a published inclusion proof, if it is refused."""
    try:
        path = [base64.b64decode(one) for one in case["proof"] or []]
        leaf, root = (base64.b64decode(case[name] or "") for name in ("leafHash", "root"))
        require(len(leaf) == len(root) == 32, "proof-invalid", "no hash")
        merkle.require_inclusion(leaf, case["leafIdx"], case["treeSize"], path, root)
    except Refused as refused:
        return refused.code
    return None


def refusal_of_consistency(case: Any) -> Optional[str]:
    """The reason code for a published consistency proof, if it is refused."""
    old, new = case["size1"], case["size2"]
    before, after = (base64.b64decode(case[name] or "") for name in ("root1", "root2"))
    try:
        path = [base64.b64decode(one) for one in case["proof"] or []]
        merkle.require_consistency(old, before, new, after, path)
    except Refused as refused:
        return refused.code
    return None


class Published(unittest.TestCase):
    """What the specifications refer to, compared with what others computed."""

    def test_blake3(self) -> None:
        vectors, count = load("blake3/test_vectors/test_vectors.json"), tally.Count("BLAKE3")
        for case in vectors["cases"]:
            data = bytes(place % 251 for place in range(case["input_len"]))
            with self.subTest(length=case["input_len"]), count.one():
                self.assertEqual(blake3(data).hex(), case["hash"][:64])
                derived = derive(vectors["context_string"], data)
                self.assertEqual(derived.hex(), case["derive_key"][:64])

    def test_wycheproof_ed25519(self) -> None:
        vectors = load("wycheproof-ed25519/testvectors_v1/ed25519_test.json")
        count = tally.Count("Wycheproof")
        for group in vectors["testGroups"]:
            key = bytes.fromhex(group["publicKey"]["pk"])
            for case in group["tests"]:
                message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
                with self.subTest(case=case["tcId"]), count.one():
                    holds = ed25519.verifies(key, message, signature)
                    self.assertEqual(holds, case["result"] == "valid")

    def test_cctv_ed25519(self) -> None:
        """Every flag names something that a strict verifier refuses."""
        count = tally.Count("CCTV")
        lax = {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"}
        for case in load("cctv-ed25519/ed25519/ed25519vectors.json"):
            key, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
            refused = bool(lax & set(case["flags"] or []))
            with self.subTest(case=case["number"]), count.one():
                holds = ed25519.verifies(key, case["msg"].encode(), signature)
                self.assertEqual(holds, not refused)

    def test_merkle_proofs(self) -> None:
        root = published("merkle-transparency-dev") / "testdata"
        count = tally.Count("Merkle proofs")
        ways = {"inclusion": refusal_of_inclusion, "consistency": refusal_of_consistency}
        for name, refusal in ways.items():
            for path in sorted((root / name).rglob("*.json")):
                case = json.loads(path.read_text(encoding="utf-8"))
                with self.subTest(case=str(path.relative_to(root))), count.one():
                    self.assertEqual(refusal(case) is not None, case["wantErr"])


if __name__ == "__main__":
    unittest.main()
