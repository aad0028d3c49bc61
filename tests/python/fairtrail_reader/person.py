"""What is recognised as a natural person's number (`identifiers.md` section 6, `claims.md` section 6)."""

from __future__ import annotations

import re
from typing import Callable

# Words of schemes, authorities and list codes that number persons.
WORDS = frozenset(
    "aadhaar cpf curp email employee iban iqama mailto name nid nino nric orcid passport pesel phone"
    " ssn tel visa whatsapp worker".split()
)
# The forms 999.999.999-99 and 999-99-9999, an e-mail address, a telephone number.
FORMS = re.compile(
    r"(?<![0-9])(?:[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}|[0-9]{3}-[0-9]{2}-[0-9]{4})(?![0-9])"
    r"|[^@\s]@[^@\s]+\.[^@\s]",
    re.ASCII,
)


def _number(value: str) -> int:
    digits = re.match(r"[0-9.]*", value)
    return int((digits.group().replace(".", "") if digits else "") or "0")


# Under lists that number persons and organisations, the form that is a person's.
LISTS: dict[str, Callable[[str], bool]] = {
    "AR-CUIT": lambda v: v[:2] in ("20", "23", "24", "25", "26", "27"),
    "CL-RUT": lambda v: _number(v) < 50_000_000,
    "EC-RUC": lambda v: v[2:3] < "6",
    "ES-NIF": lambda v: v[:1].isdigit() or v[:1] in "KLMXYZ",
    "GH-TIN": lambda v: v.startswith("P"),
    "IN-PAN": lambda v: v[3:4] == "P",
    "IT-CF": lambda v: any(c.isalpha() for c in v),
    "KE-KRA": lambda v: v.startswith("A"),
    "MX-RFC": lambda v: len(v) == 13,
    "PE-RUC": lambda v: v[:2] in ("10", "15", "17"),
    "RO-CUI": lambda v: len(v) == 13 and v.isdigit(),
    "TH-TIN": lambda v: not v.startswith("0"),
    "VN-TIN": lambda v: len(v) == 12 and v.isdigit(),
}


def names_persons(code: str) -> bool:
    """A word of a scheme, an authority or a list code numbers persons."""
    return any(word in WORDS for word in re.split(r"[-_]", code.lower()))


def has_persons_form(value: str) -> bool:
    """The form of a person's number, of an e-mail address or of a telephone number."""
    digits = sum(c.isdigit() for c in value)
    return FORMS.search(value) is not None or (value.startswith("+") and digits >= 7)


def has_persons_form_in(name: str, value: str) -> bool:
    """Under a list that numbers persons and organisations, the form that is a person's."""
    return name in LISTS and LISTS[name](value)
