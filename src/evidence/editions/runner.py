"""One page: strict parameters, papermill, and one HTML exporter with our own template."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from evidence.errors import PageError, ParameterError
from evidence.records.schema import Topic

TEMPLATE = Path(__file__).parent / "template"
TYPES = {"str": str, "int": int, "float": float, "bool": bool}


def run_page(
    notebook: Path,
    parameters: Mapping[str, Any],
    out: Path,
    *,
    topic: Topic,
    title: str,
    executed: Path,
    note: str = "",
) -> None:
    """Execute a notebook with parameters and write it as one HTML page.

    Parameters
    ----------
    notebook, parameters
        The notebook, and values for the cell tagged ``parameters``.
    out
        The page to write.
    topic, title
        What the frame of the page says.
    executed
        Where the executed notebook is kept while the page is made, and for good when it fails.
    note
        What a reader must know before the first sentence; empty for nothing.

    Raises
    ------
    ParameterError
        If a parameter is unknown or of another type than the notebook declares.
    PageError
        If a cell fails; the executed notebook names it.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    check_parameters(notebook, parameters)
    executed.parent.mkdir(parents=True, exist_ok=True)
    try:
        node = papermill.execute_notebook(
            str(notebook), str(executed), parameters=dict(parameters), engine_name="inprocess", progress_bar=False,
            cwd=str(notebook.parent), log_output=False,
        )  # fmt: skip
    except PapermillExecutionError as error:
        raise PageError(
            f"{out.name}: cell {error.exec_count} of {notebook.name} failed: {error.ename}: {error.evalue}"
        ) from None
    out.write_text(
        page_html(node, topic=topic, title=title, edition=str(parameters.get("edition", "")), note=note),
        encoding="utf-8",
    )


def check_parameters(notebook: Path, parameters: Mapping[str, Any]) -> None:
    """Refuse what papermill would only warn of: a name the notebook lacks, or a value of another type."""
    declared = declared_parameters(notebook)
    for name, value in parameters.items():
        if name not in declared:
            raise ParameterError(f"{notebook.name} has no parameter {name!r}; it has {', '.join(declared)}.")
        kind = TYPES.get(declared[name], str)
        if type(value) is not kind:
            raise ParameterError(
                f"{notebook.name}: {name} takes {declared[name]}, not {type(value).__name__} ({value!r})."
            )


def declared_parameters(notebook: Path) -> dict[str, str]:
    """Names and types of the cell tagged ``parameters``.

    Raises
    ------
    ParameterError
        If there is no such cell, or a parameter has no type.
    """
    import nbformat

    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells
             if "parameters" in cell.metadata.get("tags", ())]  # fmt: skip
    if len(cells) != 1:
        raise ParameterError(f"{notebook.name}: one cell has to be tagged 'parameters', {len(cells)} are.")
    declared = {}
    for line in ast.parse(cells[0].source).body:
        if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
            raise ParameterError(f"{notebook.name}: write each parameter as  name: type = default  # help")
        declared[line.target.id] = ast.unparse(line.annotation)
    return declared


@lru_cache(maxsize=1)
def _exporter() -> Any:
    from nbconvert.exporters.html import HTMLExporter
    from nbconvert.exporters.templateexporter import TemplateExporter
    from traitlets.config import Config

    class PageExporter(HTMLExporter):
        """nbconvert's exporter without its second pass, which parses the whole page again to look for images."""

        def from_notebook_node(self, nb: Any, resources: Any = None, **kwargs: Any) -> Any:
            self.register_filter("highlight_code", lambda source, **kwargs: source)  # the template shows no code
            return TemplateExporter.from_notebook_node(self, nb, resources, **kwargs)

    config = Config()
    config.HTMLExporter.extra_template_basedirs = [str(TEMPLATE.parent)]
    config.HTMLExporter.template_name = TEMPLATE.name
    config.HTMLExporter.exclude_input = True
    config.HTMLExporter.exclude_input_prompt = True
    config.HTMLExporter.exclude_output_prompt = True
    return PageExporter(config)


def page_html(node: Any, *, topic: Topic, title: str, edition: str, note: str = "") -> str:
    """An executed notebook as a page of the edition: outputs only, with title, navigation and disclaimer."""
    for number, cell in enumerate(node.cells):
        cell.id = f"cell-{number}"
    frame = {"topic": topic, "page_title": escape(title), "edition": edition, "note": note, "metadata": {"name": title}}
    body, _ = _exporter().from_notebook_node(node, resources=frame)
    return str(body)
