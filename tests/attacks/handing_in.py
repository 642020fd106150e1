"""Hands in what an attack on the intake makes: its file is no student's, but makes a student's whole folder."""

from __future__ import annotations

from pathlib import Path


def hand_in(source: bytes, name: str, folder: Path) -> None:
    """Runs `make(folder)` of the attack `name`, whose paths are filled in already. The folder is made first."""
    folder.mkdir(parents=True, exist_ok=True)
    namespace: dict[str, object] = {"__name__": name}
    exec(compile(source, f"{name}.py", "exec"), namespace)
    make = namespace["make"]
    assert callable(make), f"{name} has no function make(folder)"
    make(folder)
