"""The overviews are counted from the rows, and what they rank is ranked as they say."""

import re
from collections import Counter
from datetime import date

from evidence import answer, answers
from evidence.display import board, methods_page, overviews
from evidence.display.lights import LIGHTS, lights
from evidence.rules.tools import TOOLS
from evidence.synthesis.what_if import gains

IMPORTANCE = ["critical", "important", "limited"]


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_every_judgement_of_every_tool_has_a_light():
    assert {judgement for tool in TOOLS.values() for judgement in tool.judgements} <= set(LIGHTS)


def test_the_lights_of_a_strand_are_the_judgements_of_its_studies_in_the_order_of_the_tool(base):
    item = answer(base, "experimental-pain")
    shown = lights(base, item.deciding)
    for study in dict.fromkeys(finding.study for finding in item.deciding.findings):
        judged = base.appraisals_by_study[study]
        told = Counter(re.findall(r'aria-label="([^"]+)"', shown))
        assert not Counter(a.judgement for a in judged) - told
        heads = re.findall(r'<th scope="col">([^<]+)', shown)
        order = [name for name in TOOLS[judged[0].tool].domains if name in heads]
        assert [name for name in heads if name in order] == order


def test_a_line_of_the_board_says_where_the_answer_points_and_how_new_it_is(base):
    shown = board.sections(base)
    assert shown.count("<tr>") + shown.count("<tr ") >= len(base.questions)
    for item in answers(base):
        row = shown[shown.index(f'question-{item.question.question}.html">') :]
        row = plain(row[: row.index("</tr>")])
        assert item.verdict.name in row
        assert {"yes": " to yes ", "no": " to no "}.get(item.lean, "") in row
        if item.findings:
            assert max(f.public_on for f in item.findings) in row or item.entries


def test_gaps_come_by_importance_and_then_by_the_smallest_study_that_moves_them(base):
    shown = overviews.gaps(base, date(2026, 11, 30))
    for part in shown.split("<section>")[1:]:
        names = re.findall(r'<th scope="row"[^>]*><a href="question-([^"]+)\.html"', part)
        ranks = []
        for name in names:
            sizes = [size for gain in gains(base, name) for size, _ in gain.steps]
            ranks.append((IMPORTANCE.index(base.question(name).importance), min(sizes, default=10**6)))
        assert ranks == sorted(ranks)


def test_the_flow_adds_up(base):
    fates = Counter(record.fate for record in base.records.values())
    told = plain(methods_page.flow(base))
    assert (
        f"{sum(s.ran_on is not None for s in base.searches.values()):,} searches found {len(base.records):,} records"
        in told
    )
    assert f"{fates['set aside']} set aside" in told
    assert f"{len(base.records) - fates['set aside'] - fates['awaiting']} kept" in told
    assert f"{fates['included']:,} records in {len(base.studies):,} studies" in told
    assert sum(fates.values()) == len(base.records)


def test_a_place_of_the_map_holds_samples_people_and_certainty(base):
    shown = overviews.evidence_map(base)
    item = answer(base, "experimental-pain")
    strand = item.deciding
    assert f"<strong>{strand.samples}</strong>" in shown
    row = plain(shown[shown.index("question-experimental-pain.html") :].split("</tr>")[0])
    assert f"{strand.samples} {strand.people:,} {strand.certainty.name}" in row
