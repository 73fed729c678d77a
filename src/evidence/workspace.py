"""Every path of the repository, written once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evidence.errors import EvidenceError

STUDY_TABLES = ("surveys", "observational", "trials", "laboratory")
BIBLIOGRAPHIES = ("studies", "set-aside", "methods")


@dataclass(frozen=True)
class Workspace:
    """A checkout of a notebook: its tables, references, notebooks and reports."""

    root: Path

    @classmethod
    def find(cls, start: str | Path = ".") -> Workspace:
        """Return the workspace that holds `start`, from any folder below its root.

        Raises
        ------
        EvidenceError
            If no folder above `start` holds ``data/datapackage.json``.
        """
        here = Path(start).resolve()
        for folder in (here, *here.parents):
            if (folder / "data" / "datapackage.json").is_file():
                return cls(folder)
        raise EvidenceError(f"No data/datapackage.json in {here} or above it. Go to the root of the repository.")

    @property
    def schema(self) -> Path:
        """The one schema."""
        return self.root / "data" / "datapackage.json"

    def table(self, name: str) -> Path:
        """The CSV file of a table."""
        return self.root / "data" / f"{name}.csv"

    def bibliography(self, name: str) -> Path:
        """One of the .bib files."""
        return self.root / "references" / f"{name}.bib"

    @property
    def notebooks(self) -> Path:
        """The notebooks that become pages."""
        return self.root / "notebooks"

    @property
    def reports(self) -> Path:
        """The published editions."""
        return self.root / "reports"

    def edition(self, label: str) -> Path:
        """The folder of one published edition."""
        return self.reports / label

    @property
    def build(self) -> Path:
        """Working files: safe to delete at any time."""
        return self.root / "build"

    @property
    def failed(self) -> Path:
        """Executed notebooks of pages that failed."""
        return self.build / "failed"

    @property
    def docs(self) -> Path:
        """Guides, some of them generated."""
        return self.root / "docs"

    @property
    def readme(self) -> Path:
        """The front page."""
        return self.root / "README.md"

    @property
    def methods_guide(self) -> Path:
        """The methods in words."""
        return self.root / "docs" / "methods.md"

    def relative(self, path: Path) -> str:
        """A path as people write it, from the root and with forward slashes."""
        return path.resolve().relative_to(self.root).as_posix()
