"""One way to write what sources write in many ways: text, DOI, numbers of registries, names, years."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import unquote

DOI = re.compile(r"^10\.\d{4,9}/\S+$")
# What stands before a DOI where it is given as an address or with a label.
RESOLVER = re.compile(r"^\s*(?:doi\s*:\s*)?(?:https?://)?(?:(?:dx\.)?doi\.org/)?(?:doi\s*:\s*)?", re.IGNORECASE)
PMID = re.compile(r"^\d{1,8}$")
YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
# Numbers of registries that PubMed names as a secondary source; each is unique by itself.
REGISTRATION = re.compile(
    r"\b(NCT\d{8}|ISRCTN\d{8}|ACTRN\d{14}|ChiCTR[-\w]*\d{6,}|CTRI/\d{4}/\d{2,3}/\d{6}|DRKS\d{8}|TCTR\d{11}|UMIN\d{9})\b"
)
# Markup that Crossref (JATS), publishers and reference managers leave in titles. Block marks part words, the rest do not.
BLOCK_MARK = re.compile(r"</?(?:jats:)?(?:p|br|title|break|list|list-item)\b[^<>]*>", re.IGNORECASE)
INLINE_MARK = re.compile(
    r"</?(?:jats:|mml:)?(?:i|b|u|em|strong|sub|sup|tt|sc|scp|span|font|italic|bold|styled-content|a"
    r"|math|mi|mn|mo|mrow|msub|msup|mtext|inline-formula|alternatives|tex-math)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# Control characters, halves of surrogate pairs, invisible direction marks: no title needs them, and some deceive the eye.
UNSEEN = ("Cc", "Cs", "Cf")
INITIALS = re.compile(r"^[A-Z](?:[-.]?[A-Z]){0,3}\.?$")


def clean_text(value: str) -> str:
    """Text without markup, entities, control characters and doubled spaces."""
    value = html.unescape(html.unescape(value))  # "&amp;lt;" is met too
    value = INLINE_MARK.sub("", BLOCK_MARK.sub(" ", value))
    kept = (" " if letter.isspace() else letter for letter in value)
    return " ".join("".join(letter for letter in kept if unicodedata.category(letter) not in UNSEEN).split())


def clean_doi(value: str) -> str:
    """A DOI in lower case without resolver; empty if the text is not a DOI."""
    found = RESOLVER.sub("", unquote(clean_text(value))).rstrip(" .,;").lower()
    return found if DOI.match(found) else ""


def clean_pmid(value: str) -> str:
    """A PubMed number; empty if the text is none."""
    found = clean_text(value).removeprefix("PMID:").strip()
    return found.lstrip("0") if PMID.match(found) and found.isascii() else ""


def registration_in(text: str) -> str:
    """The number of a registered study, if the text names exactly one."""
    found = set(REGISTRATION.findall(text))
    return found.pop() if len(found) == 1 else ""


def year_in(text: str) -> int | None:
    """The first year of a date written in any way."""
    found = YEAR.search(text)
    return int(found[0]) if found else None


def author(family: str, given: str) -> str:
    """``Family, I. J.`` from its parts; an organisation has no given name and stays whole."""
    family, given = (_part(clean_text(part)) for part in (family, given))
    if not given or not family:
        return family or given
    initials = given if INITIALS.match(given) else " ".join(word[0] for word in re.split(r"[\s.]+", given) if word)
    letters = [letter.upper() for letter in initials if letter.isalpha()]
    return f"{family}, {' '.join(f'{letter}.' for letter in letters)}" if letters else family


def author_from(name: str) -> str:
    """``Family, I.`` from ``Family, Given`` or ``Family IJ``; anything else is an organisation or cannot be parted safely."""
    family, comma, given = clean_text(name).partition(",")
    if comma:
        return author(family, given)
    words = family.split()
    if len(words) > 1 and INITIALS.match(words[-1]):
        return author(" ".join(words[:-1]), words[-1])
    return _part(family)


def _part(text: str) -> str:
    """Without the semicolon that parts one author from the next."""
    return " ".join(text.replace(";", " ").split()).strip(" ,")
