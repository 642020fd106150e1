"""Hands in modules under the names of everything that the grader itself imports.

must: ok
harm: forged
control: no — the control takes no submissions apart
"""

import pathlib

RIGHT = "import dataclasses\nimport json\n\nimport torch\n\n\ndef double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n"
NAMES = (
    "torch",
    "numpy",
    "json",
    "struct",
    "socket",
    "inspect",
    "random",
    "re",
    "grader",
    "typing",
    "linecache",
    "sitecustomize",
)
EVIL = "raise SystemExit('shadowed')\n"


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text(RIGHT)
    for name in NAMES:
        (folder / f"{name}.py").write_text(EVIL)
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(EVIL)
    (folder / "grader" / "values.py").write_text(EVIL)
    (folder / "conftest.py").write_text(EVIL)
    (folder / "usercustomize.py").write_text(EVIL)
    (folder / "evil.pth").write_text("import os; os._exit(0)\n")
    (folder / "pyproject.toml").write_text("[tool.ruff]\nexclude = ['*']\n")
