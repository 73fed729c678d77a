"""How the cost of answering grows: the real base, and simulated ones of up to 10,000 studies and 100,000 findings.

Run by `make bench`. A simulated base is the real one many times over, each copy with its own studies and samples.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

from evidence.records.base import EvidenceBase
from evidence.synthesis.answers import compute

SIZES = (1_000, 2_500, 5_000, 10_000)
FINDINGS_PER_STUDY = 10
BEST_OF = 3


def simulated(base: EvidenceBase, studies: int) -> EvidenceBase:
    """A base of that many studies and ten findings a study."""
    names = list(base.studies)
    made, findings, appraisals = {}, {}, []
    for i in range(studies):
        source = base.studies[names[i % len(names)]]
        name = f"{source.study}x{i}"
        made[name] = replace(source, study=name, sample=name)
        theirs = base.findings_by_study[source.study]
        for j in range(FINDINGS_PER_STUDY):
            finding = f"{name}-{j}"
            findings[finding] = replace(theirs[j % len(theirs)], finding=finding, study=name)
        appraisals += [replace(item, study=name) for item in base.appraisals_by_study.get(source.study, ())]
    return replace(base, studies=made, findings=findings, appraisals=tuple(appraisals), overrides={}, day="")


def seconds(base: EvidenceBase) -> float:
    """The best of a few runs over all questions, nothing remembered between them."""
    runs = []
    for _ in range(BEST_OF):
        fresh = replace(base)
        started = time.perf_counter()
        for name in fresh.questions:
            compute(fresh, name)
        runs.append(time.perf_counter() - started)
    return min(runs)


def main() -> None:
    """Print the curve, and fail when ten times the findings cost more than twelve times the time."""
    base = EvidenceBase.load()
    print(f"{'studies':>8} {'findings':>9} {'seconds':>8}  of the first")
    print(f"{len(base.studies):8,} {len(base.findings):9,} {seconds(base):8.3f}  (the real base)")
    took: list[float] = []
    for size in SIZES:
        part = simulated(base, size)
        took.append(seconds(part))
        print(f"{len(part.studies):8,} {len(part.findings):9,} {took[-1]:8.3f}  {took[-1] / took[0]:.1f}")
    if took[-1] > 12 * took[0]:
        sys.exit("Ten times the findings cost more than twelve times the time.")


if __name__ == "__main__":
    main()
