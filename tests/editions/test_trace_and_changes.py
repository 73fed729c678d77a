import copy
import json
import re

import pytest

from evidence.editions.changes import compare
from evidence.editions.changes_shown import changes_text, moved_in_short
from evidence.editions.state import state
from evidence.editions.trace import trace, trace_text
from evidence.errors import UnknownIdError


def test_a_statement_leads_to_its_rows_and_entries(moonwort_base):
    found = trace(moonwort_base, "sleep-onset.1")
    assert [(thread.row, thread.citekey, thread.file) for thread in found] == [
        (f"{key}-1", key, "data/findings.csv") for key in ("ivory2013", "jasper2016", "kestrel2019")]  # fmt: skip
    text = trace_text(moonwort_base, found)
    assert "data/findings.csv:8  ivory2013-1" in text
    assert "← ivory2013 (references/studies.bib:" in text


def test_an_entry_leads_back_to_every_sentence_that_rests_on_it(moonwort_base):
    statements = {thread.statement for thread in trace(moonwort_base, "ivory2013")}
    assert statements == {"sleep-onset.1", "sleep-onset.2", "ivory2013-1"}


def test_real_traces_walk_both_ways(base):
    forward = trace(base, "experimental-pain.1")
    keys = {thread.citekey for thread in forward}
    assert keys
    for key in keys:
        assert "experimental-pain.1" in {thread.statement for thread in trace(base, key)}


def test_an_unknown_name_is_refused_and_an_unused_one_is_told_apart(moonwort_base):
    with pytest.raises(UnknownIdError, match="no statement, row, study or entry is called that"):
        trace(moonwort_base, "nosuch")
    with pytest.raises(UnknownIdError, match="no sentence rests on it"):
        trace(moonwort_base, "rook2011")


def test_changes_name_lost_moved_corrected_and_added_facts_and_the_rows_behind(moonwort_base):
    now = state(moonwort_base)
    before = copy.deepcopy(now)
    before["findings"]["gone-1"] = "0"
    before["findings"]["ivory2013-1"] = "other"
    del before["findings"]["kestrel2019-1"]
    before["questions"]["sleep-onset"]["verdict"] = "LIKELY"
    found = compare(before, now, "2020-05")
    assert found.lost == (("findings", "gone-1"),)
    assert found.corrected == (("findings", "ivory2013-1"),)
    assert found.added == (("findings", "kestrel2019-1"),)
    assert [(m.question, m.before, m.after, m.rows) for m in found.moved] == [
        ("sleep-onset", ("LIKELY", "moderate"), ("KNOWN", "moderate"), ("ivory2013-1", "kestrel2019-1"))]  # fmt: skip
    lines = changes_text(found).splitlines()
    assert lines[1].split() == ["lost", "finding", "gone-1"]


def test_a_row_that_only_moved_to_another_line_is_no_change(moonwort_base):
    from dataclasses import replace

    from evidence.errors import Location
    from evidence.records.digests import fact_digest

    finding = moonwort_base.findings["ivory2013-1"]
    assert fact_digest(finding) == fact_digest(replace(finding, where=Location("data/findings.csv", 999)))
    assert fact_digest(finding) != fact_digest(replace(finding, value=-8.1))


def test_the_board_tells_the_first_verdicts_that_moved_and_nothing_in_a_first_edition(moonwort_base):
    assert moved_in_short(moonwort_base, "2020-06") == ""
    before = state(moonwort_base)
    for name in list(before["questions"])[:5]:  # one of them is contested already
        before["questions"][name] = before["questions"][name] | {"verdict": "CONTESTED", "certainty": "very low"}
    folder = moonwort_base.workspace.edition("2020-05")
    folder.mkdir(parents=True)
    (folder / "edition.json").write_text(json.dumps(before))
    shown = moved_in_short(moonwort_base, "2020-06")
    assert "What moved since 2020-05" in shown
    assert shown.count("<li>") == 3
    assert "4 verdicts, 0 facts" in re.sub(r"<[^>]+>", "", shown)
