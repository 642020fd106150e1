"""Whatever is killed, at whatever moment: the next run goes on, and the grades are those of a calm run.

The long form is `python -m benchmarks.faults`, which docs/scale.md tells the results of.
"""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.faults import disturbed, write_course


@pytest.mark.parametrize(
    ("engine", "deaths"), [pytest.param("local", 3, id="local"), pytest.param("dask", 4, id="dask")]
)
def test_random_deaths_change_no_grade(tmp_path, engine, deaths):
    write_course(tmp_path, 4, busy=0.1)
    counts = disturbed(tmp_path, engine, 900, Random(deaths), pause=6, most=deaths)
    assert counts["rounds"] == 1
