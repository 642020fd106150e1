"""What docs/scale.md shows is so: its commands parse, its settings are dask's, its executor grades."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from course_tools import MEAN, RIGHT, grade, reports, write_course, write_students

PAGE = (Path(__file__).parents[1] / "docs" / "scale.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def block(first: str) -> str:
    (found,) = [text for _, text in BLOCKS if text.startswith(first)]
    return found


def keys(tree, above=()):
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from keys(value, (*above, name))
        else:
            yield (*above, name)


def test_every_setting_is_one_that_dask_knows():
    import distributed

    known = set(keys(yaml.safe_load((Path(distributed.__file__).parent / "distributed.yaml").read_text())))
    assert sorted(set(keys(yaml.safe_load(block("# dask.yaml")))) - known) == []


@pytest.mark.parametrize("command", ["scheduler", "worker"])
def test_every_option_is_one_that_dask_has(command):
    lines = [line for _, text in BLOCKS for line in text.splitlines() if f"dask {command} " in line]
    options = {word for line in lines for word in re.findall(r"--[\w-]+", line)}
    done = subprocess.run(
        [Path(sys.executable).with_name("dask"), command, "--help"], capture_output=True, text=True, check=True
    )
    assert options
    assert options <= {*re.findall(r"--[\w-]+", done.stdout)}


def test_the_scripts_are_scripts():
    subprocess.run(["bash", "-n"], input=block("#!/bin/bash"), text=True, check=True)
    ast.parse(block("# slurm.py"))


def test_the_executor_that_is_shown_gives_the_same_grades(tmp_path):
    home = write_course(tmp_path)
    write_students(home / "sums", ada=RIGHT, bob=MEAN)
    (home / "pool.py").write_text(block("# pool.py"))
    where = {"PYTHONPATH": str(home), "GRADEBOUND_CACHE": str(home / "cache")}
    assert grade("sums", "--workers", 1, "--out", "here", cwd=home, timeout=300).returncode == 0
    done = grade("sums", "--engine", "pool:pool", "--out", "there", cwd=home, timeout=300, env={**os.environ, **where})
    assert (done.returncode, done.stderr) == (0, "sums: 2 students × 2 items: 0 kept, 4 to run\n")
    assert reports(home / "there") == reports(home / "here")
