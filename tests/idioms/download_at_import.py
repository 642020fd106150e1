"""Downloads its data when it is imported.

must: crashed: no network
"""

from urllib.request import urlopen

DATA = urlopen("http://example.org/data.txt", timeout=5).read()


def double(x):
    return 2 * x
