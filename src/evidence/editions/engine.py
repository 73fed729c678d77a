"""A papermill engine that runs cells in this process, without a kernel to start and stop.

Pages run in children forked from a warm parent (see `runner`), so nothing leaks from one to the next.
Papermill still injects parameters, times the cells, keeps the saved notebook and raises on errors.
"""

from __future__ import annotations

import traceback
from typing import Any

from nbformat.v4 import new_output
from papermill.engines import Engine
from papermill.log import logger

NAME = "inprocess"


class InProcessEngine(Engine):
    """Execute each code cell in a fresh IPython shell of this process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> None:
        """Run the notebook held by papermill's manager cell by cell; stop at the first that fails."""
        shell = _fresh_shell()
        for index, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            nb_man.cell_start(cell, index)
            failed = _run(shell, cell, index)
            if failed:
                nb_man.cell_exception(cell, cell_index=index, exception=failed)
                break
            nb_man.cell_complete(cell, cell_index=index)
        logger.debug("%s ran in process", kernel_name)


def _fresh_shell() -> Any:
    from IPython.core.history import HistoryManager
    from IPython.core.interactiveshell import InteractiveShell

    HistoryManager.enabled = False  # type: ignore[assignment] # no database and no thread in a child
    InteractiveShell.clear_instance()
    shell: Any = InteractiveShell.instance(colors="nocolor", cache_size=0)
    shell.display_formatter.active_types = list(shell.display_formatter.format_types)
    return shell


def _run(shell: Any, cell: Any, index: int) -> Exception | None:
    from IPython.utils.capture import capture_output

    cell.execution_count = index + 1
    with capture_output() as captured:
        result = shell.run_cell(cell.source, store_history=False, silent=False)
    cell.outputs = list(_outputs(captured))
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return None
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    cell.outputs.append(new_output("error", ename=type(error).__name__, evalue=str(error), traceback=lines))
    return error if isinstance(error, Exception) else RuntimeError(f"the cell left Python: {error!r}")


def _outputs(captured: Any) -> Any:
    for name, text in (("stdout", captured.stdout), ("stderr", captured.stderr)):
        if text:
            yield new_output("stream", name=name, text=text)
    for rich in captured.outputs:
        yield new_output("display_data", data=rich.data, metadata=rich.metadata or {})
