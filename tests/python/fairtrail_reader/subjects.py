"""What the submission door says of subjects, and normalisation (`identifiers.md`)."""

from __future__ import annotations

import re
from typing import Callable

from . import checkdigits, person
from .forms import read_base32
from .refused import Refused, require
from .schema import SUBJECT

AUTHORITY = re.compile(r"[A-Z]{2}(-[A-Z0-9]+)+\Z")
LOCAL = re.compile(r"[A-Z0-9._:/()+&-]+\Z")
LOWER_LOCAL = re.compile(r"[a-z0-9._:/()+&-]+\Z")
LIST = re.compile(r"(?P<list>[A-Z]{2}-[A-Z0-9]{2}-CR|[A-Z]{2}(?:_[A-Z0-9]+)?-[A-Z0-9_]+)-(?P<id>.+)\Z")
LOWER_LISTS = ("GB-CASC", "XI-GRID", "XI-PB", "XI-ROR")
OWN_SCHEMES = {"XI-LEI": "lei", "AU-ABN": "abn", "BR-CNPJ": "cnpj", "CN-USCI": "uscc"}
COMPANIES_HOUSE = re.compile(r"[A-Z0-9]{8}\Z")
INVALID, PERSON = "subject-invalid", "subject-natural-person"


def _base32(length: int) -> Callable[[str], None]:
    def check(value: str) -> None:
        require(read_base32(value, length) is not None, INVALID, value)

    return check


def _row(value: str) -> None:
    observer, _, number = value.partition(":")
    _base32(32)(observer)
    _base32(16)(number)


def _key(value: str) -> None:
    raise Refused(INVALID, "a key outside of a first entry")


def _licence(value: str) -> None:
    authority, _, number = value.partition(":")
    require(not person.names_persons(authority), PERSON, authority)
    require(not person.has_persons_form(number), PERSON, number)
    formed = AUTHORITY.match(authority) and 5 <= len(authority) <= 24
    require(bool(formed) and _is_local(number, LOCAL), INVALID, value)


def _is_local(value: str, characters: "re.Pattern[str]") -> bool:
    return bool(characters.match(value)) and any(c.isalnum() for c in value)


def _organisation(value: str) -> None:
    match = LIST.match(value)
    if match is None:
        raise Refused(INVALID, value)
    name, local = match["list"], match["id"]
    require(name not in OWN_SCHEMES, INVALID, "a list with a scheme of its own")
    persons = person.names_persons(name) or person.has_persons_form(local)
    persons = persons or person.has_persons_form_in(name, local)
    require(not persons, PERSON, value)
    characters = LOWER_LOCAL if name in LOWER_LISTS else LOCAL
    require(_is_local(local, characters), INVALID, value)
    whole = name != "GB-COH" or COMPANIES_HOUSE.match(local) is not None
    require(whole, INVALID, "eight characters")


def _checked(check: Callable[[str], bool]) -> Callable[[str], None]:
    def judge(value: str) -> None:
        require(check(value), INVALID, value)

    return judge


def _cnpj(value: str) -> None:
    require(not checkdigits.is_cpf(value), PERSON, "a CPF")
    _checked(checkdigits.cnpj)(value)


SCHEMES: dict[str, Callable[[str], None]] = {
    "abn": _checked(checkdigits.abn),
    "author": _base32(32),
    "blind": _base32(32),
    "cnpj": _cnpj,
    "gln": _checked(checkdigits.gln),
    "imo": _checked(checkdigits.imo),
    "key": _key,
    "lei": _checked(checkdigits.lei),
    "lic": _licence,
    "org": _organisation,
    "osid": _checked(checkdigits.osid),
    "row": _row,
    "uscc": _checked(checkdigits.uscc),
}


def require_at_door(subject: str) -> None:
    """What the submission door takes; the text is of the open grammar."""
    scheme, _, value = subject.partition(":")
    require(not person.names_persons(scheme), PERSON, scheme)
    require(scheme in SCHEMES, "subject-scheme-unknown", scheme)
    require("*" not in value, INVALID, "a star")
    SCHEMES[scheme](value)


def _plain(text: str) -> str:
    """Full width becomes ASCII, other dashes `-`; what takes no room goes."""
    plain = []
    for char in text:
        code = ord(char)
        if 0xFF01 <= code <= 0xFF5E:
            plain.append(chr(code - 0xFEE0))
        elif char in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63":
            plain.append("-")
        elif not (char.isspace() or char in "\u200b\u200c\u200d\u2060\ufeff\u00ad"):
            plain.append(char)
    return "".join(plain)


def normalise(text: str) -> str:
    """What becomes of what a person types; check digits are compared, never mended."""
    scheme, colon, value = _plain(text).partition(":")
    scheme = scheme.lower().replace("-", "").replace("_", "")
    scheme, value = _normal_value(scheme, value)
    subject = f"{scheme}{colon}{value}"
    require(SUBJECT.match(subject) is not None, "grammar", subject)
    require_at_door(subject)
    return subject


def _normal_value(scheme: str, value: str) -> tuple[str, str]:
    if scheme in ("lei", "osid", "uscc", "abn", "cnpj", "gln", "imo"):
        value = re.sub(r"[-./]", "", value).upper()
        return scheme, _zeros(scheme, value)
    if scheme in ("author", "blind", "row"):
        return scheme, value.lower()
    if scheme == "lic":
        return scheme, value.upper()
    return _normal_organisation(value) if scheme == "org" else (scheme, value)


def _zeros(scheme: str, value: str) -> str:
    if scheme == "imo":
        return value.replace("IMO", "")
    if scheme == "gln" and len(value) == 12:
        return "0" + value
    if scheme == "gln" and len(value) == 14 and value.startswith("0"):
        return value[1:]
    return value.zfill(14) if scheme == "cnpj" and len(value) in (12, 13) else value


def _normal_organisation(value: str) -> tuple[str, str]:
    match = LIST.match(value.upper())
    if match is None:
        return "org", value.upper()
    name, local = match["list"], match["id"]
    if name in OWN_SCHEMES:
        return _normal_value(OWN_SCHEMES[name], local)
    if name in LOWER_LISTS:
        local = local.lower()
    if name == "GB-COH":
        letters = re.match(r"[A-Z]*", local)
        head = letters.group() if letters else ""
        local = head + local[len(head) :].zfill(8 - len(head))
    return "org", f"{name}-{local}"
