"""Imports go down only, and nothing heavy is imported where it would be waited for."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEVELS = [
    {"model"},
    {"values", "inputs", "places"},
    {"intake", "maths"},
    {"checks", "store"},
    {"rubric", "box"},
    {"grade"},
    {"report"},
    {"gradescope", "formula"},
    {"run"},
    {"cli"},
]


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imports() -> list[tuple[Path, str, str, bool]]:
    found = []
    for path in sorted((ROOT / "grader").rglob("*.py")):
        tree = ast.parse(path.read_text())
        here = path.relative_to(ROOT / "grader").parts[0].removesuffix(".py")
        top = {id(node) for node in tree.body}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.append((path, here, node.module, id(node) in top))
            elif isinstance(node, ast.Import):
                found.extend((path, here, alias.name, id(node) in top) for alias in node.names)
    return found


def test_every_room_has_a_level():
    rooms = {path.stem if path.is_file() else path.name for path in (ROOT / "grader").iterdir()} - {"__pycache__"}
    assert rooms - {"__init__", "py"} == set().union(*LEVELS)


def test_imports_go_down_only():
    level = {name: number for number, names in enumerate(LEVELS) for name in names}
    upward = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path, here, module, _ in imports()
        if module.startswith("grader.")
        and here != "__init__"
        and room(module) != here
        and level[room(module)] >= level[here]
    ]
    assert upward == []


def test_torch_is_imported_only_inside_functions():
    assert [str(path) for path, _, module, top in imports() if top and module.split(".")[0] == "torch"] == []


def test_the_help_loads_nothing_heavy():
    code = "import sys, grader.cli; print(' '.join(sorted(name for name in sys.modules if '.' not in name)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"torch", "numpy", "scipy", "pydantic", "rich", "yaml", "jinja2", "matplotlib", "hypothesis", "nbformat"}
    assert heavy & set(loaded) == set()
