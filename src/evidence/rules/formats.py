"""Problems as text for people, as JSON, and as SARIF for code-review tools."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from evidence.records.problems import ERROR, Problem

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(problems: list[Problem]) -> str:
    """One line a problem, its advice below it, and a closing count."""
    lines = []
    for problem in problems:
        mark = "" if problem.level == ERROR else " (warning)"
        lines += [f"{problem}{mark}", f"    {problem.advice}"]
    errors = sum(problem.level == ERROR for problem in problems)
    lines.append(f"{errors} errors, {len(problems) - errors} warnings." if problems else "No problem found.")
    return "\n".join(lines)


def as_json(problems: list[Problem]) -> str:
    """A list of objects with file, line, code, level, message, advice and column."""
    items = []
    for problem in problems:
        item = asdict(problem)
        place = item.pop("where")
        items.append({"file": place["file"], "line": place["line"], **item})
    return json.dumps(items, indent=1, ensure_ascii=False)


def as_sarif(problems: list[Problem], titles: Mapping[str, str]) -> str:
    """SARIF 2.1.0, as code hosts show it beside the changed lines."""
    codes = sorted({problem.code for problem in problems})
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "evidence check", "rules": [
            {"id": code, "shortDescription": {"text": titles.get(code, code)}} for code in codes]}},
        "results": [_result(problem) for problem in problems],
    }  # fmt: skip
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False)


def _result(problem: Problem) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": problem.where.file}, "region": {"startLine": problem.where.line}}
    return {"ruleId": problem.code, "level": problem.level, "message": {"text": f"{problem.message}. {problem.advice}"},
            "locations": [{"physicalLocation": place}]}  # fmt: skip
