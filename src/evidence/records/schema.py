"""The one schema: data/datapackage.json, read into small frozen objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence.errors import Location, RecordError


@dataclass(frozen=True)
class Field:
    """One column: its name, type, the question it asks of the extractor, and what it allows."""

    name: str
    type: str
    description: str
    required: bool = False
    enum: tuple[str, ...] = ()
    unit: str = ""
    is_list: bool = False


@dataclass(frozen=True)
class ForeignKey:
    """A column whose values must stand in another table."""

    field: str
    table: str
    target: str


@dataclass(frozen=True)
class TableSchema:
    """One table: columns in order, primary key, foreign keys."""

    name: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    descriptor: Mapping[str, Any] = field(repr=False, compare=False, default_factory=dict)

    @property
    def header(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.fields]

    def field(self, name: str) -> Field:
        """The column of that name."""
        return next(column for column in self.fields if column.name == name)


@dataclass(frozen=True)
class Topic:
    """What the notebook is about, in the words of its own schema: the library itself names no topic.

    Attributes
    ----------
    two_readings
        Whether a finding speaks only once a second pair of eyes has read it.
    issues
        Address that opens a new issue, as https://…/issues/new; empty where there is none. Statements link to it.
    history
        Days of which back editions are made.
    """

    title: str
    subtitle: str
    question: str
    audience: str
    disclaimer: str
    topic_words: tuple[str, ...]
    first_questions: tuple[str, ...]
    sections: Mapping[str, str]
    two_readings: bool = False
    issues: str = ""
    history: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schema:
    """All tables, and the topic."""

    topic: Topic
    tables: Mapping[str, TableSchema]


def read_schema(path: Path) -> Schema:
    """Read the data package descriptor.

    Raises
    ------
    RecordError
        If the file is not JSON or lacks a part that the library needs.
    """
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        topic = dict(package["topic"])
        topic |= {name: tuple(topic[name]) for name in ("topic_words", "first_questions", "history") if name in topic}
        tables = {item["name"]: _table(item) for item in package["resources"]}
        return Schema(Topic(**topic), tables)
    except json.JSONDecodeError as error:
        raise RecordError(f"not valid JSON: {error.msg}", Location("data/datapackage.json", error.lineno)) from None
    except (KeyError, TypeError) as error:
        raise RecordError(f"a part is missing or misnamed: {error}", Location("data/datapackage.json", 1)) from None


def _table(item: Mapping[str, Any]) -> TableSchema:
    schema = item["schema"]
    key = schema["primaryKey"]
    return TableSchema(
        name=item["name"],
        title=item["title"],
        fields=tuple(_field(column) for column in schema["fields"]),
        key=(key,) if isinstance(key, str) else tuple(key),
        foreign_keys=tuple(
            ForeignKey(link["fields"], link["reference"]["resource"], link["reference"]["fields"])
            for link in schema.get("foreignKeys", ())
        ),
        descriptor=schema,
    )


def _field(column: Mapping[str, Any]) -> Field:
    limits = column.get("constraints", {})
    return Field(
        name=column["name"],
        type=column["type"],
        description=column["description"],
        required=limits.get("required", False),
        enum=tuple(limits.get("enum", ())),
        unit=column.get("unit", ""),
        is_list=column.get("list", False),
    )
