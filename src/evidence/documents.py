"""Documentation that is made from the schema, the rules and the newest edition, so that it cannot go stale."""

from __future__ import annotations

import json
import re
from collections import Counter

from evidence.checking import FAMILIES
from evidence.display.chips import VERDICT_HELP
from evidence.editions.index import labels
from evidence.errors import EvidenceError
from evidence.records.schema import Field, Schema, read_schema
from evidence.rules.rule import RULES
from evidence.rules.structure import STRUCTURE
from evidence.rules.tools import TOOLS
from evidence.synthesis.thresholds import THRESHOLDS, starts
from evidence.synthesis.verdicts import VERDICTS
from evidence.workspace import Workspace

NUMBERS_BLOCK = re.compile(r"(<!-- numbers:begin -->\n).*?(<!-- numbers:end -->)", re.DOTALL)
README_BLOCK = re.compile(r"(<!-- known:begin -->\n).*?(<!-- known:end -->)", re.DOTALL)


def documents(workspace: Workspace) -> dict[str, str]:
    """Text of every generated document, by path from the root."""
    schema = read_schema(workspace.schema)
    return {
        "docs/rules.md": rules_guide(),
        "docs/codebook.md": codebook(schema),
        "docs/methods.md": methods_guide(workspace),
        "README.md": readme(workspace, schema),
    }


def rules_guide() -> str:
    """docs/rules.md: every code, what it asks for, and what to do."""
    lines = ["# Rules", "", "Made by `evidence docs` from the code; do not edit. `make check` prints the codes.",
             f"Families: {len(FAMILIES)} of typed rules, and structure (T, B).", "",
             "| code | rule | level | what to do |", "| --- | --- | --- | --- |"]  # fmt: skip
    rows = [(code, title, "error", "See the message.") for code, title in STRUCTURE.items()]
    rows += [(item.code, item.title, item.level, item.advice) for item in RULES.values()]
    lines += [f"| {code} | {title} | {level} | {advice} |" for code, title, level, advice in sorted(rows)]
    return "\n".join(lines) + "\n"


def codebook(schema: Schema) -> str:
    """docs/codebook.md: every table and column in the schema's own words, and the appraisal tools."""
    lines = ["# Codebook", "", "Made by `evidence docs` from `data/datapackage.json`; do not edit.", ""]
    for table in schema.tables.values():
        lines += [f"## {table.name}.csv", "", f"{table.title}. Key: {', '.join(table.key)}.", "",
                  "| column | type | asked of the extractor | allowed |", "| --- | --- | --- | --- |"]  # fmt: skip
        lines += [_column(column) for column in table.fields]
        lines += [f"\n`{link.field}` stands in `{link.table}.{link.target}`." for link in table.foreign_keys]
        lines.append("")
    lines += ["## Appraisal tools", "", "| tool | domains | judgements | source |", "| --- | --- | --- | --- |"]
    lines += [f"| {name} | {'; '.join(tool.domains)} | {'; '.join(tool.judgements)} | {tool.source or 'ours'} |"
              for name, tool in TOOLS.items()]  # fmt: skip
    return "\n".join(lines) + "\n"


def _column(column: Field) -> str:
    need = " (required)" if column.required else ""
    unit = f" Unit: {column.unit}." if column.unit else ""
    return f"| `{column.name}` | {column.type}{need} | {column.description}{unit} | {'; '.join(column.enum)} |"


def methods_guide(workspace: Workspace) -> str:
    """docs/methods.md with its block of numbers made from the code that uses them.

    Raises
    ------
    EvidenceError
        If the guide has lost the marks between which the block stands.
    """
    text = workspace.methods_guide.read_text(encoding="utf-8")
    if not NUMBERS_BLOCK.search(text):
        raise EvidenceError("docs/methods.md lacks the lines <!-- numbers:begin --> and <!-- numbers:end -->.")
    lines = ["| number that decides | value | source |", "| --- | --- | --- |",
             *(f"| {item.what} | {item.value} | {item.source} |" for item in THRESHOLDS), "",
             "| evidence | an effect starts | a mechanism starts |", "| --- | --- | --- |",
             *(f"| {kind} | {effect} | {mechanism} |" for kind, effect, mechanism in starts())]  # fmt: skip
    return NUMBERS_BLOCK.sub(lambda match: match.group(1) + "\n".join(lines) + "\n" + match.group(2), text)


def readme(workspace: Workspace, schema: Schema) -> str:
    """README.md with the block on what is known today made from the newest edition.

    Raises
    ------
    EvidenceError
        If the README has lost the marks between which the block stands.
    """
    text = workspace.readme.read_text(encoding="utf-8")
    if not README_BLOCK.search(text):
        raise EvidenceError("README.md lacks the lines <!-- known:begin --> and <!-- known:end -->.")
    block = known_today(workspace, schema)
    return README_BLOCK.sub(lambda match: match.group(1) + block + match.group(2), text)


def known_today(workspace: Workspace, schema: Schema) -> str:
    """What the newest edition says, in one screen."""
    label = next(iter(labels(workspace)), "")
    if not label:
        return "No edition yet: run `make report`.\n"
    content = json.loads((workspace.edition(label) / "edition.json").read_text(encoding="utf-8"))
    questions = content["questions"]
    counts = Counter(question["verdict"] for question in questions.values())
    lines = [f"Edition **{label}**: {len(questions)} questions, {len(content['studies'])} studies, "
             f"{len(content['findings'])} findings.", ""]  # fmt: skip
    lines += [f"- **{counts[name]} {name}** ({VERDICT_HELP[name]})" for name in VERDICTS]
    lines += ["", "| the questions people ask first | verdict | in a sentence |", "| --- | --- | --- |"]
    lines += [_first(name, questions[name]) for name in schema.topic.first_questions if name in questions]
    lines += ["", f"_{schema.topic.disclaimer}_"]
    return "\n".join(lines) + "\n"


def _first(name: str, question: dict[str, str]) -> str:
    return f"| {question['wording']} | **{question['verdict']}** | {question['sentence']} |"
