"""The files a scheduler takes: what systemd makes of them, and that they call commands which exist."""

import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_accepts_the_units(tmp_path):
    for path in DEPLOY.glob("evidence*.[st]*"):
        text = path.read_text().replace("User=notebook", "User=root").replace("/srv/notebook", str(tmp_path))
        commands = [line for line in text.splitlines() if line.startswith("ExecStart=")]
        for command in commands:  # the program has to exist where the units are verified
            text = text.replace(command.split()[0], f"ExecStart={shutil.which('true')}")
        (tmp_path / path.name.replace("@.", "@x.")).write_text(text)
    units = sorted(path.name for path in tmp_path.iterdir())
    assert units == ["evidence-failed@x.service", "evidence.service", "evidence.timer"]
    found = subprocess.run(["systemd-analyze", "verify", *(tmp_path / unit for unit in units)],
                           capture_output=True, text=True, check=False)  # fmt: skip
    assert (found.returncode, found.stderr) == (0, "")


def test_every_schedule_calls_the_same_command():
    assert ".venv/bin/evidence run" in (DEPLOY / "evidence.cron").read_text().splitlines()[-1]
    assert "ExecStart=/srv/notebook/.venv/bin/evidence run\n" in (DEPLOY / "evidence.service").read_text()


def test_the_cron_line_has_no_percent_sign_which_cron_takes_for_the_end_of_a_line():
    assert "%" not in (DEPLOY / "evidence.cron").read_text().splitlines()[-1]
