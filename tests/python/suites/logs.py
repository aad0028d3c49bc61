"""The suite `log`: what each `kind` of case is judged by."""

from __future__ import annotations

from fairtrail_reader import log, merkle, note, policy, splitview, tiles
from fairtrail_reader.forms import read_base64
from fairtrail_reader.refused import Refused
from fairtrail_reader.vector import Vector


def _key(case: Vector) -> note.Key:
    return note.read_vkey(case.one("key"))


def _policy(case: Vector) -> policy.Policy:
    return policy.read_policy("\n".join(case.all("policy")).encode())


def _leaf(case: Vector) -> bytes:
    return read_base64(case.one("leaf")) or b""


def judge_note(case: Vector) -> str:
    read = note.read_note(case.body)
    return f"ok verified {len(read.open([_key(case)]))} of {len(read.lines)}"


def judge_checkpoint(case: Vector) -> str:
    return f"ok size {log.open_checkpoint(case.body, _key(case)).size}"


def judge_cosigned(case: Vector) -> str:
    after, before = _policy(case).open(note.read_note(case.body)).times()
    return f"ok not-after {after} not-before {before}"


def judge_policy(case: Vector) -> str:
    return " ".join(["ok operators", *policy.read_policy(case.body).operators()])


def judge_promise(case: Vector) -> str:
    path = [read_base64(text) or b"" for text in case.all("path")]
    position = int(case.one("position"))
    return f"ok index {log.read_promise(case.body, _key(case), _leaf(case), position, path)}"


def judge_proof(case: Vector) -> str:
    proof = log.read_proof_file(case.body)
    checkpoint = _policy(case).open(proof.note).checkpoint
    size, root = checkpoint.size, checkpoint.root
    merkle.require_inclusion(_leaf(case), proof.index, size, proof.path, root)
    return f"ok index {proof.index}"


def judge_archive_list(case: Vector) -> str:
    return f"ok notes {len(log.read_archive_list(case.body))}"


def judge_add_checkpoint(case: Vector) -> str:
    asked = log.read_add_checkpoint(case.body)
    return f"ok old {asked.old} hashes {len(asked.hashes)} origin {asked.checkpoint.origin}"


def judge_cosignature(case: Vector) -> str:
    text = "".join(line + "\n" for line in case.all("checkpoint"))
    return f"ok stamp {note.read_cosignature(case.body, _key(case), text)}"


def judge_split_view(case: Vector) -> str:
    older, newer = splitview.verify_split_view(case.body, _key(case))
    return f"ok older {older.size} newer {newer.size}"


KINDS = {
    "note": judge_note,
    "checkpoint": judge_checkpoint,
    "cosigned": judge_cosigned,
    "policy": judge_policy,
    "promise": judge_promise,
    "proof": judge_proof,
    "archive-list": judge_archive_list,
    "add-checkpoint": judge_add_checkpoint,
    "cosignature": judge_cosignature,
    "split-view": judge_split_view,
}


def judge_log(case: Vector) -> str:
    return KINDS[case.one("kind")](case)


def judge_tile_path(text: str) -> str:
    """A row of `tile-paths.tsv`."""
    try:
        level, index, width = tiles.read_tile_path(text)
    except Refused as refused:
        return refused.code
    return f"entries {index} {width}" if level == tiles.ENTRIES else f"hashes {level} {index} {width}"


JUDGES = {"log": judge_log}
