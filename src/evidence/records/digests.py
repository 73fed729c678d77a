"""Digests: short names of content, for comparing what stood and what stands."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from typing import Any

from evidence.records.studies import Fact

# Characters of a digest that people read and type: 64 bits, enough to tell the rows of a topic apart.
SHORT = 16


def digest(content: bytes) -> str:
    """SHA-256 as text."""
    return hashlib.sha256(content).hexdigest()


def short_digest(content: Any) -> str:
    """A short digest of plain data."""
    return digest(json.dumps(content, sort_keys=True, ensure_ascii=True).encode())[:SHORT]


def fact_digest(fact: Fact) -> str:
    """A short digest of a row's content; its line does not count, since rows move."""
    return short_digest({item.name: str(getattr(fact, item.name)) for item in fields(fact) if item.name != "where"})
