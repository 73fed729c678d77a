"""The road to certainty and the verdicts, case by case: each rule is met, and just not met, at its edge."""

import re
from dataclasses import fields, replace
from datetime import date

import pytest
from scipy.stats import binom

from evidence import answers
from evidence.errors import Location
from evidence.records.base import EvidenceBase
from evidence.records.model import Appraisal, Finding, Jurisdiction, Registration
from evidence.records.studies import LaboratoryStudy, ObservationalStudy, Survey, Trial
from evidence.synthesis.body import Body
from evidence.synthesis.certainty import HIGH, LOW, MODERATE, VERY_LOW, Certainty, certainty
from evidence.synthesis.described import summarise
from evidence.synthesis.grouping import (
    ANIMALS,
    BINDING,
    CASES,
    CELLS,
    OBSERVATIONAL,
    PROBABILITY,
    PRODUCTS,
    RANDOMISED,
    REVIEWS,
    SURVEYS,
    UNRANDOMISED,
    Directions,
    exact_interval,
    groups,
)
from evidence.synthesis.imprecision import _reach as reach
from evidence.synthesis.status import in_force, judge_status, pending
from evidence.synthesis.thresholds import THRESHOLDS
from evidence.synthesis.verdicts import judge

DAY = date(2026, 1, 1)


def blank(kind, **known):
    """A record with nothing in it but what is said."""
    empty = {"where": Location("", 0), "other_reports": (), "public_on": "2025", "recorded_on": DAY}
    return kind(**{f.name: (empty | known).get(f.name, None if "None" in str(f.type) else "") for f in fields(kind)})


KINDS = {RANDOMISED: (Trial, {"table": "trials", "allocation": "randomised"}),
         UNRANDOMISED: (Trial, {"table": "trials", "allocation": "none"}),
         OBSERVATIONAL: (ObservationalStudy, {"table": "observational", "design": "cohort"}),
         CASES: (ObservationalStudy, {"table": "observational", "design": "case report"}),
         REVIEWS: (ObservationalStudy, {"table": "observational", "design": "systematic review"}),
         PROBABILITY: (Survey, {"table": "surveys", "recruitment": "probability sample"}),
         SURVEYS: (Survey, {"table": "surveys", "recruitment": "advertisement"}),
         ANIMALS: (LaboratoryStudy, {"table": "laboratory", "level": "animals"}),
         CELLS: (LaboratoryStudy, {"table": "laboratory", "level": "cells or enzymes"}),
         BINDING: (LaboratoryStudy, {"table": "laboratory", "level": "binding or computation"}),
         PRODUCTS: (LaboratoryStudy, {"table": "laboratory", "level": "products"})}  # fmt: skip


class Case:
    """A body of evidence of one kind, described in a line."""

    def __init__(self, base, strand, sizes=(1000, 1000), **more):
        kind, known = KINDS[strand]
        self.studies = tuple(
            blank(kind, study=f"s{i}", citekey=f"s{i}", sample=f"s{i}", n=n, **(known | more.get("study", {})))
            for i, n in enumerate(sizes)
        )
        self.findings = tuple(
            blank(Finding, finding=f"s{i}-1", study=s.study, citekey=s.study, outcome="o", measure="direction only",
                  answers="yes", depth_seen="full text", denominator=s.n, **more.get("finding", {}))
            for i, s in enumerate(self.studies)
        )  # fmt: skip
        if "values" in more:
            pairs = zip(self.findings, more["values"], strict=True)
            self.findings = tuple(replace(f, measure="proportion", value=v) for f, v in pairs)
        if "depth" in more:
            self.findings = tuple(replace(f, depth_seen=more["depth"]) for f in self.findings)
        judged = tuple(
            blank(Appraisal, study=s.study, domain="overall", judgement=more.get("risk", "low")) for s in self.studies
        )
        self.base = replace(base, studies={s.study: s for s in self.studies}, appraisals=judged + more.get("judged", ()),
                            findings={f.finding: f for f in self.findings}, corrections=(), samples={},
                            registrations={r.registration: r for r in more.get("registered", ())})  # fmt: skip
        made = groups(self.base, self.findings)
        self.body = Body(
            self.base, "q", strand, more.get("harm", False), self.studies, made, tuple(summarise(g) for g in made),
            more.get("ways", Directions(yes=len(sizes))), frozenset(f.depth_seen for f in self.findings),
        )  # fmt: skip


@pytest.fixture
def empty(moonwort_base) -> EvidenceBase:
    return moonwort_base


def level(kind, case) -> int:
    return certainty(kind, case.body).level


def steps(kind, case, domain) -> int:
    return sum(item.steps for item in certainty(kind, case.body).concerns if item.domain == domain)


@pytest.mark.parametrize(
    ("strand", "expected"),
    [(RANDOMISED, HIGH), (OBSERVATIONAL, LOW), (UNRANDOMISED, LOW), (CASES, VERY_LOW), (PROBABILITY, VERY_LOW),
     (SURVEYS, VERY_LOW), (REVIEWS, LOW)],
)  # fmt: skip
def test_where_a_question_of_effect_ends_when_nothing_is_wrong(empty, strand, expected):
    """Cases and self-report lose a step for want of a comparison."""
    assert level("effect", Case(empty, strand)) == expected


@pytest.mark.parametrize(
    ("strand", "expected"),
    [(RANDOMISED, HIGH), (UNRANDOMISED, HIGH), (OBSERVATIONAL, MODERATE), (ANIMALS, MODERATE), (CELLS, LOW), (BINDING, VERY_LOW),
     (PRODUCTS, LOW), (CASES, LOW), (SURVEYS, LOW), (PROBABILITY, LOW), (REVIEWS, LOW)],
)  # fmt: skip
def test_the_ladder_of_mechanism(empty, strand, expected):
    assert level("mechanism", Case(empty, strand)) == expected


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((63, 63), 0), ((63, 62), 1), ((16, 16), 1), ((15, 16), 2), ((7, 6), 2), ((6, 6), 3)],
)
def test_imprecision_of_an_effect_by_people(empty, sizes, expected):
    """126 people see a medium difference; under a quarter of them is two steps, under a tenth three."""
    assert steps("effect", Case(empty, RANDOMISED, sizes), "imprecision") == expected


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((150, 150), 0), ((150, 149), 1), ((38, 37), 1), ((37, 37), 2), ((15, 15), 2), ((15, 14), 3)],
)
def test_imprecision_of_a_harm_by_people(empty, sizes, expected):
    assert steps("effect", Case(empty, RANDOMISED, sizes, harm=True), "imprecision") == expected


@pytest.mark.parametrize(
    ("risk", "expected"), [("low", 0), ("some concerns", 0), ("high", 1), ("serious", 1), ("critical", 1), ("no information", 1)]
)  # fmt: skip
def test_risk_of_bias_of_half_the_studies_is_a_step(empty, risk, expected):
    assert steps("effect", Case(empty, RANDOMISED, risk=risk), "risk of bias") == expected


@pytest.mark.parametrize(("bad", "expected"), [(0, 0), (1, 0), (2, 1), (3, 1)])
def test_risk_of_bias_counts_from_half(empty, bad, expected):
    case = Case(empty, RANDOMISED, (300, 300, 300, 300))
    judged = tuple(replace(a, judgement="high" if i < bad else "low") for i, a in enumerate(case.base.appraisals))
    body = replace(case.body, base=replace(case.base, appraisals=judged))
    found = [c.steps for c in certainty("effect", body).concerns if c.domain == "risk of bias"]
    assert sum(found) == expected


@pytest.mark.parametrize(
    ("ways", "expected"),
    [(Directions(yes=3), 0), (Directions(yes=3, no=1), 0), (Directions(yes=2, no=1), 1), (Directions(yes=1, both=1), 0),
     (Directions(yes=1, both=2), 1), (Directions(no=1), 0), (Directions(both=1), 0), (Directions(yes=1, no=1), 1)],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["effect", "mechanism", "quality"])
def test_a_third_on_the_smaller_side_is_inconsistent(empty, kind, ways, expected):
    strand = {"effect": RANDOMISED, "mechanism": ANIMALS, "quality": PRODUCTS}[kind]
    assert steps(kind, Case(empty, strand, ways=ways), "inconsistency") == expected


@pytest.mark.parametrize("kind", ["effect", "mechanism", "quality", "frequency"])
def test_one_sample_is_a_step_but_for_a_survey_drawn_by_chance(empty, kind):
    strand = {"effect": RANDOMISED, "mechanism": ANIMALS, "quality": PRODUCTS, "frequency": SURVEYS}[kind]
    assert steps(kind, Case(empty, strand, (1000,)), "one sample") == 1
    assert steps(kind, Case(empty, strand, (1000, 1000)), "one sample") == 0
    assert steps("frequency", Case(empty, PROBABILITY, (1000,)), "one sample") == 0


@pytest.mark.parametrize(
    ("strand", "depth", "expected"),
    [(RANDOMISED, "full text", 0), (RANDOMISED, "abstract", 1), (OBSERVATIONAL, "abstract", 0), (OBSERVATIONAL, "excerpt", 1),
     (RANDOMISED, "excerpt", 1)],
)  # fmt: skip
def test_what_was_not_seen_in_full_costs_trials_a_step(empty, strand, depth, expected):
    assert steps("effect", Case(empty, strand, depth=depth), "depth seen") == expected


@pytest.mark.parametrize(
    ("planned", "completed", "results", "expected"),
    [(1000, "2024-06", "none seen", 1), (999, "2024-06", "none seen", 0), (1000, "2025-06", "none seen", 0),
     (1000, "2024-06", "published", 0), (1000, "", "none seen", 0), (1000, "2025-01-01", "none seen", 0),
     (1000, "2024-12-31", "none seen", 1)],
)  # fmt: skip
def test_overdue_registered_trials_of_half_the_size_are_a_step(empty, planned, completed, results, expected):
    silent = blank(
        Registration, registration="r", question="q", planned_n=planned, primary_completion=completed, results=results
    )
    case = Case(empty, RANDOMISED, registered=(silent,), finding={"question": "q"})
    assert steps("effect", case, "publication bias") == expected
    assert steps("effect", Case(empty, OBSERVATIONAL, registered=(silent,)), "publication bias") == 0


@pytest.mark.parametrize(
    ("strand", "design", "expected"),
    [(PROBABILITY, {}, 0), (SURVEYS, {}, 2), (OBSERVATIONAL, {"design": "poison-center series"}, 1),
     (OBSERVATIONAL, {"design": "cohort"}, 2)],
)  # fmt: skip
def test_recruitment_of_a_question_of_how_much(empty, strand, design, expected):
    assert steps("frequency", Case(empty, strand, study=design), "recruitment") == expected


def test_a_registered_trial_of_unknown_size_weighs_nothing(empty):
    silent = blank(Registration, registration="r", question="q", primary_completion="2024", results="none seen")
    case = Case(empty, RANDOMISED, (1, 1), registered=(silent,), finding={"question": "q"})
    assert steps("effect", case, "publication bias") == 0


def test_recruitment_half_by_chance_is_one_step(empty):
    case = Case(empty, PROBABILITY)
    mixed = (case.studies[0], replace(case.studies[1], recruitment="advertisement"))
    found = certainty("frequency", replace(case.body, studies=mixed)).concerns
    assert [c.steps for c in found if c.domain == "recruitment"] == [1]


@pytest.mark.parametrize(
    ("values", "expected"),
    [((50, 70), 0), ((50, 70.5), 1), ((2, 6), 0), ((2, 6.1), 1), ((1, 4), 1), ((0, 5), 1), ((0, 0), 0)],
)
def test_shares_twenty_points_or_three_fold_apart_are_inconsistent(empty, values, expected):
    assert steps("frequency", Case(empty, PROBABILITY, values=values), "inconsistency") == expected


@pytest.mark.parametrize(("values", "expected"), [((10, 30), 0), ((0, 55), 1)])
def test_numbers_far_apart_count_where_a_question_of_quality_asks_how_much(empty, values, expected):
    body = Case(empty, PRODUCTS, values=values).body
    assert not empty.question("lunarine-content").directed
    found = certainty("quality", replace(body, question="lunarine-content")).concerns
    assert sum(c.steps for c in found if c.domain == "inconsistency") == expected
    assert steps("quality", Case(empty, PRODUCTS, values=values), "inconsistency") == 0


@pytest.mark.parametrize(("n", "expected"), [(381, 0), (380, 1), (93, 1), (92, 2), (21, 2), (20, 3), (None, 1)])
def test_half_width_of_a_share_by_size(empty, n, expected):
    """At 50% Wilson's interval reaches no farther than five points with 381 people, ten with 93, twenty with 21."""
    assert steps("frequency", Case(empty, PROBABILITY, (n,), values=(50,)), "imprecision") == expected


@pytest.mark.parametrize(("n", "expected"), [(196, 0), (195, 1)])
def test_half_width_depends_on_the_share(empty, n, expected):
    assert steps("frequency", Case(empty, PROBABILITY, (n,), values=(10,)), "imprecision") == expected


def test_what_stands_in_excerpts_and_second_hand_only_is_a_step(empty):
    case = Case(empty, OBSERVATIONAL)
    found = certainty("effect", replace(case.body, depths=frozenset({"excerpt", "secondary"}))).concerns
    assert [c.steps for c in found if c.domain == "depth seen"] == [1]


def test_people_are_the_largest_size_of_each_sample(empty):
    case = Case(empty, RANDOMISED, (40, 60, None))
    shared = tuple(replace(s, sample="one") for s in case.studies)
    assert case.body.people == 100
    assert replace(case.body, studies=shared).people == 60
    assert replace(case.body, studies=shared).samples == 1
    assert Case(empty, RANDOMISED, (None,)).body.people == 0


def test_one_person_is_a_person(empty):
    because = [
        c.because for c in certainty("effect", Case(empty, CASES, (1,)).body).concerns if c.domain == "imprecision"
    ]
    assert because[0].startswith("1 person in all")


@pytest.mark.parametrize(
    ("strand", "domain"), [(CASES, "no comparison"), (SURVEYS, "self-report"), (PROBABILITY, "self-report")]
)  # fmt: skip
def test_no_comparison_is_one_step(empty, strand, domain):
    assert steps("effect", Case(empty, strand), domain) == 1


def relief(kind, case, domain) -> str:
    return next(item.relief for item in certainty(kind, case.body).concerns if item.domain == domain)


def test_each_step_says_what_would_take_it_away(empty):
    """And it is true: with that many people there is one step less."""
    assert relief("effect", Case(empty, RANDOMISED, (10, 10)), "imprecision") == "from 32 people on"
    assert steps("effect", Case(empty, RANDOMISED, (16, 16)), "imprecision") == 1
    assert relief("effect", Case(empty, RANDOMISED, (6, 6)), "imprecision") == "from 13 people on"
    assert steps("effect", Case(empty, RANDOMISED, (6, 7)), "imprecision") == 2
    assert relief("frequency", Case(empty, PROBABILITY, (50,), values=(50,)), "imprecision") == "from 93 people on"
    assert steps("frequency", Case(empty, PROBABILITY, (93,), values=(50,)), "imprecision") == 1
    assert (
        relief("effect", Case(empty, RANDOMISED, (300, 300), risk="high"), "risk of bias") == "with 3 more at low risk"
    )
    assert relief("effect", Case(empty, RANDOMISED, (300,)), "one sample") == "with a second sample"


def test_three_more_studies_at_low_risk_are_what_it_takes(empty):
    case = Case(empty, RANDOMISED, (300,) * 5)
    judged = tuple(replace(a, judgement="high" if i < 2 else "low") for i, a in enumerate(case.base.appraisals))
    body = replace(case.body, base=replace(case.base, appraisals=judged))
    assert all(c.domain != "risk of bias" for c in certainty("effect", body).concerns)


@pytest.mark.parametrize(
    ("share", "n", "low", "high"), [(0.5, 10, 0.236593, 0.763407), (0.1, 10, 0.017876, 0.404150), (0.0, 10, 0.0, 0.277533)]
)  # fmt: skip
def test_the_reach_of_a_share_is_wilsons(share, n, low, high):
    assert reach(share, n) == pytest.approx(100 * max(share - low, high - share), abs=1e-3)


def test_products_drawn_at_random_keep_their_step(empty):
    assert level("quality", Case(empty, PRODUCTS)) == LOW
    drawn = (blank(Appraisal, study="s0", domain="products chosen at random", judgement="yes"),)
    assert level("quality", Case(empty, PRODUCTS, judged=drawn)) == MODERATE


def test_a_single_review_is_a_step(empty):
    assert level("effect", Case(empty, REVIEWS, (1000,))) == VERY_LOW
    assert steps("effect", Case(empty, REVIEWS, (1000,)), "one review") == 1
    assert steps("effect", Case(empty, REVIEWS), "one review") == 0


def test_certainty_never_falls_below_the_lowest(empty):
    assert level("effect", Case(empty, SURVEYS, (5,), risk="high", depth="excerpt")) == VERY_LOW


def verdict_of(found, ways, *, directed=True):
    return judge(found, ways, directed=directed).name


def at(reached):
    return Certainty(reached, reached, ())


@pytest.mark.parametrize(
    ("found", "ways", "directed", "expected"),
    [(None, Directions(), True, "UNSTUDIED"), (at(HIGH), Directions(yes=1), True, "KNOWN"),
     (at(MODERATE), Directions(yes=1), True, "KNOWN"), (at(LOW), Directions(yes=1), True, "LIKELY"),
     (at(VERY_LOW), Directions(yes=1), True, "UNCERTAIN"), (at(HIGH), Directions(unclear=3), True, "UNCERTAIN"),
     (at(HIGH), Directions(yes=2, no=1), True, "CONTESTED"), (at(HIGH), Directions(yes=3, no=1), True, "KNOWN"),
     (at(HIGH), Directions(both=1), True, "UNCERTAIN"), (at(HIGH), Directions(both=2), True, "CONTESTED"),
     (at(HIGH), Directions(yes=2, no=1), False, "KNOWN"), (at(LOW), Directions(), False, "LIKELY"),
     (at(VERY_LOW), Directions(), False, "UNCERTAIN")],
)  # fmt: skip
def test_the_five_verdicts(found, ways, directed, expected):
    assert verdict_of(found, ways, directed=directed) == expected


def law(place, status, since, source="secondary", product="p"):
    return blank(Jurisdiction, entry=f"{place}-{since}-{status}", place=place, product=product, status=status, since=since,
                 source_kind=source, public_on=since)  # fmt: skip


def test_the_newest_law_is_in_force_and_a_bill_is_not():
    old, new = law("A", "banned or scheduled", "2014"), law("A", "regulated sale", "2020")
    bill = law("A", "under review", "2025")
    assert in_force((new, bill, old)) == (new,)
    assert pending((new, bill, old)) == (bill,)


def test_the_laws_own_words_stand_for_what_others_say_of_it():
    own, told = law("A", "regulated sale", "2020", "primary"), law("A", "regulated sale", "2021")
    assert in_force((own, told)) == (own,)


@pytest.mark.parametrize(("primary", "expected"), [(0, "LIKELY"), (1, "LIKELY"), (2, "KNOWN"), (3, "KNOWN")])
def test_law_is_known_from_half_of_the_entries_on(primary, expected):
    entries = tuple(law(f"P{i}", "allowed", "2020", "primary" if i < primary else "secondary") for i in range(4))
    assert judge_status(entries).name == expected


def test_two_of_five_are_not_half():
    entries = tuple(law(f"P{i}", "allowed", "2020", "primary" if i < 2 else "secondary") for i in range(5))
    assert judge_status(entries).name == "LIKELY"


def test_where_only_proposals_were_seen_these_are_judged():
    assert judge_status((law("A", "under review", "2025", "primary"),)).name == "KNOWN"


def test_proposals_do_not_make_a_law_known():
    bills = tuple(law(f"B{i}", "under review", "2025", "primary") for i in range(3))
    assert judge_status((law("A", "allowed", "2020"), *bills)).name == "LIKELY"


def test_no_entry_is_unstudied():
    assert judge_status(()).name == "UNSTUDIED"


def test_the_exact_interval_of_directions():
    """The ends are where 17 or more, and 17 or fewer, of 19 have a chance of 2.5%."""
    share, low, high = exact_interval(Directions(yes=17, no=2, both=1))
    assert share == pytest.approx(100 * 17 / 19)
    assert binom.sf(16, 19, low / 100) == pytest.approx(0.025)
    assert binom.cdf(17, 19, high / 100) == pytest.approx(0.025)
    assert exact_interval(Directions(yes=1, both=3)) is None


def test_every_step_of_the_real_base_names_a_threshold_that_has_a_value_and_a_source(base):
    known = {item.name: item for item in THRESHOLDS}
    assert all(item.value and item.source for item in THRESHOLDS)
    cited = {key for item in THRESHOLDS for key in re.findall(r"[a-z]+\d{4}[a-z]?|kce|clarityresearch", item.source)}
    assert cited <= set(base.references)
    used = {concern.threshold for item in answers(base) for strand in item.strands if strand.certainty
            for concern in strand.certainty.concerns}  # fmt: skip
    assert used <= set(known) and len(used) > 8
