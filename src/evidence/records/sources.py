"""The files of a workspace, read as they stand: tables and bibliography, each with its problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evidence.records.bibliography import Bibliography, read_bibliography
from evidence.records.problems import Problem
from evidence.records.schema import Schema, read_schema
from evidence.records.tables import Table, read_table
from evidence.workspace import BIBLIOGRAPHIES, Workspace


@dataclass(frozen=True, eq=False)
class Sources:
    """The files as read: text tables and bibliography, each with its problems."""

    workspace: Workspace
    schema: Schema
    tables: Mapping[str, Table]
    bibliography: Bibliography

    @property
    def problems(self) -> list[Problem]:
        """What was met while reading."""
        return [p for table in self.tables.values() for p in table.problems] + list(self.bibliography.problems)


def read_sources(workspace: Workspace) -> Sources:
    """Read every table and .bib file; difficulties are kept as problems, not raised."""
    schema = read_schema(workspace.schema)
    tables = {
        name: read_table(workspace.table(name), workspace.relative(workspace.table(name)), table)
        for name, table in schema.tables.items()
    }
    paths = [workspace.bibliography(name) for name in BIBLIOGRAPHIES]
    return Sources(workspace, schema, tables, read_bibliography([(path, workspace.relative(path)) for path in paths]))
