"""The attacks, as their files' headers tell them.

An attack is one student's file, `<category>/<name>.py`. Its first lines say in one sentence what it does, and then

    must: crashed | ok     what item "a" must get: ok, wrong, crashed, missing, timeout or memory
    harm: token            what it would do if nothing held it, see `HARMS`
    then: ok               what item "b" must get; without this line it may get anything but a person's look
    control: no — reason   why it is not run without the wall; `control: yes` runs one of `resources` there too

In `intake`, a file with a function `make(folder)` is no student's file: `make` writes what he hands in.
A file `_name.py` is no attack but a helper, which is handed in together with each attack of its folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CATEGORIES = ("read", "tamper", "wire", "resources", "escape", "wrong", "intake")
ENDS = frozenset({"ok", "wrong", "crashed", "missing", "timeout", "memory"})
HARMS = {
    "token": "what only the grader knows is in what the student's process said, or was sent away",
    "planted": "a file lies where the student may not write, or one of the course's is changed",
    "forged": "an item has credit that no right answer earned, or a results file is not the grader's",
    "neighbour": "another student's grade changes, or the run does not end as it should",
    "stall": "it keeps the class waiting far beyond its limits",
    "left": "processes or files are there when the run is over",
    "none": "nothing: an honest fault, where only the verdict counts",
}
SHOWN_BY_CONTROL = frozenset({"token", "planted", "forged", "stall", "left"})
_LINE = re.compile(r"^#? ?(must|harm|then|control): *(.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class Attack:
    """One file of the corpus. `control` is the reason why it does no harm without the wall; empty if it must."""

    category: str
    name: str
    path: Path
    what: str
    must: frozenset[str]
    harm: str
    then: frozenset[str]
    control: str

    @property
    def id(self) -> str:
        return f"{self.category}/{self.name}"


def attacks(*names: str) -> list[Attack]:
    """All attacks in order, or those of the given categories and ids."""
    found = [
        attack_of(category, path)
        for category in CATEGORIES
        for path in sorted((HERE / category).glob("*.py"))
        if not path.name.startswith("_")
    ]
    return [attack for attack in found if not names or attack.category in names or attack.id in names]


def helpers(category: str) -> list[Path]:
    """The files that are handed in beside every attack of a category."""
    return sorted((HERE / category).glob("_*.py"))


def attack_of(category: str, path: Path) -> Attack:
    """What the header of a file says. Raises ValueError for a header that is not one."""
    text = path.read_bytes()[:4000].decode("utf-8", "replace")
    told = dict(_LINE.findall(text))
    must, then = (frozenset(re.split(r" *\| *", told[key])) if key in told else frozenset() for key in ("must", "then"))
    if not must or not (must | then) <= ENDS or told.get("harm") not in HARMS:
        raise ValueError(f"{path}: `must:` needs some of {sorted(ENDS)}, `harm:` one of {list(HARMS)}; read {told}")
    what = text.partition("\n")[0].strip("\ufeff#\"'r ")
    return Attack(category, path.stem, path, what, must, told["harm"], then, _excuse(category, told, path))


def _excuse(category: str, told: dict[str, str], path: Path) -> str:
    control = told.get("control", "")
    if control.startswith("no"):
        reason = control[2:].strip(" —-:")
        if not reason:
            raise ValueError(f"{path}: `control: no` needs its reason")
        return reason
    if told["harm"] not in SHOWN_BY_CONTROL:
        return f"the control can't show the harm `{told['harm']}`"
    if category == "resources" and control != "yes":
        return "would harm the machine"
    return ""
