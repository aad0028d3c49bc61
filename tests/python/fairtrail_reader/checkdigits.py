"""Check digits (`identifiers.md` section 4). A correct one says that no digit was mistyped."""

from __future__ import annotations

import re
from collections.abc import Sequence

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum((ord(char) - 48) * weight for char, weight in zip(digits, weights))


def abn(value: str) -> bool:
    """Eleven digits, the first not 0."""
    if not re.fullmatch(r"[1-9][0-9]{10}", value, re.ASCII):
        return False
    weights = [10, *range(1, 20, 2)]
    return (_weighted(value, weights) - weights[0]) % 89 == 0


def is_cpf(value: str) -> bool:
    """Eleven digits under the scheme of companies."""
    return re.fullmatch(r"[0-9]{11}", value, re.ASCII) is not None


def cnpj(value: str) -> bool:
    """Twelve characters and two digits; a character counts its distance from `0`."""
    if not re.fullmatch(r"[0-9A-Z]{12}[0-9]{2}", value, re.ASCII) or len(set(value)) == 1:
        return False
    for length in (12, 13):
        weights = [2 + (length - 1 - place) % 8 for place in range(length)]
        rest = _weighted(value[:length], weights) % 11
        if int(value[length]) != (0 if rest < 2 else 11 - rest):
            return False
    return True


def gln(value: str) -> bool:
    """Thirteen digits, not all 0."""
    if not re.fullmatch(r"[0-9]{13}", value, re.ASCII) or not value.strip("0"):
        return False
    return _weighted(value, [1, 3] * 6 + [1]) % 10 == 0


def imo(value: str) -> bool:
    """Seven digits, the first not 0."""
    if not re.fullmatch(r"[1-9][0-9]{6}", value, re.ASCII):
        return False
    return _weighted(value[:6], range(7, 1, -1)) % 10 == int(value[6])


def lei(value: str) -> bool:
    """ISO 7064 MOD 97-10, check digits from 02 to 98."""
    if not re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", value, re.ASCII):
        return False
    number = int("".join(str(int(char, 36)) for char in value))
    return number % 97 == 1 and "02" <= value[18:] <= "98"


def osid(value: str) -> bool:
    """Two letters, seven digits, six of Crockford's characters; they are added up."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{7}[0-9A-HJKMNP-TV-Z]{6}", value, re.ASCII):
        return False
    total = ord(value[0]) + ord(value[1]) + sum(CROCKFORD.index(char) for char in value[2:14])
    return CROCKFORD[total % 32] == value[14]


def uscc(value: str) -> bool:
    """Eighteen characters, weights 3^i mod 31."""
    if len(value) != 18 or any(char not in USCC for char in value) or not value.strip("0"):
        return False
    total = sum(USCC.index(char) * pow(3, place, 31) for place, char in enumerate(value[:17]))
    return USCC.index(value[17]) == -total % 31
