"""The tables and bibliography of an edition in one file, so that a later edition can weigh them again."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from pathlib import Path

from evidence.errors import RecordError
from evidence.records.base import EvidenceBase
from evidence.records.schema import TableSchema, read_schema
from evidence.workspace import BIBLIOGRAPHIES, Workspace

# No clock in the file: the same tables give the same bytes.
NO_TIME = (1980, 1, 1, 0, 0, 0)


def pack(workspace: Workspace) -> bytes:
    """Every table, the schema and the bibliography as one archive with stable bytes."""
    names = [f"data/{name}.csv" for name in read_schema(workspace.schema).tables]
    names += ["data/datapackage.json", *(f"references/{name}.bib" for name in BIBLIOGRAPHIES)]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(names):
            archive.writestr(
                zipfile.ZipInfo(name, NO_TIME), (workspace.root / name).read_bytes(), zipfile.ZIP_DEFLATED, 9
            )
    return buffer.getvalue()


def unpack(file: Path, workspace: Workspace) -> EvidenceBase:
    """The base of an archive, under the schema of today: a column that is new is empty, one that is gone is left out.

    Raises
    ------
    RecordError
        If the file is no such archive, or its rows cannot be read under today's schema.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        try:
            with zipfile.ZipFile(file) as archive:
                _lay_out(archive, root, workspace)
        except (zipfile.BadZipFile, OSError, KeyError, UnicodeDecodeError) as error:
            raise RecordError(f"{file.name} holds no tables of an edition: {error}") from error
        return EvidenceBase.load(Workspace(root))


def _lay_out(archive: zipfile.ZipFile, root: Path, workspace: Workspace) -> None:
    """Write what the archive holds by names that we know, never by its own."""
    (root / "data").mkdir()
    (root / "references").mkdir()
    (root / "data" / "datapackage.json").write_bytes(workspace.schema.read_bytes())
    held = set(archive.namelist())
    for name, schema in read_schema(workspace.schema).tables.items():
        text = archive.read(f"data/{name}.csv").decode() if f"data/{name}.csv" in held else ""
        (root / "data" / f"{name}.csv").write_text(_under(schema, text), encoding="utf-8", newline="")
    for name in BIBLIOGRAPHIES:
        (root / "references" / f"{name}.bib").write_bytes(archive.read(f"references/{name}.bib"))


def _under(schema: TableSchema, text: str) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, schema.header, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(csv.DictReader(io.StringIO(text, newline="")))
    return buffer.getvalue()
