"""An archive is opened as if it were meant to do harm: one clear line each, nothing outside, memory bounded."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import os
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from course_tools import put
from hypothesis import given, settings
from hypothesis import strategies as st
from soon import soon

from grader.intake import archives, discover, inner, read
from grader.intake.archives import ArchiveError, entries, is_archive, stem, unpacked
from grader.model import Submission, UsageError, Work

MB = 1 << 20
LARGEST = 32 * MB
DOWNLOAD = "; download it again, or unpack it yourself and name the folder"


def zipped(*files: tuple[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of (name, contents), in which a name may be there twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def linked(name: str = "link.py", target: str = "/etc/passwd", mode: int = stat.S_IFLNK) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system = 3
        info.external_attr = (mode | 0o777) << 16
        archive.writestr(info, target)
        archive.writestr("vae.py", "x = 1")
    return buffer.getvalue()


def tarred(*members: tuple[str, bytes | str, bytes], pack: Callable[[bytes], bytes] = bytes) -> bytes:
    """A tar of (name, contents or target, type)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data, kind in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            contents = b""
            if kind == tarfile.REGTYPE:
                contents = data if isinstance(data, bytes) else data.encode()
                info.size = len(contents)
            else:
                info.linkname = str(data)
            archive.addfile(info, io.BytesIO(contents))
    return pack(buffer.getvalue())


def encrypted() -> bytes:
    """A zip whose only entry says that it is encrypted."""
    data = bytearray(zipped(("vae.py", "x = 1")))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


def overlapping() -> bytes:
    """A zip whose second entry uses the bytes of the first."""
    data = bytearray(zipped(("a.py", bytes(1000)), ("b.py", bytes(1000))))
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 4)
    struct.pack_into("<I", data, second + 42, 0)
    return bytes(data)


def longer_than_it_says() -> bytes:
    data = bytearray(zipped(("vae.py", b"x = 1\n" * 100)))
    for at in (22, data.index(b"PK\1\2") + 24):
        struct.pack_into("<I", data, at, 10)
    return bytes(data)


def nested(depth: int) -> bytes:
    data = zipped(("vae.py", "x = 1"))
    for k in range(depth):
        data = zipped((f"{k}.zip", data))
    return data


def opened(tmp_path: Path, data: bytes, name: str = "hw1.zip") -> tuple[dict[str, bytes], list[str]]:
    """What the archive of a class is unpacked to, and what is said; nothing may be written anywhere else."""
    before = set(Path(tempfile.gettempdir()).iterdir())
    with unpacked(put(tmp_path / "in" / name, data), LARGEST) as (folder, said):
        assert set(Path(tempfile.gettempdir()).iterdir()) - before >= {folder.parent}
        assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
        assert [path for path in folder.rglob("*") if path.is_symlink()] == []
        files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert not folder.parent.exists()
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == ["in", f"in/{name}"]
    return files, said


def refused(tmp_path: Path, data: bytes, name: str = "hw1.zip") -> str:
    with pytest.raises(UsageError) as error, unpacked(put(tmp_path / name, data), LARGEST):
        pass
    return str(error.value).removeprefix(f"{tmp_path / name} ")


def handed_in(tmp_path: Path, data: bytes, name: str = "hw1.zip", **more: bytes | str) -> Work:
    """The work of a student who hands in an archive, and other files beside it."""
    put(tmp_path / "class" / "ann" / name, data)
    for file, content in more.items():
        put(tmp_path / "class" / "ann" / file.replace("__", "."), content)
    (submission,) = discover(tmp_path / "class")
    return read(submission)


# --- names that lead out, things that are no files

OUT = "has a name that leads out of the archive and was left out"
LINK = "is a symbolic link and was left out; hand in the file itself"
HOSTILE = [
    pytest.param(zipped(("../x.py", "1"), ("vae.py", "x = 1")), f"`../x.py` {OUT}", id="parent"),
    pytest.param(zipped(("a/../../x.py", "1"), ("vae.py", "x = 1")), f"`a/../../x.py` {OUT}", id="parent-inside"),
    pytest.param(zipped(("/etc/x.py", "1"), ("vae.py", "x = 1")), f"`/etc/x.py` {OUT}", id="absolute"),
    pytest.param(zipped(("..\\x.py", "1"), ("vae.py", "x = 1")), f"`../x.py` {OUT}", id="backslashes"),
    pytest.param(zipped(("C:\\x.py", "1"), ("vae.py", "x = 1")), f"`C:/x.py` {OUT}", id="drive"),
    pytest.param(zipped(("..", "1"), ("vae.py", "x = 1")), f"`..` {OUT}", id="dots-alone"),
    pytest.param(linked(), f"`link.py` {LINK}", id="link"),
    pytest.param(
        linked("pipe.py", "", stat.S_IFIFO), "`pipe.py` is not a regular file and was left out", id="pipe"
    ),
    pytest.param(
        tarred(("../x.py", "1", tarfile.REGTYPE), ("vae.py", "x = 1", tarfile.REGTYPE)), f"`../x.py` {OUT}", id="tar"
    ),
    pytest.param(
        tarred(("/x.py", "1", tarfile.REGTYPE), ("vae.py", "x = 1", tarfile.REGTYPE)), f"`/x.py` {OUT}", id="tar-root"
    ),
    pytest.param(
        tarred(("l.py", "/etc/passwd", tarfile.SYMTYPE), ("vae.py", "x = 1", tarfile.REGTYPE)), f"`l.py` {LINK}", id="tar-link"
    ),
    pytest.param(
        tarred(("h.py", "vae.py", tarfile.LNKTYPE), ("vae.py", "x = 1", tarfile.REGTYPE)), f"`h.py` {LINK}", id="tar-hard-link"
    ),
    pytest.param(
        tarred(("d.py", "", tarfile.CHRTYPE), ("vae.py", "x = 1", tarfile.REGTYPE), pack=gzip.compress),
        "`d.py` is not a regular file and was left out",
        id="tar-device",
    ),
    pytest.param(
        zipped(("d/" * 40 + "x.py", "1"), ("vae.py", "x = 1")),
        f"`{('d/' * 40 + 'x.py')}` lies too deep in folders and was left out",
        id="deep",
    ),
    pytest.param(
        zipped(("d" * 600 + ".py", "1"), ("vae.py", "x = 1")),
        f"`{'d' * 60}…{'d' * 57}.py` has a path that is too long and was left out",
        id="long",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "said"), HOSTILE)
def test_an_entry_that_does_harm_is_left_out_of_a_class_in_one_line(tmp_path: Path, data: bytes, said: str) -> None:
    assert opened(tmp_path, data) == ({"vae.py": b"x = 1"}, [said])


@pytest.mark.parametrize(("data", "said"), HOSTILE)
def test_an_entry_that_does_harm_costs_a_student_that_entry_alone(tmp_path: Path, data: bytes, said: str) -> None:
    work = handed_in(tmp_path, data)
    assert work.sources == {"vae.py": b"x = 1"}
    name, _, what = said.removeprefix("`").partition("` ")
    if "…" in name:
        name = f"{'d' * 22}…{'d' * 27}.py"
    assert work.remarks == (f"`hw1.zip/{name}` {what}",)


# --- archives that are no use as a whole

WHOLE = [
    pytest.param(b"", "is empty", id="empty"),
    pytest.param(b"PK\3\4 and then nothing", "is damaged or no archive (File is not a zip file)", id="no-zip"),
    pytest.param(zipped(("vae.py", "x = 1" * 99))[:-30], "is damaged or no archive (File is not a zip file)", id="truncated"),
    pytest.param(b"x = 1\n" * 200, "is damaged or no archive (invalid header)", id="text"),
    pytest.param(overlapping(), "has entries that overlap, as only a zip bomb has", id="overlapping"),
    pytest.param(
        tarred(("x.bin", os.urandom(MB), tarfile.REGTYPE), pack=gzip.compress)[:MB // 2],
        "is damaged or no archive (Compressed file ended before the end-of-stream marker was reached)",
        id="truncated-gzip",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "said"), WHOLE)
def test_a_class_archive_that_is_broken_is_the_operators_error(tmp_path: Path, data: bytes, said: str) -> None:
    assert refused(tmp_path, data) == said + DOWNLOAD


@pytest.mark.parametrize(("data", "said"), WHOLE)
def test_a_students_broken_archive_is_a_remark(tmp_path: Path, data: bytes, said: str) -> None:
    work = handed_in(tmp_path, data)
    assert work.remarks == (f"`hw1.zip` {said} and could not be opened; nothing in it was read",)
    assert work.sources == {"hw1.zip": data}


def test_a_class_archive_with_a_password_is_the_operators_error(tmp_path: Path) -> None:
    said = "holds nothing that can be used: `vae.py` is protected by a password and was left out"
    assert refused(tmp_path, encrypted()) == said + DOWNLOAD


def test_a_students_archive_with_a_password_is_a_remark(tmp_path: Path) -> None:
    work = handed_in(tmp_path, encrypted())
    assert work == Work(remarks=("`hw1.zip/vae.py` is protected by a password and was left out",))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(longer_than_it_says(), "is damaged (Bad CRC-32 for file 'vae.py') and was left out", id="size"),
        pytest.param(
            zipped(("vae.py", "x = 1"), method=zipfile.ZIP_LZMA),
            "is compressed in a way that can't be read here and was left out",
            id="method",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, data: bytes, said: str) -> None:
    assert refused(tmp_path, data) == f"holds nothing that can be used: `vae.py` {said}{DOWNLOAD}"
    assert handed_in(tmp_path, data) == Work(remarks=(f"`hw1.zip/vae.py` {said}",))


def test_a_damaged_file_costs_a_class_that_file_alone(tmp_path: Path) -> None:
    data = bytearray(zipped(("ann.py", "x = 1"), ("bob.py", "y = 2"), method=zipfile.ZIP_STORED))
    data[data.index(b"y = 2")] = 0
    said = ["`bob.py` is damaged (Bad CRC-32 for file 'bob.py') and was left out"]
    assert opened(tmp_path, bytes(data)) == ({"ann.py": b"x = 1"}, said)


# --- names that are nearly the same


def test_of_a_name_that_is_there_twice_the_last_is_taken(tmp_path: Path) -> None:
    files, said = opened(tmp_path, zipped(("vae.py", "old"), ("./vae.py", "new")))
    assert (files, said) == ({"vae.py": b"new"}, ["`vae.py` is in it twice; the last was taken"])


def test_names_that_differ_in_unicode_form_are_one_name(tmp_path: Path) -> None:
    files, said = opened(tmp_path, zipped((unicodedata.normalize("NFD", "é.py"), "old"), ("é.py", "new")))
    assert (files, said) == ({"é.py": b"new"}, ["`é.py` is in it twice; the last was taken"])


def test_names_that_differ_in_case_are_both_taken_and_said(tmp_path: Path) -> None:
    files, said = opened(tmp_path, zipped(("VAE.py", "1"), ("vae.py", "2")))
    assert files == {"VAE.py": b"1", "vae.py": b"2"}
    assert said == ["`vae.py` differs from `VAE.py` in the case of letters alone; both were taken"]


def test_a_file_where_a_folder_should_be_is_said(tmp_path: Path) -> None:
    files, said = opened(tmp_path, zipped(("a", "file"), ("a/vae.py", "x = 1"), ("b.py", "")))
    assert files == {"a": b"file", "b.py": b""}
    assert said == ["`a/vae.py` has the name of a file that is in the way and was left out"]


def test_a_name_too_long_for_a_disk_is_shortened(tmp_path: Path) -> None:
    files, said = opened(tmp_path, zipped(("é" * 200 + ".py", "x = 1")))
    assert (files, said) == ({"é" * 60 + "….py": b"x = 1"}, [])


def test_names_that_macos_wrote_without_saying_utf8_are_read(tmp_path: Path) -> None:
    data = bytearray(zipped(("josé.py", "x = 1")))
    for at in (6, data.index(b"PK\1\2") + 8):
        struct.pack_into("<H", data, at, 0)
    assert opened(tmp_path, bytes(data))[0] == {"josé.py": b"x = 1"}


def test_litter_is_dropped_without_a_word(tmp_path: Path) -> None:
    litter = [
        "__MACOSX/._vae.py",
        "._vae.py",
        ".DS_Store",
        ".ipynb_checkpoints/vae-checkpoint.ipynb",
        "__pycache__/x.pyc",
        "a/.git/x",
    ]
    assert opened(tmp_path, zipped(*((name, "x") for name in litter), ("vae.py", "x = 1"))) == (
        {"vae.py": b"x = 1"},
        [],
    )


# --- sizes and numbers


def test_a_huge_file_of_a_class_keeps_its_size_and_none_of_its_bytes(tmp_path: Path) -> None:
    path = put(tmp_path / "hw1.zip", zipped(("ann/vae.py", "x = 1"), ("ann/figure.bin", bytes(40 * MB))))
    with unpacked(path, LARGEST) as (folder, said):
        assert (folder / "ann/figure.bin").stat().st_blocks == 0
        (ann,) = map(read, discover(folder))
    assert (list(ann.sources), said) == (["vae.py"], [])
    assert ann.remarks == ("`figure.bin` has 40 MB and was left out; the limit is 32 MB",)


def test_a_class_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "UNSUSPECTED", 2 * MB)
    bomb = zipped(*((f"{k}.csv", bytes(MB)) for k in range(3)))
    assert refused(tmp_path, bomb) == f"unpacks to more than 2 MB{DOWNLOAD}"
    tar = tarred(*((f"{k}.csv", bytes(MB), tarfile.REGTYPE) for k in range(3)), pack=gzip.compress)
    assert refused(tmp_path, tar, "hw1.tar.gz") == f"unpacks to more than 2 MB{DOWNLOAD}"


def test_a_tar_bomb_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inner, "MAX_INSIDE", 4 * MB)
    tar = tarred(("big.bin", bytes(6 * MB), tarfile.REGTYPE), ("vae.py", "x = 1", tarfile.REGTYPE), pack=bz2.compress)
    work = handed_in(tmp_path, tar, "hw1.tar.bz2")
    assert work.remarks == ("`hw1.tar.bz2` unpacks to more than 4 MB and could not be opened; nothing in it was read",)


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 3}))
    said = refused(tmp_path, zipped(("vae.py", "x = 1")))
    assert said.startswith("can't be unpacked into /")
    assert said.endswith(": the disk is full; TMPDIR names a place")


def test_more_entries_than_the_limit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 10)
    data = zipped(*((f"{k}.py", "") for k in range(11)))
    assert refused(tmp_path, data) == f"holds more than 10 files{DOWNLOAD}"
    assert handed_in(tmp_path, data).remarks == (
        "`hw1.zip` holds more than 10 files and could not be opened; nothing in it was read",
    )
    tar = tarred(*((f"{k}.py", "", tarfile.REGTYPE) for k in range(11)))
    assert refused(tmp_path, tar) == f"holds more than 10 files{DOWNLOAD}"


def test_100000_entries_are_taken_and_one_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for k in range(100_000):
            archive.writestr(f"{k}", b"")
    with path.open("rb") as file:
        assert sum(1 for _ in entries(file)) == 100_000
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("one more", b"")
    with path.open("rb") as file, pytest.raises(ArchiveError, match="holds more than 100,000 files"):
        next(entries(file))


def test_nested_archives_are_opened_to_a_small_depth(tmp_path: Path) -> None:
    assert handed_in(tmp_path / "a", nested(2)) == Work({"vae.py": b"x = 1"})
    work = handed_in(tmp_path / "b", nested(5))
    assert work.sources == {}
    assert work.remarks == ("`hw1.zip/4.zip/3.zip/2.zip` lies in too many other archives and was left out",)


def test_an_archive_full_of_archives_ends(tmp_path: Path) -> None:
    leaf = zipped(*((f"{k}.zip", zipped(("x.bin", bytes(MB)), ("vae.py", "x = 1"))) for k in range(16)))
    with soon():
        work = handed_in(tmp_path, zipped(*((f"{k}.zip", leaf) for k in range(16))))
    assert work.sources["vae.py"] == b"x = 1"
    assert sum(map(len, work.sources.values())) <= 64 * MB
    assert len(work.remarks) == 51


FLAT_BOMB = """
import io, sys, zipfile
from pathlib import Path
import resource
from grader.intake import discover, opened, read
folder = Path(sys.argv[1])
(folder / "ann").mkdir(parents=True)
with zipfile.ZipFile(folder / "ann" / "hw1.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    with archive.open("bomb.py", "w", force_zip64=True) as file:
        for _ in range(1200):
            file.write(bytes(1 << 20))
    archive.writestr("vae.py", "x = 1")
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
print(list(read(discover(folder)[0]).sources), *read(discover(folder)[0]).remarks)
with opened(folder / "ann" / "hw1.zip") as top:
    (one,) = discover(top.folder)
    print(list(read(one).sources), *read(one).remarks)
"""


def test_a_flat_bomb_takes_no_memory(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FLAT_BOMB, str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "['vae.py'] `hw1.zip/bomb.py` has 1200 MB and was left out; the limit is 32 MB",
        "['vae.py'] `bomb.py` has 1200 MB and was left out; the limit is 32 MB",
    ]


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME], ids=["attributes", "long name"])
def test_a_header_that_is_a_bomb_is_refused(kind: bytes) -> None:
    info = tarfile.TarInfo("x")
    info.type = kind
    info.size = 1 << 32
    data = info.tobuf(tarfile.GNU_FORMAT) + bytes(MB)
    with pytest.raises(ArchiveError, match=r"has a directory of more than 0\.3 MB, which no honest archive has"):
        list(entries(io.BytesIO(data)))


def test_a_zip_with_a_directory_that_is_a_bomb_is_refused() -> None:
    data = zipped(("vae.py", "x = 1"))
    data += b"PK\1\2" * (7 * MB)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 28 * MB, len(data) - 28 * MB, 0)
    with pytest.raises(ArchiveError, match="has a directory of more than 24 MB, which no honest archive has"):
        list(entries(io.BytesIO(data + end)))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([zipped(("a/vae.py", "x = 1"), ("b.md", "y" * 99)), tarred(("v.py", "x = 1", tarfile.REGTYPE)), linked()]),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=8),
)  # fmt: skip
def test_a_damaged_archive_is_never_more_than_a_sentence(data: bytes, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(data)
    for at, value in changes:
        damaged[at % len(damaged)] = value
    with contextlib.suppress(ArchiveError):  # anything else that is raised fails
        for entry in entries(io.BytesIO(bytes(damaged))):
            assert not entry.name.startswith("/") or entry.why
            assert ".." not in entry.name.split("/") or entry.why
            if not entry.why and entry.size < MB:
                list(entry.pieces())


# --- a student's archive


def test_files_in_an_archive_count_as_if_they_lay_beside_it(tmp_path: Path) -> None:
    inside = zipped(("vae.py", "x = 1"), ("data/x.csv", "1"), ("answers.md", "# a\nBecause.\n"))
    work = handed_in(tmp_path, inside)
    assert sorted(work.sources) == ["answers.md", "data/x.csv", "vae.py"]
    assert (work.answers, work.remarks) == ({"a": "Because."}, ())


@pytest.mark.parametrize("name", ["hw1.tar", "hw1.tar.gz", "HW1.TGZ", "hw1.tar.bz2"])
def test_a_tar_is_opened_as_a_zip_is(tmp_path: Path, name: str) -> None:
    pack = {"tar": bytes, "bz2": bz2.compress}.get(name[-3:], gzip.compress)
    assert handed_in(tmp_path, tarred(("vae.py", "x = 1", tarfile.REGTYPE), pack=pack), name).sources == {
        "vae.py": b"x = 1"
    }


def test_the_folder_around_all_files_is_taken_off(tmp_path: Path) -> None:
    inside = zipped(("hw1/", ""), ("hw1/vae.py", "x = 1"), ("hw1/a/b.csv", ""), ("__MACOSX/hw1/._vae.py", ""))
    assert sorted(handed_in(tmp_path, inside).sources) == ["a/b.csv", "vae.py"]


def test_an_archive_of_data_stays_a_file(tmp_path: Path) -> None:
    data = zipped(("images/1.png", "x"))
    assert handed_in(tmp_path, data, "data.zip", vae__py="x = 1").sources == {"vae.py": b"x = 1", "data.zip": data}


def test_what_lies_beside_an_archive_comes_before_what_is_in_it(tmp_path: Path) -> None:
    work = handed_in(tmp_path, zipped(("vae.py", "x = 1"), ("helper.py", "y = 1")), vae__py="x = 2")
    assert {name: data for name, data in work.sources.items() if name != "hw1.zip"} == {
        "vae.py": b"x = 2",
        "helper.py": b"y = 1",
    }
    assert work.remarks == ("`hw1.zip/vae.py` was left out, because `vae.py` was handed in as well",)


def test_work_comes_before_data_where_there_is_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.intake import folders

    monkeypatch.setattr(folders, "MAX_FILES", 3)
    work = handed_in(tmp_path, zipped(*((f"{k}.png", "") for k in range(5)), ("vae.py", "x = 1")))
    assert sorted(work.sources) == ["0.png", "1.png", "vae.py"]
    assert work.remarks == ("`hw1.zip` holds 6 files; all but 3 were left out",)


@pytest.mark.parametrize("name", ["hw1.rar", "hw1.7z", "hw1.tar.xz"])
def test_an_archive_of_another_kind_is_explained(tmp_path: Path, name: str) -> None:
    work = handed_in(tmp_path, b"Rar!", name)
    assert work.remarks == (f"`{name}` is an archive of a kind that is not opened; a .zip or .tar.gz is",)


def test_a_link_to_an_archive_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "secret.zip", zipped(("vae.py", "x = 1")))
    (tmp_path / "class" / "ann").mkdir(parents=True)
    (tmp_path / "class/ann/hw1.zip").symlink_to(tmp_path / "secret.zip")
    (submission,) = discover(tmp_path / "class")
    assert read(submission) == Work(remarks=("`hw1.zip` is a symbolic link and was left out; hand in the file itself",))


@pytest.mark.parametrize(
    ("name", "what"),
    [("a.tar.gz", "a"), ("b.ZIP", "b"), ("c.docx", ""), ("d.npz", ""), ("x.tgz", "x"), ("zip", ""), (".zip", "")],
)
def test_archives_are_told_by_their_names(name: str, what: str) -> None:
    assert is_archive(name) == bool(what) or name == ".zip"
    assert not what or stem(name) == what


def test_submissions_hold_paths_and_no_bytes(tmp_path: Path) -> None:
    path = put(tmp_path / "class/ann/hw1.zip", zipped(("vae.py", "x = 1")))
    assert discover(tmp_path / "class") == [Submission("ann", {"hw1.zip": path})]
