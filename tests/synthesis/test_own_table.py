"""A researcher's own table: the effect sizes of metafor's escalc, and the same pooled numbers as the reports."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest

from evidence.errors import PoolingError
from evidence.synthesis.measures import ALIASES, MEASURES
from evidence.synthesis.own_table import as_json, as_text, pool_own, read_own_table
from tests.conftest import ROOT

INPUTS = ROOT / "tests" / "reference" / "inputs"
BCG = {"ai": "tpos", "bi": "tneg", "ci": "cpos", "di": "cneg"}


def column(name, field):
    with (INPUTS / f"{name}.csv").open() as stream:
        return np.array(
            [float(row[field]) if row[field] not in ("NA", "") else np.nan for row in csv.DictReader(stream)]
        )


@pytest.mark.parametrize("measure", ["RR", "OR"])
def test_bcg_risk_and_odds_ratios_equal_escalc(measure):
    cells = {name: column(f"bcg_{measure}", field) for name, field in BCG.items()}
    y, v = MEASURES[measure].make(cells["ai"], cells["ai"] + cells["bi"], cells["ci"], cells["ci"] + cells["di"])
    assert y == pytest.approx(column(f"bcg_{measure}", "yi"), rel=1e-10)
    assert v == pytest.approx(column(f"bcg_{measure}", "vi"), rel=1e-10)


@pytest.mark.parametrize(
    ("measure", "file"), [("RR", "RR_only0"), ("OR", "OR_only0"), ("RD", "RD_only0"), ("PETO", "PETO_none")]
)
def test_tables_with_zero_cells_equal_escalc(measure, file):
    name = f"nielweise2007_{file}"
    y, v = MEASURES[measure].make(*(column(name, field) for field in ("ai", "n1i", "ci", "n2i")))
    expected = column(name, "yi")
    known = np.isfinite(expected)
    assert known.sum() > 10
    assert y[known] == pytest.approx(expected[known], rel=1e-10)
    assert v[known] == pytest.approx(column(name, "vi")[known], rel=1e-10)


@pytest.mark.parametrize("measure", ["MD", "SMD"])
def test_means_equal_escalc(measure):
    name = f"normand1999_{measure}"
    y, v = MEASURES[measure].make(*(column(name, field) for field in MEASURES[measure].columns))
    if measure == "SMD":
        assert y == pytest.approx(column(name, "yi"), rel=1e-10)
        assert v == pytest.approx(column(name, "vi"), rel=1e-10)
    else:
        assert y == pytest.approx(column(name, "yi"), rel=1e-10)


@pytest.mark.parametrize("measure", ["PLO", "PAS", "PR"])
def test_proportions_equal_escalc(measure):
    name = f"pritz1997_{measure}"
    y, v = MEASURES[measure].make(column(name, "xi"), column(name, "ni"))
    assert y == pytest.approx(column(name, "yi"), rel=1e-10)
    assert v == pytest.approx(column(name, "vi"), rel=1e-10)


def test_pritz_proportions_as_printed(tmp_path):
    """Logit, REML: 75.7% with a Wald interval of 66.1 to 83.4 and a Knapp-Hartung one of 64.8 to 84.1."""
    path = tmp_path / "pritz.csv"
    events, total = column("pritz1997_PLO", "xi"), column("pritz1997_PLO", "ni")
    path.write_text("events,total\n" + "\n".join(f"{int(x)},{int(n)}" for x, n in zip(events, total, strict=True)))
    table = read_own_table(path)
    assert table.measure == "PLO"
    wald = json.loads(as_json(table, pool_own(table, interval="wald")))["readable"]
    assert (wald["y"], wald["low"], wald["high"]) == pytest.approx((0.757479, 0.660522, 0.833716), abs=5e-7)
    assert (wald["pi_low"], wald["pi_high"]) == pytest.approx((0.466135, 0.917850), abs=5e-7)
    plain = json.loads(as_json(table, pool_own(table, interval="hk-plain")))["readable"]
    assert (plain["low"], plain["high"]) == pytest.approx((0.648129, 0.841174), abs=5e-7)
    arcsine = read_own_table(path, "PAS")
    found = json.loads(as_json(arcsine, pool_own(arcsine, interval="wald")))["readable"]
    assert (found["y"], found["low"], found["high"]) == pytest.approx((0.813018, 0.704020, 0.901590), abs=5e-7)


def test_a_row_that_carries_no_information_is_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("study,yi,vi\nA,0.1,0.2\nB,,0.2\nC,0.3,0\nD,0.2,0.1\n")
    table = read_own_table(path)
    assert table.labels == ("A", "D")
    assert [item.split(":")[0] for item in table.left_out] == ["B (line 3)", "C (line 4)"]
    text = as_text(table, pool_own(table))
    assert "With 2 studies the interval says little" in text
    assert "Left out: B (line 3)" in text


@pytest.mark.parametrize(
    ("content", "measure", "words"),
    [("a,b\n1,2\n", "", "do not fit. GEN: yi, vi"), ("yi,vi\n1,1\n2,1\n", "XX", "there is no measure 'XX'"),
     ("yi,vi\n1,1\n", "RR", "RR takes ai, n1i, ci, n2i"), ("", "", "cannot be read as CSV")],
)  # fmt: skip
def test_an_unfit_table_is_refused_with_what_is_wanted(tmp_path, content, measure, words):
    path = tmp_path / "t.csv"
    path.write_text(content)
    with pytest.raises(PoolingError, match=words):
        read_own_table(path, measure)


def test_the_command_prints_a_table_and_refuses_what_cannot_be_pooled(tmp_path):
    path = tmp_path / "bcg.csv"
    y, v = column("bcg_RR", "yi"), column("bcg_RR", "vi")
    path.write_text("yi,vi\n" + "\n".join(f"{a!r},{b!r}" for a, b in zip(y.tolist(), v.tolist(), strict=True)))

    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "evidence.cli", "pool", *words], capture_output=True, text=True, check=False
        )

    shown = run(str(path))
    assert shown.returncode == 0
    assert (
        "estimate, 13 studies, REML: -0.7145 (95% interval -1.108 to -0.3206; Knapp-Hartung, never narrower"
        in shown.stdout
    )
    assert "tau2 0.3132 (Q-profile 95% interval 0.1197 to 1.111), I2 92.2%" in shown.stdout
    refused = run(str(path), "--method", "XX")
    assert (refused.returncode, refused.stderr.startswith("there is no estimator 'XX'")) == (1, True)


def test_the_command_pools_two_arms_by_mantel_haenszel(tmp_path):
    path = tmp_path / "bcg.csv"
    cells = {name: column("bcg_RR", field) for name, field in BCG.items()}
    rows = zip(cells["ai"], cells["ai"] + cells["bi"], cells["ci"], cells["ci"] + cells["di"], strict=True)
    path.write_text("events1,total1,events2,total2\n" + "\n".join(",".join(str(int(x)) for x in row) for row in rows))
    words = [sys.executable, "-m", "evidence.cli", "pool", str(path), "--measure", "rr", "--method", "mh"]
    shown = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    assert shown == "risk ratio, 13 studies, Mantel-Haenszel: 0.635267 (95% interval 0.588129 to 0.686184; Wald)\n"


def run_pool(*words):
    return subprocess.run(
        [sys.executable, "-m", "evidence.cli", "pool", *words], capture_output=True, text=True, check=False
    )


BCG_TABLE = str(ROOT / "tests" / "reference" / "inputs" / "bcg_RR.csv")


def test_the_command_regresses_on_numbers_and_words():
    """metafor prints -0.0291 a degree of latitude, 75.62% of tau2 taken up."""
    shown = run_pool(BCG_TABLE, "--by", "ablat", "--interval", "wald").stdout
    assert "-0.029102" in shown
    assert "chi-squared 16.36" in shown
    assert "take up 75.6% of the variance" in shown
    content = json.loads(run_pool(BCG_TABLE, "--by", "alloc", "--format", "json").stdout)
    assert content["names"][1:] == ["alloc: random against alternate", "alloc: systematic against alternate"]


def test_the_command_says_what_small_studies_say_from_ten_on(tmp_path):
    assert "Egger t -1.40 on 11 degrees of freedom, p 0.189" in run_pool(BCG_TABLE).stdout
    few = tmp_path / "few.csv"
    few.write_text("yi,vi\n" + "0.1,0.2\n0.3,0.1\n0.2,0.3\n0.4,0.2\n")
    assert "not tested under 10 studies" in run_pool(str(few)).stdout


def test_the_command_takes_estimates_of_one_study_together():
    shown = run_pool(BCG_TABLE, "--cluster", "alloc").stdout
    assert "13 estimates in 3 clusters, three levels (REML)" in shown
    assert "too narrow to be trusted" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--by", "x"], "there is no column 'x'"), (["--by", "ablat", "--cluster", "alloc"], "choose one"),
     (["--cluster", "trial"], "every cluster has one estimate")],
)  # fmt: skip
def test_a_model_that_cannot_be_fitted_is_refused_in_words(words, said):
    refused = run_pool(BCG_TABLE, *words)
    assert refused.returncode == 1
    assert said in refused.stderr


def test_an_empty_cell_of_a_moderator_is_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("study,yi,vi,dose\nA,0.1,0.2,1\nB,0.3,0.1,\nC,0.2,0.1,3\n")
    refused = run_pool(str(path), "--by", "dose")
    assert refused.stderr.startswith("the column dose is empty for B.")


MORE = json.loads((ROOT / "tests" / "reference" / "escalc_more.json").read_text())


@pytest.mark.parametrize("measure", MORE)
def test_rates_correlations_and_ratios_of_means_equal_escalc(measure):
    data = {name: np.array(values, float) for name, values in MORE[measure].items()}
    columns = {ALIASES.get(name, name): values for name, values in data.items()}
    y, v = MEASURES[measure].make(*(columns[name] for name in MEASURES[measure].columns))
    assert y == pytest.approx(data["yi"], rel=1e-10)
    assert v == pytest.approx(data["vi"], rel=1e-10)


PAIRED_TABLE = "10.2,2.1,11.4,2.3,25,0.5\n12.1,2.5,12.9,2.4,40,0.7\n9.8,1.9,10.1,2,18,0.6\n11,2.2,12.6,2.1,60,0.4\n"
PAIRED = {  # metafor 3.8.1 on four invented paired comparisons
    "MC": ([-1.2, -0.8, -0.3, -1.6], [0.1948, 0.09025, 0.169444444444444, 0.0925666666666667]),
    "SMCC": ([-0.526569808032992, -0.412894416286459, -0.164068577159496, -0.670244362308804],
             [0.045545515254638, 0.0271310224875067, 0.0563032916114206, 0.0204102292100561]),
    "SMCR": ([-0.553351561970125, -0.313799756377709, -0.150807079833715, -0.717981785134382],
             [0.0461239590226955, 0.0162308785887839, 0.0450761882035548, 0.0242958153648729]),
}  # fmt: skip


@pytest.mark.parametrize("measure", PAIRED)
def test_changes_of_the_same_people_equal_escalc(measure, tmp_path):
    path = tmp_path / "paired.csv"
    path.write_text("mean1,sd1,mean2,sd2,n,correlation\n" + PAIRED_TABLE)
    table = read_own_table(path, measure)
    assert list(table.y) == pytest.approx(PAIRED[measure][0], rel=1e-10)
    assert list(table.v) == pytest.approx(PAIRED[measure][1], rel=1e-10)


def test_a_pooled_correlation_is_turned_back_from_fishers_z(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("correlation,n\n0.5,103\n0.5,53\n0.5,203\n")
    table = read_own_table(path)
    assert table.measure == "ZCOR"
    assert json.loads(as_json(table, pool_own(table)))["readable"]["y"] == pytest.approx(0.5)
