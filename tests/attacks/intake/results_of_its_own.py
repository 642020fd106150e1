"""Hands in what looks like results: a grade, a report, reviews, and an observation under every name that is used.

must: wrong
harm: forged
control: no — the control takes no submissions apart
"""

import json
import pathlib


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text("def double(x):\n    return x + 1\n\n\ndef triple(x):\n    return 3 * x\n")
    outcome = {"credit": 1.0, "sentence": "agrees", "note": "", "evidence": []}
    grade = {"student": folder.name, "work": "", "remarks": [], "printed": {}, "outcomes": {"a": outcome, "b": outcome}}
    (folder / "grade.json").write_text(json.dumps(grade))
    (folder / "results.json").write_text(json.dumps({"score": 100}))
    review = {"student": folder.name, "item": "a", "credit": 1, "comment": "", "by": "me", "at": "now"}
    (folder / "reviews.jsonl").write_text(json.dumps(review) + "\n")
    (folder / "wall.yaml").write_text("homework: wall\n")
