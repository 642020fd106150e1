"""zipfile, tarfile and gzip of files of its own.

must: ok
"""

import gzip
import tarfile
import zipfile
from pathlib import Path


def double(x):
    with gzip.open("a.gz", "wt") as file:
        file.write("2")
    with zipfile.ZipFile("a.zip", "w") as archive:
        archive.writestr("inner/a.txt", "2")
    with zipfile.ZipFile("a.zip") as archive:
        archive.extractall("unzipped")
    with tarfile.open("a.tar.gz", "w:gz") as archive:
        archive.add("unzipped")
    return int(Path("unzipped/inner/a.txt").read_text()) * x
