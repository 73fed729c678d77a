"""A papermill engine that runs cells in this process, without a kernel to start and stop.

Pages run in children forked from a warm parent (see `runner`), so nothing leaks from one to the next.
Papermill still injects parameters, times the cells, keeps the saved notebook and raises on errors.
"""

from __future__ import annotations

import contextlib
import io
import traceback
from collections.abc import Mapping
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_output
from papermill.engines import Engine
from traitlets import Type

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


class _Publisher(DisplayPublisher):
    """Keeps what a cell displays."""

    def publish(self, data: Any, metadata: Any = None, **kwargs: Any) -> None:  # type: ignore[override]
        """Append one display to the outputs of the running cell."""
        self.shell.outputs.append(new_output("display_data", data=data, metadata=metadata or {}))


class _Hook(DisplayHook):
    """Keeps the value of a cell's last expression."""

    def __call__(self, result: object = None) -> None:
        if result is None or self.quiet():
            return
        data, metadata = self.compute_format_data(result)
        shell: Any = self.shell
        count = shell.execution_count
        shell.outputs.append(new_output("execute_result", data=data, metadata=metadata, execution_count=count))


class _Shell(InteractiveShell):
    """An IPython shell whose outputs are kept instead of printed."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    outputs: list[Any]


class _Stream(io.TextIOBase):
    """Text written to standard output or error, kept in the order in which it was written."""

    def __init__(self, name: str, outputs: list[Any]) -> None:
        self._name, self._outputs = name, outputs

    def write(self, text: str) -> int:
        """Append to the last output if it is of this stream, else begin another."""
        last: Mapping[str, Any] = self._outputs[-1] if self._outputs else {}
        if last.get("name") == self._name and last.get("output_type") == "stream":
            self._outputs[-1]["text"] += text
        elif text:
            self._outputs.append(new_output("stream", name=self._name, text=text))
        return len(text)


def _fresh_shell() -> Any:
    HistoryManager.enabled = False  # type: ignore[assignment] # no database and no thread in a child
    _Shell.clear_instance()
    shell: Any = _Shell.instance(colors="nocolor", cache_size=0)
    shell.display_formatter.active_types = list(shell.display_formatter.format_types)
    return shell


def _run(shell: Any, cell: Any, index: int) -> Exception | None:
    cell.execution_count = index + 1
    shell.execution_count = index + 1
    shell.outputs = []
    shell.showtraceback = lambda *args, **kwargs: None  # the error becomes an output of the cell below
    streams = (_Stream("stdout", shell.outputs), _Stream("stderr", shell.outputs))
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        result = shell.run_cell(cell.source, store_history=False)
    cell.outputs = shell.outputs
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return None
    if not isinstance(
        error, Exception
    ):  # papermill takes SystemExit(0) for success; a page that left early is not whole
        error = RuntimeError(f"the cell left Python: {error!r}")
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    cell.outputs.append(new_output("error", ename=type(error).__name__, evalue=str(error), traceback=lines))
    return error
