"""Choices that another careful person could make: how estimates are combined, and which report speaks for a sample."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.synthesis.pooling import HK

LOGIT, ARCSINE = "logit", "arcsine"
LARGEST, FIRST, NEWEST = "the largest report", "the first report", "the newest report"


@dataclass(frozen=True)
class Choices:
    """How a group is heard and pooled.

    Attributes
    ----------
    method, interval
        As in `pooling.pool`.
    shares
        Scale on which shares are combined: ``logit`` or ``arcsine``.
    voice
        Which report speaks for a sample that several share.
    """

    method: str = "REML"
    interval: str = HK
    shares: str = LOGIT
    voice: str = LARGEST


OURS = Choices()
