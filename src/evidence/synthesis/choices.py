"""Choices that another careful person could make: how estimates are combined, which report speaks for a sample, what matters."""

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
    anyway
        Whether two estimates are averaged even where we say why not to; reviews, which share their trials, never are.
    matters
        The difference that matters, as a multiple of ours: named sizes, the difference that the people must be enough to
        see, and the harm that must be seen, all of them.
    """

    method: str = "REML"
    interval: str = HK
    shares: str = LOGIT
    voice: str = LARGEST
    anyway: bool = False
    matters: float = 1.0

    @property
    def combines_as_ours(self) -> bool:
        """Whether estimates are combined as we do it."""
        return (self.method, self.interval, self.shares) == (OURS.method, OURS.interval, OURS.shares)


OURS = Choices()
