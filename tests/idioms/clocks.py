# ruff: noqa: UP017
"""time, datetime, zones and a short sleep.

must: ok
"""

import time
from datetime import datetime, timedelta, timezone

START = time.time()


def double(x):
    begin = time.perf_counter(), time.process_time(), time.monotonic_ns()
    time.sleep(0.01)
    assert time.perf_counter() > begin[0]
    print(datetime.now().strftime("%d.%m.%Y"), datetime.now(timezone.utc) + timedelta(hours=1), time.ctime(START))
    print(time.localtime().tm_zone, datetime.now().astimezone())
    return 2 * x
