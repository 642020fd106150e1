"""The benchmark of notation that the reader was not written for: what it counts, and what waits for a person."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS = [
    {"text": r"p(x) = \E[q]", "macros": r"\newcommand{\E}{\mathbb{E}}", "judged": {r"p(x) = \mathbb{E}[q]": True}},
    {"text": r"x = 1 \bowtie 2"},
    {"text": "p(x) = 1", "judged": {"another reading": True}},
    {"text": "q(x) = 1", "judged": {"q(x) = 1": False}},
]


def measured(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.derivations.notation", str(folder), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_rows_are_counted_as_read_as_right_and_as_waiting_for_a_person(tmp_path):
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    said = measured(tmp_path, "--list", "unread").stdout
    assert "display rows read                    3/4 = 75.0 %  [30.1, 95.4]" in said
    assert "read with the right meaning          1/4 = 25.0 %  [4.6, 69.9]" in said
    assert "read, and not yet judged by a person 1" in said
    assert "x = 1 \\bowtie 2\n    the command \\bowtie at character 7 is not known" in said


def test_a_folder_without_rows_is_said(tmp_path):
    done = measured(tmp_path)
    assert (done.returncode, done.stderr) == (1, f"no rows are in {tmp_path}\n")
