"""REML of all 8,178 subsets of the BCG trials: one call of ours against metafor's loop, where R and metafor are present.

Run by `make bench`.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import time
from itertools import combinations
from pathlib import Path

import numpy as np

from evidence.synthesis.estimators import tau2

ROOT = Path(__file__).resolve().parent.parent
TRIALS, BEST_OF = 13, 5


def table() -> tuple[np.ndarray, np.ndarray]:
    """Estimates and variances of every subset of two trials or more, a missing trial being nan."""
    with (ROOT / "tests" / "reference" / "inputs" / "bcg_RR.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    trials = np.array([[float(row["yi"]), float(row["vi"])] for row in rows])
    chosen = [list(members) for k in range(2, TRIALS + 1) for members in combinations(range(TRIALS), k)]
    y, v = np.full((len(chosen), TRIALS), np.nan), np.full((len(chosen), TRIALS), np.nan)
    for i, members in enumerate(chosen):
        y[i, members], v[i, members] = trials[members].T
    return y, v


def main() -> None:
    """Print both times and their ratio."""
    y, v = table()
    ours = min(_timed(y, v) for _ in range(BEST_OF))
    print(f"REML of {len(y):,} subsets, one call of ours: {ours:.3f} s")
    program = shutil.which("Rscript")
    done = program and subprocess.run(
        [program, str(ROOT / "validation" / "metafor" / "bcg_speed.R")], capture_output=True, text=True, check=False
    )
    if not done or done.returncode:
        print("metafor was not timed: R or its package metafor is not here (Debian: r-cran-metafor)")
        return
    theirs = float(json.loads(done.stdout))
    print(f"metafor's loop, default settings: {theirs:.1f} s, {theirs / ours:.0f} times as long")


def _timed(y: np.ndarray, v: np.ndarray) -> float:
    start = time.perf_counter()
    tau2(y, v, "REML")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
