"""The schema, the frozen records and the tables tell one story."""

from dataclasses import fields

import pytest

from evidence.records.model import FACTS
from evidence.records.schema import read_schema
from evidence.workspace import STUDY_TABLES
from tests.conftest import MOONWORT


@pytest.mark.parametrize("table", FACTS)
def test_a_record_has_the_fields_of_its_table(table, base):
    ours = {item.name for item in fields(FACTS[table])} - {"where", "table"}
    assert ours == set(base.schema.tables[table].header)


def test_every_table_of_the_schema_has_a_record_class(base):
    assert set(base.schema.tables) == set(FACTS)


def test_every_column_asks_a_question_or_gives_its_meaning(base):
    for table in base.schema.tables.values():
        for column in table.fields:
            assert column.description.endswith((".", "?")), (table.name, column.name)


def test_the_invented_topic_has_the_same_tables_and_columns(base):
    other = read_schema(MOONWORT / "data" / "datapackage.json")
    assert {name: table.header for name, table in other.tables.items()} == {
        name: table.header for name, table in base.schema.tables.items()}  # fmt: skip


def test_every_fact_has_two_dates(base):
    for name in ("findings", *STUDY_TABLES, "registrations", "jurisdictions", "corrections", "claims"):
        assert {"public_on", "recorded_on"} <= set(base.schema.tables[name].header), name


def test_a_table_is_given_as_a_data_frame(base):
    frame = base.frame("findings")
    assert len(frame) == len(base.findings)
    assert frame["where"].iloc[0].file == "data/findings.csv"
