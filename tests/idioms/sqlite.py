"""A small sqlite database, in memory and in a file.

must: ok
"""

import sqlite3


def double(x):
    for place in (":memory:", "runs.db"):
        with sqlite3.connect(place) as connection:
            connection.execute("create table if not exists runs (factor int)")
            connection.execute("insert into runs values (2)")
            factor = connection.execute("select factor from runs").fetchone()[0]
    return factor * x
