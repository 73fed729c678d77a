"""Two editions with a new study, a correction, a retraction and another number of the method between them; and what is made
of editions: a feed, back editions, sign-off."""

import json
import re
import shutil
import xml.etree.ElementTree as ET
from dataclasses import asdict

import pytest

from evidence import EvidenceBase, build_edition
from evidence.display.causes import in_words
from evidence.display.signoff import CHANGED, NOT_REVIEWED, REVIEWED, checksum, reviews_of, signed, standing
from evidence.editions.changes import TABLES, changes_since
from evidence.editions.changes_shown import changes_markdown, changes_page, changes_text
from evidence.editions.feed import ATOM, feed
from evidence.editions.index import labels
from evidence.editions.reconstruction import reconstruct
from evidence.editions.review import review_text
from evidence.errors import EvidenceError, RecordError
from evidence.records.dates import last_day
from evidence.records.snapshot import pack, unpack
from evidence.synthesis.answers import answer
from evidence.synthesis.attribution import ADDED, CORRECTED, METHOD, WITHDRAWALS
from evidence.synthesis.constants import under
from tests.conftest import lay_out

FIRST, SECOND = "2020-05", "2020-06"
RETRACTION = (
    "larch-retracted,larch2017,retraction,Taken back (invented),applied,https://example.org/notice,2020-06,2020-06-30\n"
)


def edit(workspace, file, find, replace):
    path = workspace.root / file
    text = path.read_text(encoding="utf-8")
    assert find in text, find
    path.write_text(text.replace(find, replace), encoding="utf-8")


def drop(workspace, tables, word):
    for name in tables:
        path = workspace.table(name)
        path.write_text("".join(line for line in path.read_text().splitlines(True) if not line.startswith(word)))


@pytest.fixture(scope="module")
def two_editions(tmp_path_factory):
    """The first edition lacks a trial, has a wrong direction and was weighed under another information size."""
    workspace = lay_out(tmp_path_factory.mktemp("living") / "moonwort")
    kept = {path: path.read_bytes() for path in (workspace.root / "data").iterdir()}
    drop(workspace, ("findings", "trials", "appraisals"), "kestrel2019")
    drop(workspace, ("second-extraction",), "ivory2013-1")  # the wrong direction had been read once
    edit(
        workspace,
        "data/findings.csv",
        "yes,Invented: time to fall asleep differed by -8",
        "no,Invented: time to fall asleep differed by -8",
    )
    with under({"MEDIUM_DIFFERENCE": 0.05}):
        build_edition(EvidenceBase.load(workspace), FIRST)
    for path, text in kept.items():
        path.write_bytes(text)
    with workspace.table("corrections").open("a") as stream:
        stream.write(RETRACTION)
    build_edition(EvidenceBase.load(workspace), SECOND)
    return workspace


@pytest.fixture(scope="module")
def found(two_editions):
    return changes_since(EvidenceBase.load(two_editions), SECOND)


def moves(found):
    return [move for item in (*found.moved, *found.shifted) if item.why for move in item.why.moves]


def test_every_move_is_split_into_causes_that_sum_exactly(found):
    assert len(moves(found)) >= 3
    for move in moves(found):
        assert sum(part for _, part in move.parts) == pytest.approx(move.after - move.before, abs=1e-12)
    causes = {cause for move in moves(found) for cause, _ in move.parts}
    assert causes == {ADDED, CORRECTED, WITHDRAWALS, METHOD}


def test_the_model_tells_each_kind_of_change_lost_first(found):
    assert ("findings", "kestrel2019-1") in found.added
    assert ("studies", "kestrel2019") in found.added
    assert ("findings", "ivory2013-1") in found.corrected
    assert ("corrections", "larch-retracted") in found.added
    assert found.numbers == (("MEDIUM_DIFFERENCE", "0.05", "0.5"),)
    assert found.code == ()
    text = changes_text(found)
    assert text.index("  method ") < text.index("  corrected ") < text.index("  added ")


def test_html_markdown_and_json_say_the_same_of_every_moved_question(found, two_editions):
    page = changes_page(EvidenceBase.load(two_editions), SECOND)
    markdown, plain = changes_markdown(found), json.loads(json.dumps(asdict(found)))
    assert [item["question"] for item in plain["moved"]] == [item.question for item in found.moved]
    assert found.moved
    for item in (*found.moved, *found.shifted):
        assert f"question-{item.question}.html" in page
        assert f"`{item.question}`" in markdown
        for sentence in in_words(item.why) if item.why else ():
            assert sentence in page
            assert re.sub(r"\W", "", sentence) in re.sub(r"\W", "", markdown)


def test_the_waterfall_says_in_words_what_it_shows_and_has_its_numbers(two_editions):
    page = (two_editions.edition(SECOND) / "changes.html").read_text()
    spoken = re.findall(r'role="img" aria-label="([^"]+)"', page)
    assert spoken
    assert all("added evidence" in words or "corrected data" in words for words in spoken)
    assert page.count("Numbers of this figure") == len(spoken)


def test_markdown_of_a_record_stays_text(found):
    from dataclasses import replace

    sly = replace(found, moved=(replace(found.moved[0], wording="<img src=x> [a](javascript:1) `b`", why=None),))
    text = changes_markdown(sly)
    assert "<img" not in text.replace("\\<img", "")
    assert "](javascript" not in text.replace("\\](javascript", "")


def test_an_edition_without_tables_or_with_broken_ones_says_that_causes_cannot_be_told(two_editions, tmp_path):
    copy = type(two_editions)(shutil.copytree(two_editions.root, tmp_path / "copy").resolve())
    (copy.edition(FIRST) / TABLES).write_bytes(b"no archive")
    base = EvidenceBase.load(copy)
    assert "cannot be read" in changes_since(base, SECOND).unsplit
    (copy.edition(FIRST) / TABLES).unlink()
    assert "keeps no tables" in changes_since(base, SECOND).unsplit
    assert changes_since(base, SECOND).moved


def test_an_archive_of_tables_gives_the_same_answers_and_the_same_bytes(moonwort_base):
    workspace = moonwort_base.workspace
    file = workspace.root / "tables.zip"
    file.write_bytes(pack(workspace))
    assert file.read_bytes() == pack(workspace)
    again = unpack(file, workspace)
    assert {n: checksum(answer(again, n)) for n in again.questions} == {
        n: checksum(answer(moonwort_base, n)) for n in moonwort_base.questions
    }


def test_an_archive_of_an_older_schema_is_read_under_the_new_one(moonwort_base):
    import io
    import zipfile

    workspace, buffer = moonwort_base.workspace, io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack(workspace))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "data/questions.csv":
                text = "\n".join(f"{line},gone" for line in text.splitlines()) + "\n"
            if name != "data/reviews.csv":
                new.writestr(name, text)
    (workspace.root / "old.zip").write_bytes(buffer.getvalue())
    assert set(unpack(workspace.root / "old.zip", workspace).questions) == set(moonwort_base.questions)


def test_an_archive_with_a_name_that_climbs_out_writes_nothing_there(moonwort_base):
    import zipfile

    file = moonwort_base.workspace.root / "sly.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../escaped.csv", "x")
    with pytest.raises(RecordError, match="holds no tables"):
        unpack(file, moonwort_base.workspace)
    assert not list(moonwort_base.workspace.root.parent.glob("escaped*"))


def entries(text):
    root = ET.fromstring(text)
    return [
        {child.tag.removeprefix(f"{{{ATOM}}}"): child for child in entry} for entry in root.iter(f"{{{ATOM}}}entry")
    ]


def test_the_feed_has_an_entry_for_each_edition_and_each_moved_verdict(two_editions, found):
    told = entries((two_editions.reports / "feed.xml").read_text())
    titles = [entry["title"].text for entry in told]
    assert titles[0] == f"Edition {SECOND}" and titles[-1] == f"Edition {FIRST}"
    assert len(told) == 2 + len(found.moved)
    assert len({entry["id"].text for entry in told}) == len(told)
    for entry in told:
        assert (two_editions.reports / entry["link"].get("href")).is_file()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", entry["updated"].text)


def test_the_feed_is_the_same_whenever_it_is_written(two_editions):
    records = [json.loads((two_editions.edition(label) / "edition.json").read_text()) for label in labels(two_editions)]
    topic = EvidenceBase.load(two_editions).schema.topic
    assert feed(records, topic) == (two_editions.reports / "feed.xml").read_text()


def test_back_editions_are_labelled_lead_to_the_newest_and_know_nothing_later(two_editions):
    base = EvidenceBase.load(two_editions)
    made = reconstruct(base, [last_day("2017"), last_day("2014")])
    assert [path.name for path in made] == ["2014-12", "2017-12"]
    for folder in made:
        assert {path.name for path in folder.iterdir()} == {"index.html", "changes.html"}
        for path in folder.iterdir():
            text = path.read_text()
            assert "This is a reconstruction" in text
            for address in re.findall(r'(?:href|src)="([^"#]+)', text):
                assert address.startswith("https:") or (folder / address).exists(), address
    early, late = ((folder / "changes.html").read_text() for folder in made)
    assert "first edition" in early
    assert "What changed since 2014-12-31" in late and "jasper2016" in late and "kestrel2019" not in late
    assert "history/2017-12/index.html" in (two_editions.reports / "index.html").read_text()


def test_back_editions_need_an_edition_to_lead_to(moonwort_base):
    with pytest.raises(EvidenceError, match="make report"):
        reconstruct(moonwort_base, [last_day("2017")])


def sign(workspace, subject, checksum):
    with workspace.table("reviews").open("a") as stream:
        stream.write(f"{subject},a pharmacist,2020-06-30,{checksum},Invented: read it all.\n")
    return EvidenceBase.load(workspace)


def test_a_page_says_whether_it_was_reviewed_as_it_stands(moonwort):
    base = EvidenceBase.load(moonwort)
    now = checksum(answer(base, "sleep-onset"))
    assert standing(reviews_of(base, "sleep-onset"), now) == NOT_REVIEWED
    assert "Not reviewed" in signed(answer(base, "sleep-onset"))
    base = sign(moonwort, "sleep-onset", now)
    assert standing(reviews_of(base, "sleep-onset"), checksum(answer(base, "sleep-onset"))) == REVIEWED
    assert "Reviewed by a pharmacist on 2020-06-30 as it stands" in signed(answer(base, "sleep-onset"))
    edit(moonwort, "data/findings.csv", "mean difference,-8.0,-14.0,-2.0", "mean difference,-7.0,-13.0,-1.0")
    base = EvidenceBase.load(moonwort)
    assert standing(reviews_of(base, "sleep-onset"), checksum(answer(base, "sleep-onset"))) == CHANGED
    assert "Changed since it was reviewed" in signed(answer(base, "sleep-onset"))


def test_a_review_of_one_question_is_not_undone_by_another(moonwort):
    base = EvidenceBase.load(moonwort)
    before = checksum(answer(base, "why-used"))
    edit(moonwort, "data/findings.csv", "mean difference,-8.0,-14.0,-2.0", "mean difference,-7.0,-13.0,-1.0")
    assert checksum(answer(EvidenceBase.load(moonwort), "why-used")) == before


def test_make_review_prints_what_changed_since_the_reviewed_edition(two_editions, tmp_path):
    copy = type(two_editions)(shutil.copytree(two_editions.root, tmp_path / "copy").resolve())
    reviewed = json.loads((copy.edition(FIRST) / "edition.json").read_text())
    base = sign(copy, "sleep-onset", reviewed["questions"]["sleep-onset"]["checksum"])
    told = review_text(base, "sleep-onset", SECOND)
    assert "changed since review" in told and f"Since edition {FIRST}" in told
    assert "added: findings kestrel2019-1" in told and "corrected: findings ivory2013-1" in told
    base = sign(copy, SECOND, reviewed["checksum"])
    assert "corrections larch-retracted" in review_text(base, "", SECOND)
    base = sign(copy, "headache", "0" * 16)
    assert "cannot be told" in review_text(base, "headache", SECOND)


def test_no_reviewer_is_invented(base):
    assert base.reviews == ()
