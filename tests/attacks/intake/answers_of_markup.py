"""Writes answers that are markup, LaTeX commands and links that run something.

must: ok
harm: forged
control: no — the control takes no submissions apart
"""

import pathlib

TEXT = r"""
# a
<gradebound-forged><script>gradebound_forged()</script>
$$\href{javascript:gradebound_forged()}{x} \input{@COURSE@/reference/wall/token.txt} \immediate\write18{id}$$
[link](javascript:gradebound_forged()) ![](file:///@COURSE@/reference/wall/token.txt)
<!-- --> ]]> {{ 7 * 7 }} =gradebound_forged()
# </h1><gradebound-forged>
## b
"""


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text("def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n")
    (folder / "answers.md").write_text(TEXT)
