"""What a check reports: a place, a code, what is wrong, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.errors import Location

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend. Problems sort by file and line."""

    where: Location
    code: str
    message: str
    advice: str
    column: str = ""
    level: str = ERROR

    def __str__(self) -> str:
        return f"{self.where}  {self.code}  {self.message}"
