"""Keys and signatures as `entry.md` section 5 wants them: stricter than RFC 8032 requires."""

from __future__ import annotations

from functools import lru_cache
from typing import Optional

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .refused import require

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
# Extended coordinates (X, Y, Z, T) of RFC 8032, section 5.1.4.
Point = tuple[int, int, int, int]
IDENTITY: Point = (0, 1, 1, 0)


def _decompress(encoded: bytes) -> Optional[Point]:
    """The point of a canonical encoding, or nothing."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if len(encoded) != 32 or y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def _add(p: Point, q: Point) -> Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * D * p[3] * q[3] % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _multiply(scalar: int, point: Point) -> Point:
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _is_identity(point: Point) -> bool:
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0


@lru_cache(maxsize=1 << 14)
def is_small_or_no_point(encoded: bytes) -> bool:
    """Not canonical, no point at all, or a point of small order."""
    point = _decompress(encoded)
    return point is None or _is_identity(_multiply(8, point))


@lru_cache(maxsize=1 << 14)
def _is_enrollable(key: bytes) -> bool:
    point = _decompress(key)
    if point is None or _is_identity(_multiply(8, point)):
        return False
    return _is_identity(_multiply(ORDER, point))


def enrol(key: bytes) -> None:
    """Takes the key up: canonical, not of small order, free of torsion."""
    require(_is_enrollable(key), "key-unacceptable")


@lru_cache(maxsize=1 << 14)
def verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """Strictly: S below the order, R and key canonical and not of small order, no cofactor.

    The library recomputes R from S and compares encodings, which is the equation without cofactor.
    """
    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= ORDER:
        return False
    if is_small_or_no_point(key) or is_small_or_no_point(signature[:32]):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
