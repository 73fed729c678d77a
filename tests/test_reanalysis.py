"""Weighing again in the browser: the port of the rules finds what the rules find, number by number and word by word."""

import json
import random
from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest

from evidence import EvidenceBase
from evidence.editions.shared_files import RULES, read_shared
from evidence.synthesis.answers import compute
from evidence.synthesis.choices import ARCSINE, LOGIT, OURS, Choices
from evidence.synthesis.described import PooledGroup
from evidence.synthesis.effects import back
from evidence.synthesis.grouping import VOICES
from evidence.synthesis.pooling import COMMON, INTERVALS, ONE_STAGE, pool
from evidence.synthesis.reanalysis import NUMBERS, inputs, quantiles, result
from tests.conftest import EDITION, ROOT

pytestmark = pytest.mark.browser
# Numbers of both engines differ by less than this, relatively or absolutely.
CLOSE = 1e-9
# Random choices for each question.
TRIES = 12
# Bases with rows at the edges of the rules.
JUMBLED = 150
SEED = 20261124
ESTIMATORS = ("REML", "ML", "DL", "PM", "SJ", "HE", "HS", COMMON)
SETS = json.loads((ROOT / "tests" / "reference" / "metafor.json").read_text())["sets"]


@pytest.fixture(scope="module")
def engine(browser):
    page = browser.new_page()
    for name in RULES:
        page.add_script_tag(content=read_shared(name))
    yield page
    page.close()


def choices_of(rng):
    return Choices(method=rng.choice(ESTIMATORS), interval=rng.choice(list(INTERVALS)), shares=rng.choice((LOGIT, ARCSINE)),
                   voice=rng.choice(list(VOICES)), anyway=rng.random() < 0.7, matters=rng.choice((0.5, 1.0, 1.5, 2.0)))  # fmt: skip


def shared_set(base):
    """Every question that is weighed, under our choices and under random ones with random studies left out."""
    rng = random.Random(SEED)
    for name, question in base.questions.items():
        if question.kind == "status":
            continue
        findings = base.findings_by_question.get(name, ())
        studies = sorted({finding.study for finding in findings})
        yield name, (), OURS
        yield name, (), Choices(anyway=True)
        for _ in range(TRIES):
            gone = set(rng.sample(studies, rng.randint(0, len(studies))) if rng.random() < 0.8 else ())
            yield name, tuple(sorted(gone)), choices_of(rng)


def by_rules(base, name, gone, choices):
    left = base.without(f.finding for f in base.findings_by_question.get(name, ()) if f.study in gone)
    return compute(left, name, choices)


def differences(ours, theirs, path=""):
    """Where two results differ: anything but numbers exactly, numbers by more than `CLOSE`."""
    if isinstance(ours, dict):
        if not isinstance(theirs, dict) or set(ours) != set(theirs):
            return [f"{path}: {ours} and {theirs}"]
        return [found for key in ours for found in differences(ours[key], theirs[key], f"{path}.{key}")]
    if isinstance(ours, (list, tuple)):
        if not isinstance(theirs, list) or len(ours) != len(theirs):
            return [f"{path}: {ours} and {theirs}"]
        return [
            found
            for i, pair in enumerate(zip(ours, theirs, strict=True))
            for found in differences(*pair, f"{path}[{i}]")
        ]
    if isinstance(ours, float) and isinstance(theirs, (int, float)):
        return [] if abs(ours - theirs) <= CLOSE * max(1.0, abs(ours)) else [f"{path}: {ours!r} and {theirs!r}"]
    return [] if ours == theirs else [f"{path}: {ours!r} and {theirs!r}"]


def run(engine, base, cases):
    """Both engines over all cases; what differs, and how many groups were averaged by each method."""
    plain = {name: inputs(compute(base, name)) for name in {case[0] for case in cases}}
    asked = [[name, {"without": list(gone), **asdict(choices)}] for name, gone, choices in cases]
    theirs = engine.evaluate(
        "([cases, plain]) => cases.map(([name, asked]) => Evidence.weighing.weigh(plain[name], asked))", [asked, plain]
    )
    wrong, averaged = [], Counter()
    for (name, gone, choices), found in zip(cases, theirs, strict=True):
        reply = by_rules(base, name, gone, choices)
        averaged.update(item.pooled.method for strand in reply.strands for item in strand.summaries
                        if isinstance(item, PooledGroup))  # fmt: skip
        wrong += [f"{name} without {gone}, {choices}: {item}" for item in differences(result(reply), found)]
    return wrong, averaged


@pytest.mark.parametrize("topic", ["base", "moonwort_base"])
def test_both_engines_find_the_same_for_every_question_and_random_choices(engine, request, topic):
    base = request.getfixturevalue(topic)
    base = base.as_of(base.today.isoformat())
    wrong, averaged = run(engine, base, list(shared_set(base)))
    assert wrong == []
    assert averaged[ONE_STAGE] > 0
    assert averaged.total() > averaged[ONE_STAGE] + 10


def jumbled(base, rng):
    """The base with numbers at and near the edges of the rules, other designs, judgements and registrations."""

    def number(low, high):
        return rng.choice((None, float(rng.randint(low, high)), rng.uniform(low, high)))

    def finding(f):
        value, half = number(0, 100), rng.choice((0.5, 5.0, 9.0, 20.0))
        ends = (
            {}
            if value is None or rng.random() < 0.3
            else {"low": value - half, "high": value + half, "interval": "95% CI"}
        )
        n = rng.choice((None, 12, 40, 126, 300, 1000))
        events = rng.choice((None, 0, n, n // 3)) if n and f.measure == "proportion" else None
        size = {
            "denominator": n,
            "events": events,
            "depth_seen": rng.choice(("full text", "abstract", "excerpt", "secondary")),
        }
        return replace(f, **size, value=value, answers=rng.choice(("yes", "no", "unclear", "descriptive")), **ends)

    def study(s):
        n = rng.choice((None, 1, 12, 13, 31, 32, 126, 299, 300, 5000))
        chance = (
            {"recruitment": rng.choice(("probability sample", "open online call"))} if hasattr(s, "recruitment") else {}
        )
        return replace(s, n=n, **chance)

    planned = rng.choice((None, 0, 20, 63, 400))
    late = {"results": "none seen", "primary_completion": "2015-01", "planned_n": planned}
    return replace(
        base, day=base.today.isoformat(),
        findings={name: finding(f) for name, f in base.findings.items()},
        studies={name: study(s) for name, s in base.studies.items()},
        appraisals=tuple(replace(a, judgement=rng.choice(("low", "high", "unclear", "yes", "no"))) for a in base.appraisals),
        registrations={name: replace(r, **late) if rng.random() < 0.5 else r for name, r in base.registrations.items()},
    )  # fmt: skip


def test_both_engines_find_the_same_for_jumbled_rows(engine, moonwort_base):
    """The real rows do not stand at the edges of the rules; these do."""
    rng = random.Random(SEED)
    seen = set()
    for _ in range(JUMBLED):
        base = jumbled(moonwort_base, rng)
        cases = [(name, (), choices_of(rng)) for name, question in base.questions.items() if question.kind != "status"]
        wrong, _ = run(engine, base, cases)
        assert wrong == []
        seen |= {
            (concern.domain, concern.steps)
            for name, _, choices in cases
            for strand in compute(base, name, choices).strands
            if strand.certainty
            for concern in strand.certainty.concerns
        }
    assert {("imprecision", 1), ("imprecision", 2), ("imprecision", 3), ("publication bias", 1), ("publication bias", 0),
            ("recruitment", 2), ("risk of bias", 1), ("inconsistency", 1)} <= seen  # fmt: skip


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("method", ESTIMATORS)
def test_both_engines_pool_published_data_sets_alike(engine, method, interval):
    compared = 0
    for data in SETS.values():
        y, v = np.atleast_1d(data["yi"]).astype(float), np.atleast_1d(data["vi"]).astype(float)
        if len(y) < 2:
            continue
        ours = pool(y, v, method=method, interval=interval)
        theirs = engine.evaluate(
            "(asked) => Evidence.pooling.pool(...asked)", [list(y), list(v), method, interval, quantiles(len(y))]
        )
        assert (
            differences({name: getattr(ours, name) for name in NUMBERS}, {name: theirs[name] for name in NUMBERS}) == []
        )
        compared += 1
    assert compared > 10


@pytest.fixture
def open_question(browser, moonwort_edition):
    opened = []

    def go(question, address="", **more):
        page = browser.new_page(viewport={"width": 1280, "height": 900}, **more)
        page.goto((moonwort_edition.edition(EDITION) / f"question-{question}.html").as_uri() + address)
        opened.append(page)
        return page

    yield go
    for page in opened:
        page.close()


def panel(page):
    return page.locator("#weigh").get_by_role("status").inner_text()


def test_leaving_out_a_report_moves_the_verdict_and_says_so(open_question):
    page = open_question("sleep-onset")
    assert panel(page).startswith("KNOWN") and panel(page).endswith("The same as in the edition.")
    for name in ("Kestrel 2013", "Kestrel 2016"):
        page.locator("#weigh").get_by_label(name).uncheck()
    assert not panel(page).startswith("KNOWN")
    assert "In the edition: KNOWN" in panel(page)
    assert "not so in the edition" in page.locator("#weigh").inner_text()


def test_the_average_on_the_page_is_the_one_of_the_rules_for_the_same_choices(open_question, moonwort_edition):
    page = open_question("use-adults")
    page.get_by_label("Variance between studies by").select_option("DL")
    page.get_by_label("Combine shares on the").select_option("arcsine")
    base = EvidenceBase.load(moonwort_edition)
    pooled = compute(base, "use-adults", Choices(method="DL", shares=ARCSINE)).strands[0].summaries[0].pooled
    shown = page.locator("#weigh td[data-label=Result]").inner_text()
    low, middle, high = (f"{back(ARCSINE, value):.3g}%" for value in (pooled.low, pooled.y, pooled.high))
    assert shown.startswith(f"{middle} on average (95% CI {low} to {high}")


def test_the_weighing_stands_in_the_address_and_comes_back_from_it(open_question):
    page = open_question("sleep-onset")
    page.locator("#weigh").get_by_label("Kestrel 2013").uncheck()
    page.locator("select[name=interval]").select_option("wald")
    page.get_by_label("Difference that matters").select_option("2")
    hash_ = page.evaluate("location.hash")
    assert hash_ == "#weigh?without=ivory2013&interval=wald&matters=2"
    assert page.get_by_role("link", name="Link to this weighing").get_attribute("href") == hash_
    again = open_question("sleep-onset", hash_)
    again.wait_for_function("Math.abs(document.getElementById('weigh').getBoundingClientRect().top) < 50")
    assert panel(again) == panel(page)
    assert not again.locator("#weigh").get_by_label("Kestrel 2013").is_checked()
    again.get_by_role("button", name="Back to the answer of the edition").click()
    assert again.evaluate("location.hash") == ""
    assert panel(again) == panel(open_question("sleep-onset"))


def test_an_address_that_names_what_is_not_there_says_so_and_runs_nothing(open_question):
    page = open_question("sleep-onset", "#weigh?without=nobody1999&method=<b>magic</b>&toString=1")
    assert "nobody1999, method=<b>magic</b>, toString=1" in panel(page)
    assert panel(page).startswith("KNOWN")


def test_leaving_out_everything_leaves_nothing_studied(open_question):
    page = open_question("sleep-onset", "#weigh?without=ivory2013,jasper2016,kestrel2019")
    assert panel(page).startswith("UNSTUDIED")


def test_without_script_the_panel_tells_the_answer_of_the_edition(open_question):
    page = open_question("sleep-onset", java_script_enabled=False)
    assert "The answer of this edition: KNOWN" in page.locator("#weigh").inner_text()
