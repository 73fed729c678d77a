"""Frozen records of the four study tables: what each design has to be asked differs, so each has its own class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evidence.errors import Location

# How a survey whose people were drawn by chance says so in `recruitment`.
DRAWN_BY_CHANCE = "probability sample"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Any row of a table: where it stands."""

    where: Location


@dataclass(frozen=True, kw_only=True)
class Study(Fact):
    """One investigation of one sample: what every study table asks."""

    table: str
    study: str
    citekey: str
    other_reports: tuple[str, ...]
    sample: str
    country: str
    n: int | None
    collected: str
    funding: str
    interests: str
    depth_seen: str
    seen_at: str
    note: str
    public_on: str
    recorded_on: date

    @property
    def reports(self) -> tuple[str, ...]:
        """Citekeys of all its reports, the main one first."""
        return (self.citekey, *self.other_reports)


@dataclass(frozen=True, kw_only=True)
class Survey(Study):
    """People were asked."""

    frame: str
    recruitment: str
    mode: str
    population: str
    people: str
    response: str


@dataclass(frozen=True, kw_only=True)
class ObservationalStudy(Study):
    """People were observed, or records of them were read."""

    design: str
    population: str
    people: str
    exposure: str
    comparator: str


@dataclass(frozen=True, kw_only=True)
class Trial(Study):
    """People were given something in a controlled setting."""

    design: str
    allocation: str
    masking: str
    population: str
    people: str
    product: str
    comparator: str
    washout: str
    registration: str


@dataclass(frozen=True, kw_only=True)
class LaboratoryStudy(Study):
    """Receptors, cells, animals or products were tested."""

    level: str
    material: str
    system: str
    chosen: str
