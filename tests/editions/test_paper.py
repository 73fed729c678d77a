"""An edition goes onto paper through a real Chromium."""

import subprocess
import sys

import pytest
from pypdf import PdfReader

from evidence import EvidenceBase
from evidence.editions.paper import print_edition
from evidence.errors import EvidenceError
from tests.conftest import EDITION


@pytest.mark.browser
def test_the_board_and_every_question_are_printed_into_one_pdf_with_an_outline(browser, moonwort_edition):
    base = EvidenceBase.load(moonwort_edition)
    command = [sys.executable, "-m", "evidence.cli", "pdf"]
    told = subprocess.run(command, cwd=moonwort_edition.root, capture_output=True, text=True, check=True).stdout
    made = moonwort_edition.build / f"{EDITION}.pdf"
    assert told == f"Printed build/{EDITION}.pdf.\n"
    reader = PdfReader(made)
    named = [item.title for item in reader.outline]
    assert named == ["index", *(f"question-{name}" for name in base.questions)]
    board = reader.pages[0].extract_text()
    assert base.schema.topic.title in board
    assert base.schema.topic.disclaimer[:30] in " ".join(board.split())
    made.unlink()


def test_without_an_edition_there_is_nothing_to_print(moonwort_base):
    with pytest.raises(EvidenceError, match="no edition to print"):
        print_edition(moonwort_base)
