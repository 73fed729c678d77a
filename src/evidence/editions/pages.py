"""Which pages an edition has: the overviews once, questions and studies once per id."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.display.marks import page_of_question, page_of_section, page_of_study
from evidence.records.base import EvidenceBase

QUESTION_NOTEBOOK, STUDY_NOTEBOOK, FINDINGS_NOTEBOOK = "10-question", "20-study", "30-evidence"
OVERVIEWS = {
    "00-what-we-know": ("index.html", "What we know"),
    FINDINGS_NOTEBOOK: ("evidence.html", "Evidence"),
    "35-maps": ("maps.html", "Maps"),
    "40-gaps": ("gaps.html", "What we don't know"),
    "50-claims": ("claims.html", "Claims"),
    "60-changes": ("changes.html", "Changes"),
    "70-methods": ("methods.html", "Methods"),
}


@dataclass(frozen=True)
class Page:
    """One page: a notebook, its parameters, and the file it becomes."""

    notebook: str
    file: str
    title: str
    parameters: tuple[tuple[str, str], ...]


def pages(base: EvidenceBase, edition: str) -> tuple[Page, ...]:
    """All pages of an edition, in the order of the notebooks."""
    common = (("edition", edition), ("as_of", base.day))
    made = [Page(notebook, file, title, common) for notebook, (file, title) in OVERVIEWS.items()]
    with_findings = {base.questions[finding.question].section for finding in base.findings.values()}
    made += [
        Page(FINDINGS_NOTEBOOK, page_of_section(section), title, (("section", section), *common))
        for section, title in base.schema.topic.sections.items() if section in with_findings
    ]  # fmt: skip
    made += [
        Page(QUESTION_NOTEBOOK, page_of_question(name), question.wording, (("question_id", name), *common))
        for name, question in base.questions.items()
    ]
    made += [
        Page(STUDY_NOTEBOOK, page_of_study(name), base.references[study.citekey].label, (("study_id", name), *common))
        for name, study in base.studies.items()
    ]
    return tuple(sorted(made, key=lambda page: (page.notebook, page.file)))
