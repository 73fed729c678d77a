"""What a spreadsheet really saves: the harmless is read, the ruined is refused."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.records.schema import Field, TableSchema
from evidence.records.tables import read_table

SCHEMA = TableSchema("herbs", "Herbs", (Field("name", "string", ""), Field("count", "integer", ""), Field("note", "string", "")),
                     ("name",), ())  # fmt: skip
PLAIN = 'name,count,note\nsage,1,a\nrue,2,"two, words"\n'


def read(tmp_path, content):
    path = tmp_path / "herbs.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, "herbs.csv", SCHEMA)


@pytest.mark.parametrize(
    "content",
    [PLAIN, b"\xef\xbb\xbf" + PLAIN.encode(), PLAIN.replace("\n", "\r\n"), PLAIN.replace("\n", ",\n"),
     PLAIN.replace("\n", ",,,\r\n"), PLAIN + "\n\n,,\n", PLAIN.rstrip("\n")],
    ids=["plain", "byte order mark", "CRLF", "trailing empty column", "three of them with CRLF", "empty last lines",
         "no last newline"],
)  # fmt: skip
def test_harmless_forms_give_the_same_rows(tmp_path, content):
    table = read(tmp_path, content)
    assert table.problems == ()
    assert [row.cells for row in table.rows] == [
        {"name": "sage", "count": "1", "note": "a"}, {"name": "rue", "count": "2", "note": "two, words"}]  # fmt: skip
    assert [row.where.line for row in table.rows] == [2, 3]


def test_a_cell_over_several_lines_keeps_the_line_where_its_row_begins(tmp_path):
    table = read(tmp_path, 'name,count,note\nsage,1,"a\nb\nc"\nrue,2,x\n')
    assert [row.where.line for row in table.rows] == [2, 5]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [(PLAIN.replace(",", ";"), "T003", 1), (PLAIN.replace("sage", "sauge é").encode("latin-1"), "T002", 2),
     (PLAIN.replace("1,a", "\"1,5\",a"), "T008", 2), (PLAIN.replace(",a", ",1-Mar"), "T007", 2),
     (PLAIN.replace(",a", ",Mar-12"), "T007", 2), (PLAIN.replace(",a", ",3/4/2020"), "T007", 2),
     (PLAIN.replace("1,a", "1"), "T005", 2), (PLAIN.replace(",a", ",a,b"), "T005", 2),
     (PLAIN.replace("sage,1,a", "sage,blue,1,"), "T005", 2), (PLAIN.replace("1,a", "1,,"), "T005", 2),
     (PLAIN.replace("sage", "<<<<<<< sage"), "T006", 2), (PLAIN.replace("count", "counts"), "T004", 1), ("", "T001", 1)],
)  # fmt: skip
def test_the_ruined_is_refused_at_its_line(tmp_path, content, code, line):
    found = [(problem.code, problem.where.line) for problem in read(tmp_path, content).problems]
    assert (code, line) in found


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise_and_no_row_is_lost_in_silence(tmp_path, content):
    body = b"name,count,note\n" + content
    table = read(tmp_path, body)
    if not table.problems:
        import csv
        import io

        rows = [row for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")) if any(row)]
        assert len(table.rows) == len(rows) - 1
