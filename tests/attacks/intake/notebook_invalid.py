"""Hands in notebooks in which every part has the wrong type.

must: ok
harm: neighbour
"""

import json
import pathlib

CELLS = (
    None,
    1,
    "cell",
    [],
    {},
    {"cell_type": []},
    {"cell_type": "code", "source": 7},
    {"cell_type": "code", "source": [[]]},
)
BODIES = (
    b"",
    b"\xff\xfe\0{",
    b"null",
    b"[]",
    b'"cells"',
    b"{}",
    b'{"cells": {}}',
    b'{"cells": 3}',
    b'{"nbformat": "four", "cells": [NaN, Infinity]}',
    b'{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": [1]}]}]}',
    b'{"nbformat": 1, "cells": [{"cell_type": "code", "code": "x", "prompt_number": []}]}',
    b'{"nbformat": -1}',
    b'{"nbformat": true, "cells": []}',
    b'{"cells": [{"cell_type": "markdown", "source": "\\ud800 \\u0000"}]}',
)


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text("def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n")
    (folder / "cells.ipynb").write_text(json.dumps({"nbformat": 4, "metadata": [], "cells": CELLS}))
    for number, body in enumerate(BODIES):
        (folder / f"bad{number}.ipynb").write_bytes(body)
