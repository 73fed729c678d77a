"""A bibliography that is not read whole must say so: what bibtexparser takes in silence is refused."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.records.bibliography import plain, read_bibliography

GOOD = "@article{smith2026,\n  author = {Smith, Ada and {World Health Office}},\n  title = {A {B} c},\n  year = {2026},\n}\n"


def read(tmp_path, text):
    path = tmp_path / "x.bib"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_bibliography([(path, "x.bib")])


def test_a_good_entry_keeps_its_line_and_fields(tmp_path):
    found = read(tmp_path, "\n\n" + GOOD)
    entry = found.entries["smith2026"]
    assert found.problems == ()
    assert (entry.where.line, entry.get("title"), entry.label) == (3, "A B c", "Smith and World Health Office 2026")


def test_latex_is_decoded_where_it_occurs():
    assert plain(r"M{\"u}ller and {\O}re") == "Müller and Øre"


@pytest.mark.parametrize(
    ("text", "code"),
    [(GOOD.replace("c},\n", "c}\n"), "B005"), (GOOD.replace("{2026},", "nosuch,"), "B005"),
     (GOOD.replace("{2026},", "{20} # {26},"), "B005"), (GOOD.replace("  year", "  % remark\n  year"), "B004"),
     (GOOD.replace("smith2026,", ","), "B003"), (GOOD + GOOD, "B002"), (GOOD.rstrip("}\n"), "B001"),
     (GOOD.replace("  year", "  title = {again},\n  year"), "B001"), ('@string{x = "y"}\n' + GOOD, "B001"),
     (GOOD.encode("utf-8").replace(b"Ada", b"\xe9"), "B001")],
    ids=["missing comma", "undefined macro", "concatenation", "percent remark", "empty key", "same key twice", "unclosed",
         "field twice", "string block", "not UTF-8"],
)  # fmt: skip
def test_what_would_pass_in_silence_is_a_problem(tmp_path, text, code):
    assert code in {problem.code for problem in read(tmp_path, text).problems}


def test_one_broken_entry_does_not_hide_the_others(tmp_path):
    found = read(tmp_path, GOOD + GOOD.replace("smith2026", "jones2026").replace("c},\n", "c}\n"))
    assert list(found.entries) == ["smith2026"]
    assert len(found.problems) == 1


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(GOOD)), st.sampled_from(list('{}",=@#%\n\\ ax1')), st.booleans())
def test_a_changed_character_never_loses_the_entry_in_silence(tmp_path, place, letter, insert):
    text = GOOD[:place] + letter + GOOD[place + (0 if insert else 1) :]
    found = read(tmp_path, text)
    assert found.problems or len(found.entries) == 1, text


def test_pybtex_reads_the_same_entries_from_the_real_files(base, repository):
    """An independent parser as oracle: same keys, same titles."""
    from pybtex.database import parse_file

    for name in ("studies", "set-aside", "methods"):
        other = parse_file(str(repository.bibliography(name)), bib_format="bibtex")
        ours = {entry.key: entry for entry in base.references.values() if entry.bibliography == name}
        assert set(other.entries.keys()) == set(ours)
        for key, entry in ours.items():
            assert " ".join(other.entries[key].fields.get("title", "").split()) == entry.fields.get("title", "")
