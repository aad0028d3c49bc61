"""BLAKE3 (plain and derive-key mode, 32 bytes of output), from the paper, section 2."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache

Words = tuple[int, ...]

IV: Words = (
    0x6A09E667,
    0xBB67AE85,
    0x3C6EF372,
    0xA54FF53A,
    0x510E527F,
    0x9B05688C,
    0x1F83D9AB,
    0x5BE0CD19,
)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8
DERIVE_CONTEXT, DERIVE_MATERIAL = 32, 64
BLOCK, CHUNK, MASK = 64, 1024, 0xFFFFFFFF
# The eight quarter rounds of a round: four columns, then four diagonals.
QUARTERS = (
    (0, 4, 8, 12),
    (1, 5, 9, 13),
    (2, 6, 10, 14),
    (3, 7, 11, 15),
    (0, 5, 10, 15),
    (1, 6, 11, 12),
    (2, 7, 8, 13),
    (3, 4, 9, 14),
)


def _schedule() -> tuple[tuple[int, ...], ...]:
    order = tuple(range(16))
    rounds = []
    for _ in range(7):
        rounds.append(order)
        order = tuple(order[i] for i in PERMUTATION)
    return tuple(rounds)


SCHEDULE = _schedule()


def _compress(chaining: Sequence[int], words: Words, counter: int, length: int, flags: int) -> Words:
    """The first half of the compression function's output: a chaining value or 32 bytes."""
    state = [*chaining, *IV[:4], counter & MASK, counter >> 32, length, flags]
    for order in SCHEDULE:
        for step, (ia, ib, ic, id_) in enumerate(QUARTERS):
            a, b, c, d = state[ia], state[ib], state[ic], state[id_]
            a = (a + b + words[order[2 * step]]) & MASK
            d ^= a
            d = (d >> 16 | d << 16) & MASK
            c = (c + d) & MASK
            b ^= c
            b = (b >> 12 | b << 20) & MASK
            a = (a + b + words[order[2 * step + 1]]) & MASK
            d ^= a
            d = (d >> 8 | d << 24) & MASK
            c = (c + d) & MASK
            b ^= c
            state[ia], state[ib], state[ic], state[id_] = a, (b >> 7 | b << 25) & MASK, c, d
    return tuple(state[i] ^ state[i + 8] for i in range(8))


def _words(block: bytes) -> Words:
    return struct.unpack("<16I", block.ljust(BLOCK, b"\0"))


def _chunk(key: Words, flags: int, index: int, chunk: bytes, last: int) -> Words:
    chaining = key
    blocks = range(0, max(len(chunk), 1), BLOCK)
    for start in blocks:
        block = chunk[start : start + BLOCK]
        here = flags | (CHUNK_START if start == 0 else 0)
        if start == blocks[-1]:
            here |= CHUNK_END | last
        chaining = _compress(chaining, _words(block), index, len(block), here)
    return chaining


def _tree(key: Words, flags: int, data: bytes, first: int, last: int) -> Words:
    """Chunks are the leaves; the left part is the largest power of two of whole chunks."""
    if len(data) <= CHUNK:
        return _chunk(key, flags, first, data, last)
    chunks = (len(data) - 1) // CHUNK
    left = 1 << (chunks.bit_length() - 1)
    below = _tree(key, flags, data[: left * CHUNK], first, 0)
    beside = _tree(key, flags, data[left * CHUNK :], first + left, 0)
    return _compress(key, below + beside, 0, BLOCK, flags | PARENT | last)


def _bytes(words: Words) -> bytes:
    return struct.pack("<8I", *words)


@lru_cache(maxsize=1 << 16)
def blake3(data: bytes) -> bytes:
    """The hash of `data` in plain mode."""
    return _bytes(_tree(IV, 0, data, 0, ROOT))


@lru_cache(maxsize=64)
def _context_key(context: str) -> Words:
    return _tree(IV, DERIVE_CONTEXT, context.encode(), 0, ROOT)


@lru_cache(maxsize=1 << 16)
def derive(context: str, material: bytes) -> bytes:
    """`dk(context, material)` of `entry.md` section 3."""
    return _bytes(_tree(_context_key(context), DERIVE_MATERIAL, material, 0, ROOT))
