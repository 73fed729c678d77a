import pytest

from evidence.errors import RecordError
from evidence.records.tidy import natural, tidy


def write(workspace, texts):
    for file, text in texts.items():
        (workspace.root / file).write_text(text, encoding="utf-8")


def test_the_committed_tables_and_references_are_tidy(repository):
    assert tidy(repository) == {}


def test_tidying_mends_order_spaces_and_line_ends_and_is_idempotent(moonwort):
    path = moonwort.table("outcomes")
    lines = path.read_text().splitlines()
    path.write_bytes(("\ufeff" + "\r\n".join([lines[0], *reversed(lines[1:])]) + "\r\n").replace("%", " % ").encode())
    bib = moonwort.bibliography("studies")
    bib.write_text("\n\n".join(reversed(bib.read_text().strip().split("\n\n"))))
    changed = tidy(moonwort)
    assert set(changed) == {"data/outcomes.csv", "references/studies.bib"}
    write(moonwort, changed)
    assert path.read_text().splitlines() == lines
    assert tidy(moonwort) == {}


def test_nothing_is_tidied_that_cannot_be_read_whole(moonwort):
    bib = moonwort.bibliography("studies")
    bib.write_text(bib.read_text() + "@article{broken, title = {x")
    with pytest.raises(RecordError, match="B001"):
        tidy(moonwort)


def test_ten_comes_after_two():
    assert sorted(["a-10", "a-2", "a-1", "b-1"], key=natural) == ["a-1", "a-2", "a-10", "b-1"]
