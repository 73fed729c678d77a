"""Do the tests of the rules notice when a rule is changed? One change at a time, and the share that is noticed.

Run by `make mutants`. Changed are comparisons, `and` and `or`, and the numbers of the modules below; a change that no test
notices is printed, to be read by a person: some change nothing that can be seen.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ("verdicts.py", "certainty.py", "imprecision.py", "sizes.py", "status.py", "registered.py")
TESTS = ("tests/synthesis/test_rule_tables.py", "tests/synthesis/test_sizes.py", "tests/synthesis/test_answers.py")
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


def changes(source: str) -> Iterator[tuple[str, str]]:
    """Every changed version of a module, with the place and the change in words."""
    for index, node in enumerate(ast.walk(ast.parse(source))):
        tree = ast.parse(source)
        target = list(ast.walk(tree))[index]
        words = _change(target)
        if words:
            yield f"line {getattr(node, 'lineno', 0)}: {words}", ast.unparse(tree)


def _change(node: ast.AST) -> str:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITE:
        old, new = type(node.ops[0]), OPPOSITE[type(node.ops[0])]
        node.ops[0] = new()
        return f"{old.__name__} becomes {new.__name__}"
    if isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return f"becomes {type(node.op).__name__}"
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        old_value = node.value
        node.value = old_value + 1 if isinstance(old_value, int) else old_value * 1.25
        return f"{old_value} becomes {node.value}"
    return ""


def noticed(module: str, text: str) -> bool:
    """Whether a test fails when a module reads so."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(
            ROOT / "src" / "evidence", Path(folder) / "evidence", ignore=shutil.ignore_patterns("__pycache__")
        )
        (Path(folder) / "evidence" / "synthesis" / module).write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider", *TESTS]
        environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode != 0


def main() -> None:
    """Print what slipped through, and the share that was noticed."""
    made = [
        (m, *change)
        for m in MODULES
        for change in changes((ROOT / "src/evidence/synthesis" / m).read_text(encoding="utf-8"))
    ]
    if noticed(MODULES[0], (ROOT / "src/evidence/synthesis" / MODULES[0]).read_text(encoding="utf-8")):
        sys.exit("The tests fail without any change: mend that first.")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda item: noticed(item[0], item[2]), made))
    for (module, words, _), caught in zip(made, found, strict=True):
        if not caught:
            print(f"not noticed: {module} {words}")
    print(f"{sum(found)} of {len(made)} changes noticed ({100 * sum(found) / len(made):.0f}%)")


if __name__ == "__main__":
    main()
