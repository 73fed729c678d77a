"""Papermill made strict, and an engine that gives what the stock engine gives."""

import re

import nbformat
import papermill
import pytest

from evidence.editions.runner import check_parameters, declared_parameters, run_page
from evidence.errors import PageError, ParameterError
from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
IDS = {"10-question": {"question_id": "sleep-onset"}, "20-study": {"study_id": "ivory2013"}}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_in_process_engine_gives_the_outputs_of_the_stock_engine(notebook, moonwort, tmp_path, monkeypatch):
    monkeypatch.chdir(moonwort.notebooks)
    parameters = {**IDS.get(notebook.stem, {}), "edition": "2020-06"}
    outputs = []
    for engine in ("inprocess", None):
        node = papermill.execute_notebook(str(moonwort.notebooks / notebook.name), str(tmp_path / "out.ipynb"),
                                          parameters=parameters, engine_name=engine, progress_bar=False)  # fmt: skip
        outputs.append(
            [[(o.output_type, o.get("data", o.get("text"))) for o in c.get("outputs", ())] for c in node.cells]
        )
    assert outputs[0] == outputs[1]
    assert any(outputs[0])


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_an_unknown_or_mistyped_parameter_is_refused(notebook):
    with pytest.raises(ParameterError, match="has no parameter 'editon'; it has"):
        check_parameters(notebook, {"editon": "2020-06"})
    with pytest.raises(ParameterError, match="takes str, not int"):
        check_parameters(notebook, {"edition": 2020})
    check_parameters(notebook, {"edition": "2020-06"})


def notebook_with(path, *cells):
    node = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    )
    first = nbformat.v4.new_code_cell('edition: str = "draft"  # Label', metadata={"tags": ["parameters"]})
    node.cells = [first, *(nbformat.v4.new_code_cell(cell) for cell in cells)]
    nbformat.write(node, path)
    return path


def page(notebook, tmp_path, base):
    run_page(
        notebook,
        {"edition": "2020-06"},
        tmp_path / "x.html",
        topic=base.schema.topic,
        title="X",
        executed=tmp_path / "x.ipynb",
    )
    return (tmp_path / "x.html").read_text()


def test_a_failing_cell_is_named_and_the_executed_notebook_is_kept(tmp_path, moonwort_base):
    notebook = notebook_with(tmp_path / "n.ipynb", "1 + 1", "1 / 0", "print('never')")
    with pytest.raises(PageError, match=r"x\.html: cell \d+ of n\.ipynb failed: ZeroDivisionError"):
        page(notebook, tmp_path, moonwort_base)
    kept = nbformat.read(tmp_path / "x.ipynb", as_version=4)
    assert any(o.output_type == "error" for cell in kept.cells for o in cell.get("outputs", ()))
    assert not (tmp_path / "x.html").exists()


def test_leaving_python_in_a_cell_is_a_failure_too(tmp_path, moonwort_base):
    with pytest.raises(PageError):
        page(notebook_with(tmp_path / "n.ipynb", "raise SystemExit(0)"), tmp_path, moonwort_base)


def test_displayed_html_svg_and_text_reach_the_page_and_code_does_not(tmp_path, moonwort_base):
    html = page(notebook_with(tmp_path / "n.ipynb", "from IPython.display import HTML, SVG, display\ndisplay(HTML('<b>bold</b>'))",
                              "print('<plain>')", "SVG('<svg></svg>')", "6 * 7"), tmp_path, moonwort_base)  # fmt: skip
    assert "<b>bold</b>" in html
    assert "&lt;plain&gt;" in html
    assert "<svg" in html
    assert "<pre>42</pre>" in html
    assert "IPython" not in html


def test_the_frame_of_a_page_carries_title_navigation_and_disclaimer(tmp_path, moonwort_base):
    html = page(notebook_with(tmp_path / "n.ipynb", "1"), tmp_path, moonwort_base)
    assert "<title>X · Moonwort for Sleep</title>" in html
    assert html.count("This is not medical advice") == 2
    assert re.search(r'<html lang="en">', html)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_thin_typed_stripped_and_runs_on_its_defaults(notebook, repository, tmp_path, monkeypatch):
    node = nbformat.read(notebook, as_version=4)
    code = [cell for cell in node.cells if cell.cell_type == "code"]
    assert code[0].metadata.tags == ["parameters"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert not any(re.search(r"^\s*(def|class|for|while) ", cell.source, re.MULTILINE) for cell in code)
    assert sum(len(cell.source.splitlines()) for cell in code) <= 20
    for line in code[0].source.splitlines():
        assert re.fullmatch(r"\w+: (str|int|float|bool) = .+  # .+", line), line
    assert set(declared_parameters(notebook)) >= {"edition", "as_of"}
    monkeypatch.chdir(repository.notebooks)
    papermill.execute_notebook(str(notebook), str(tmp_path / "out.ipynb"), engine_name="inprocess", progress_bar=False)
