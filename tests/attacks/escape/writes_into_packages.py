"""Plants a module where every later Python would import it.

must: crashed
harm: planted
control: no — the control's user may not write there either
"""

import site
import sysconfig
from pathlib import Path


def double(x):
    places = {*site.getsitepackages(), *sysconfig.get_paths().values()}
    refused = 0
    for place in places:
        try:
            Path(place, "@MARK@.pth").write_text("import os\n")
        except OSError:
            refused += 1
    if refused == len(places):
        raise PermissionError("nothing could be planted")
    return 2 * x


def triple(x):
    return 3 * x
