"""What a student hands in becomes a submission and then work; nothing that he hands in is ever an error."""

from __future__ import annotations

import json
import os
import unicodedata
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soon import soon

from grader.intake import discover, folders, homeworks, label, notebooks, read, split_answers
from grader.intake.answers import Answers
from grader.intake.notebooks import Notebook, read_notebook
from grader.model import Submission, UsageError, Work

SAMPLES = Path(__file__).parents[2] / "shared" / "data" / "platform_samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"sample notebooks are not at {SAMPLES}")


def put(root: Path, files: dict[str, bytes | str]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return root


def work(root: Path, files: dict[str, bytes | str]) -> Work:
    (root / "student").mkdir(parents=True)
    put(root / "student", files)
    (submission,) = discover(root)
    return read(submission)


def notebook(*cells: str | tuple[str, str], **keys: Any) -> bytes:
    made = [("code", cell) if isinstance(cell, str) else cell for cell in cells]
    body = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, **keys}
    return json.dumps(body | {"cells": [{"cell_type": kind, "source": source} for kind, source in made]}).encode()


def converted(*cells: str | tuple[str, str]) -> Notebook:
    found = read_notebook(notebook(*cells), "x.ipynb")
    assert isinstance(found, Notebook)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(found.code, "x.py", "exec", dont_inherit=True)
    return found


def kept(*cells: str) -> str:
    """The code that is kept, without the comments that say which cell it is from."""
    lines = converted(*cells).code.decode().split("\n")
    return "\n".join(line for line in lines if line and not line.startswith("# cell"))


# --- discover


def test_one_submission_per_child_folder_by_name(tmp_path: Path) -> None:
    put(tmp_path, {"bob/vae.py": "", "ann/a b/données.csv": "", "ann/vae.py": "", "golden.yaml": "", "README.md": ""})
    assert discover(tmp_path) == [
        Submission("ann", {"a b/données.csv": tmp_path / "ann/a b/données.csv", "vae.py": tmp_path / "ann/vae.py"}),
        Submission("bob", {"vae.py": tmp_path / "bob/vae.py"}),
    ]


@pytest.mark.parametrize("name", ["vae.py", "vae.ipynb", "Answers.md", "answers.txt"])
def test_a_folder_that_holds_work_itself_is_one_submission(tmp_path: Path, name: str) -> None:
    put(tmp_path / "ann", {name: "", "data/x.csv": ""})
    assert [(s.student, sorted(s.files)) for s in discover(tmp_path / "ann")] == [("ann", sorted([name, "data/x.csv"]))]


def test_loose_code_beside_students_is_no_student(tmp_path: Path) -> None:
    put(tmp_path, {"conftest.py": "", "ann/deep/vae.py": ""})
    assert [s.student for s in discover(tmp_path)] == ["ann"]


def test_the_current_folder_has_the_name_that_it_has_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(put(tmp_path / "ann", {"vae.py": ""}))
    assert [s.student for s in discover(Path())] == ["ann"]


def test_litter_and_hidden_files_are_dropped(tmp_path: Path) -> None:
    litter = ["__MACOSX/x.py", "._vae.py", ".DS_Store", ".ipynb_checkpoints/vae.ipynb", "__pycache__/a.pyc", ".git/x"]
    put(tmp_path, {f"ann/{name}": "" for name in [*litter, "vae.py"]} | dict.fromkeys(litter, ""))
    assert [(s.student, list(s.files)) for s in discover(tmp_path)] == [("ann", ["vae.py"])]


def test_a_student_without_files_exists(tmp_path: Path) -> None:
    put(tmp_path, {"ann/vae.py": ""})
    (tmp_path / "empty").mkdir()
    submissions = discover(tmp_path)
    assert submissions[1] == Submission("empty", {})
    assert read(submissions[1]) == Work()


def test_names_are_normalised(tmp_path: Path) -> None:
    put(tmp_path, {unicodedata.normalize("NFD", "josé/é.py"): ""})
    (submission,) = discover(tmp_path)
    assert (submission.student, list(submission.files)) == ("josé", ["é.py"])


def test_files_that_differ_only_in_normal_form_are_both_kept(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "é.csv")
    put(tmp_path, {"ann/é.csv": "1", f"ann/{decomposed}": "2"})
    (submission,) = discover(tmp_path)
    assert sorted(read(submission).sources.values()) == [b"1", b"2"]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        pytest.param(["Ann", "ann"], "two students have the same name: Ann and ann; rename one folder", id="case"),
        pytest.param(["e\u0301", "é"], "two students have the same name: é and é; rename one folder", id="normal form"),
    ],
)
def test_two_students_of_one_name_are_refused(tmp_path: Path, names: list[str], sentence: str) -> None:
    put(tmp_path, {f"{name}/vae.py": "" for name in names})
    with pytest.raises(UsageError) as error:
        discover(tmp_path)
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("files", "path", "sentence"),
    [
        pytest.param({}, "nowhere", "{} does not exist", id="absent"),
        pytest.param(
            {"hw.zip": ""}, "hw.zip", "{} is a file: expected a folder with one folder per student", id="file"
        ),
        pytest.param({}, "", "{} is empty: expected one folder per student", id="empty"),
        pytest.param({".DS_Store": ""}, "", "{} is empty: expected one folder per student", id="only litter"),
        pytest.param(
            {"README.md": ""},
            "",
            "{} holds no student folders: expected one folder per student, or the files of one student "
            "(.py, .ipynb, answers.md)",
            id="no students",
        ),
    ],
)
def test_a_path_without_students_is_explained(tmp_path: Path, files: dict[str, str], path: str, sentence: str) -> None:
    home = put(tmp_path / "x", dict(files))
    home.mkdir(exist_ok=True)
    for ask in (discover, lambda where: homeworks(where, ["vae"]) if path else discover(where)):
        with pytest.raises(UsageError) as error:
            ask(home / path)
        assert str(error.value) == sentence.format(home / path)


def test_a_folder_that_cannot_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"ann/vae.py": "", "bob/vae.py": ""})
    forbid(monkeypatch, tmp_path / "bob")
    with pytest.raises(UsageError) as error:
        discover(tmp_path)
    assert str(error.value) == f"{tmp_path / 'bob'} can't be opened: Permission denied"


def test_a_folder_inside_a_submission_that_cannot_be_opened_is_a_remark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"ann/vae.py": "", "ann/shut/x.py": ""})
    forbid(monkeypatch, tmp_path / "ann" / "shut")
    (submission,) = discover(tmp_path)
    assert read(submission).remarks == ("`shut` is a folder that can not be opened and was left out",)


def forbid(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Denies a folder as the system would; file modes do not stop the superuser that containers run as."""
    scandir = os.scandir

    def denied(path: Any) -> Any:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(folders.os, "scandir", denied)


def test_homeworks_are_the_child_folders_named_like_rubrics(tmp_path: Path) -> None:
    put(tmp_path, {"vae/ann/x.py": "", "gan/ann/x.py": "", "other/ann/x.py": "", "quiz": "", "golden.yaml": ""})
    (tmp_path / "linked").symlink_to(tmp_path / "vae")
    found = homeworks(tmp_path, {"vae", "gan", "quiz", "diffusion", "linked"})
    assert found == {"gan": tmp_path / "gan", "vae": tmp_path / "vae"}
    assert homeworks(tmp_path / "vae", {"vae", "gan"}) == {}


def test_a_class_of_500_is_discovered_soon(tmp_path: Path) -> None:
    put(tmp_path, {f"s{k:03}/{name}": "x" for k in range(500) for name in ("vae.py", "answers.md", "data/x.csv")})
    with soon():
        assert len(discover(tmp_path)) == 500


# --- links and other things that are no files


def test_links_are_never_followed_and_said(tmp_path: Path) -> None:
    put(tmp_path, {"secret/answer.py": "SECRET = 1", "class/ann/vae.py": "x = 1"})
    (tmp_path / "class/ann/stolen.py").symlink_to(tmp_path / "secret/answer.py")
    (tmp_path / "class/ann/folder").symlink_to(tmp_path / "secret")
    (tmp_path / "class/ann/dangling").symlink_to("nowhere")
    (tmp_path / "class/bob").symlink_to(tmp_path / "secret")
    ann, bob = map(read, discover(tmp_path / "class"))
    assert ann.sources == {"vae.py": b"x = 1"}
    assert ann.remarks == tuple(
        f"`{name}` is a symbolic link and was left out; hand in the file itself"
        for name in ("dangling", "folder", "stolen.py")
    )
    assert bob == Work(remarks=("`bob` is a symbolic link and was left out; hand in the file itself",))


def test_the_path_that_was_typed_may_be_a_link(tmp_path: Path) -> None:
    put(tmp_path, {"class/ann/vae.py": "x = 1"})
    (tmp_path / "link").symlink_to(tmp_path / "class/ann")
    (submission,) = discover(tmp_path / "link")
    assert read(submission).sources == {"vae.py": b"x = 1"}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    put(tmp_path, {"ann/vae.py": ""})
    os.mkfifo(tmp_path / "ann" / "pipe.py")
    (submission,) = discover(tmp_path)
    assert read(submission).remarks == ("`pipe.py` is not a regular file and was left out",)


def test_a_file_that_is_gone_is_a_remark(tmp_path: Path) -> None:
    found = read(Submission("ann", {"vae.py": tmp_path / "vae.py", "nul.py": tmp_path / "a\0b"}))
    assert found.remarks == (
        "`nul.py` can't be read and was left out (unusable name)",
        "`vae.py` can't be read and was left out (No such file or directory)",
    )


def test_folders_without_end_are_a_remark(tmp_path: Path) -> None:
    put(tmp_path, {"ann/" + "d/" * 40 + "x.py": "", "ann/vae.py": ""})
    (submission,) = discover(tmp_path)
    assert read(submission).remarks == (f"`{'d/' * 32}d` is a folder that lies too deep and was left out",)


# --- limits


def test_a_huge_file_is_left_out_without_being_read(tmp_path: Path) -> None:
    put(tmp_path, {"ann/vae.py": ""})
    with (tmp_path / "ann" / "figure.bin").open("wb") as file:
        file.truncate(300 << 20)
    (submission,) = discover(tmp_path)
    with soon():
        found = read(submission)
    assert list(found.sources) == ["vae.py"]
    assert found.remarks == ("`figure.bin` has 300 MB and was left out; the limit is 32 MB",)


def test_a_file_just_above_the_limit_never_reads_as_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MAX_FILE", 1 << 20)
    found = work(tmp_path, {"a.bin": bytes(1 << 20), "b.bin": bytes((1 << 20) + 1)})
    assert list(found.sources) == ["a.bin"]
    assert found.remarks == ("`b.bin` has 1.1 MB and was left out; the limit is 1 MB",)


def test_files_above_the_total_are_left_out_in_order_of_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MAX_TOTAL", 3 << 20)
    found = work(tmp_path, {"a.bin": bytes(2 << 20), "b.bin": bytes(2 << 20), "vae.py": "x = 1"})
    assert list(found.sources) == ["a.bin", "vae.py"]
    assert found.remarks == ("`b.bin` has 2 MB and was left out; all files together may have 3 MB",)


def test_more_files_than_the_limit_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MAX_FILES", 3)
    found = work(tmp_path, {f"{k}.py": "" for k in range(5)})
    assert list(found.sources) == ["0.py", "1.py", "2.py"]
    assert found.remarks == ("5 files were handed in; all but the first 3 were left out",)


def test_endless_remarks_are_shortened(tmp_path: Path) -> None:
    found = work(tmp_path, {f"{k}.py": b"\0" for k in range(70)})
    assert len(found.remarks) == 51
    assert found.remarks[-1] == "and 20 more remarks of this kind"


def test_too_much_written_text_is_no_answer_but_still_a_file(tmp_path: Path) -> None:
    found = work(tmp_path, {"answers.md": b"# a\n" + b"x" * (1 << 20)})
    assert list(found.sources) == ["answers.md"]
    assert found.answers == {}
    assert found.remarks == ("`answers.md` has 1.1 MB of text, which is not read as answers; the limit is 1 MB",)


# --- names and encodings


def test_awkward_names_come_out_as_text_that_can_be_written_anywhere(tmp_path: Path) -> None:
    (tmp_path / "ann").mkdir()
    long = "a" * 30 + "…" + "a" * 26 + ".csv"
    for name in (
        b"two words.py",
        b"new\nline.py",
        b"\xe9t\xe9.py",
        b"bell\x07.csv",
        b"bell\x08.csv",
        b"-rf.py",
        "screen\u202fshot.png".encode(),
        b"a" * 240 + b".csv",
    ):
        Path(os.fsdecode(os.fsencode(tmp_path / "ann") + b"/" + name)).write_bytes(b"x = 1")
    (submission,) = discover(tmp_path)
    found = read(submission)
    expected = ["-rf.py", "_t_.py", long, "bell_.csv", "bell__2.csv", "new_line.py", "screen shot.png", "two words.py"]
    assert sorted(found.sources) == expected
    assert "a file whose own name can't be used is handed on as `bell__2.csv`" in found.remarks
    assert len(found.remarks) == 6
    assert all(name.isprintable() and len(name) <= 160 for name in found.sources)
    "".join([*found.sources, *found.remarks]).encode()


def test_a_student_name_that_is_no_text_can_be_shown(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/jos\xe9")).mkdir()
    assert discover(tmp_path) == [Submission("jos_", {})]


LATIN = "# -*- coding: {} -*-\nname = 'é'\n"


@pytest.mark.parametrize(
    ("data", "expected", "remarks"),
    [
        pytest.param(b"x = 1\r\n", b"x = 1\r\n", (), id="passed as it is"),
        pytest.param("x = 'é'".encode(), "x = 'é'".encode(), (), id="UTF-8"),
        pytest.param(b"\xef\xbb\xbfx = 1", b"x = 1", (), id="UTF-8 with a mark"),
        pytest.param("x = 'é'".encode("utf-16"), "x = 'é'".encode(), (), id="UTF-16 with a mark"),
        pytest.param(LATIN.format("latin-1").encode("latin-1"), LATIN.format("utf-8").encode(), (), id="declared"),
        pytest.param(LATIN.format("cp1250").encode("cp1250"), LATIN.format("utf-8").encode(), (), id="code page"),
        pytest.param(LATIN.format("utf-8").encode(), LATIN.format("utf-8").encode(), (), id="declared UTF-8"),
        pytest.param(b"#!/x\n# coding=latin-1\nx='\xe9'", "#!/x\n# coding=utf-8\nx='é'".encode(), (), id="line two"),
        pytest.param(
            "x = 'é…'".encode("cp1252"),
            "x = 'é…'".encode(),
            ("`x.py` is not in UTF-8 and was read as Latin-1; accents may be wrong",),
            id="undeclared",
        ),
        pytest.param(
            b"x = '\x81'",
            "x = '\x81'".encode(),
            ("`x.py` is not in UTF-8 and was read as Latin-1; accents may be wrong",),
            id="no code page either",
        ),
        pytest.param(
            b"x = 1\0",
            b"x = 1\0",
            ("`x.py` holds a NUL byte, which Python can't read: the file may be damaged",),
            id="NUL",
        ),
    ],
)
def test_python_is_handed_on_in_utf8(tmp_path: Path, data: bytes, expected: bytes, remarks: tuple[str, ...]) -> None:
    found = work(tmp_path, {"x.py": data})
    assert found.sources == {"x.py": expected}
    assert found.remarks == remarks


def test_slow_codecs_are_not_used(tmp_path: Path) -> None:
    with soon():
        work(tmp_path, {"x.py": b"# coding: idna\n" + b"\xe9." * 400_000})


def test_data_files_are_sources_byte_for_byte(tmp_path: Path) -> None:
    found = work(tmp_path, {"data/x.npy": b"\xff\xfe\0", "notes.md": b"\xef\xbb\xbf# a"})
    assert found.sources == {"data/x.npy": b"\xff\xfe\0", "notes.md": b"\xef\xbb\xbf# a"}
    assert found.answers == {}


# --- notebooks


@pytest.mark.parametrize(
    "code",
    [
        "import torch.nn as nn",
        "from math import *",
        "def f(x):\n    # a comment\n    return x",
        "@staticmethod\ndef f(): pass",
        "async def f():\n    await g()",
        "class A(list):\n    x = 1\n    y = x",
        "lr, betas = 1e-3, (0.9, 0.999)",
        "x: int = 3",
        "Pair = tuple[int, int]",
        "name = 'é'.upper() + f'{1}'",
        "relu = lambda x: x.clamp(min=0)",
        "squares = [k**2 for k in range(3)]",
        "a = b = 1\na += 2",
        "config = {}\nconfig['lr'] = 1e-3",
        "class A: pass\nA.size = 3",
        "import torch\ndevice = torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
        "import torch as t\ndevice = t.device('cpu')",
        "from torch import nn\nloss = nn.BCELoss(reduction='sum')",
        "import math, numpy as np\nc = 0.5 * np.log(2 * math.pi) + math.sqrt(2)",
        "if 1 > 0:\n    device = 'cpu'\n    print('on', device)\nelse:\n    device = 'cuda'",
        "try:\n    import google.colab\n    colab = True\nexcept ImportError:\n    colab = False",
    ],
)
def test_definitions_are_kept(code: str) -> None:
    assert kept(code) == code


@pytest.mark.parametrize(
    "code",
    [
        "train(3)",
        "x",
        "model = VAE()",
        "x = load('f').to('cpu')",
        "y = 3 + model(1)",
        "for k in range(3): pass",
        "while True: pass",
        "with open('f') as f: x = 1",
        "assert False",
        "del x",
        "await f()",
        "x = await f()",
        "if __name__ == '__main__':\n    main()",
        "if check():\n    x = 1",
        "try:\n    x = f()\nexcept OSError:\n    x = 1",
        "from google.colab import drive\ndrive.mount('/content')",
        "hidden = model.hidden",
        "!pip install torch",
        "%matplotlib inline",
        "files = !ls",
        "get_ipython().system('ls')",
        "%%bash\nx = 1",
        "%%html\n<b>",
    ],
)
def test_all_else_is_dropped_without_a_word(code: str) -> None:
    found = converted(code)
    assert (found.code, found.remarks) == (b"", ())


def test_the_notebooks_own_function_is_not_harmless_by_its_name() -> None:
    assert kept("def sum(x): return x\ny = sum(3)") == "def sum(x): return x"


def test_settings_of_imported_modules_are_not_touched() -> None:
    code = "import torch\ntorch.backends.cudnn.deterministic = True"
    assert kept(code) == "import torch"


def test_each_block_says_which_cell_it_is_from() -> None:
    found = converted("import math\nx = 1; train(); y = 'é'; z = 3", ("markdown", "# a"), "train()", "def f(): pass")
    assert found.code.decode() == "# cell 1\nimport math\nx = 1\ny = 'é'\nz = 3\n\n# cell 4\ndef f(): pass\n"


@pytest.mark.parametrize("magic", ["%%time", "%%timeit -n 1", "%%capture --no-stdout out", "\n%%capture\n%%time"])
def test_a_timed_cell_is_a_cell(magic: str) -> None:
    assert kept(f"{magic}\n%matplotlib inline\ndef f(): pass") == "def f(): pass"


def test_magics_between_definitions_are_dropped() -> None:
    assert kept("!ls {x}\nimport math\n%time train()\nf?\ndef f(): pass") == "import math\ndef f(): pass"


def test_definitions_under_a_foreign_magic_do_not_vanish_silently() -> None:
    assert converted("%%writefile vae.py\ndef f(): pass").remarks == (
        "cell 1 of `x.ipynb` was left out: it is marked `%%writefile`, so it is not read as Python",
    )


@pytest.mark.parametrize(
    ("code", "why"),
    [
        pytest.param("x = 1\ny = = 2", "line 2 is not valid Python (invalid syntax)", id="syntax"),
        pytest.param("x = 1\nbreak", "line 2 is not valid Python ('break' outside loop)", id="does not compile"),
        pytest.param("x = " + "-" * 50_000 + "1", "it is nested too deeply", id="nesting"),
        pytest.param("x = 1 + \0", "line 1 is not valid Python (invalid character '�' (U+FFFD))", id="NUL"),
    ],
)
def test_a_bad_cell_loses_only_itself(code: str, why: str) -> None:
    found = converted("def f(): pass", code, "def g(): pass")
    assert found.code == b"# cell 1\ndef f(): pass\n\n# cell 3\ndef g(): pass\n"
    assert found.remarks == (f"cell 2 of `x.ipynb` was left out: {why}",)


@pytest.mark.parametrize(
    "code",
    ["def f(x, net=model): pass", "@model\ndef f(): pass", "class f(model): pass", "def f(x: model): pass"],
    ids=["default", "decorator", "base", "annotation"],
)
def test_a_definition_that_needs_what_is_dropped_does_not_take_the_others_along(code: str) -> None:
    found = converted(f"model = VAE()\n{code}\ndef g(): return model")
    assert found.code == b"# cell 1\ndef g(): return model\n"
    assert found.remarks == (
        "`f` in cell 1 of `x.ipynb` was left out: its definition needs `model`, which is not run here",
    )


def test_annotations_need_nothing_once_they_are_postponed() -> None:
    found = converted("import math", "from __future__ import annotations\ndef f(x: Unknown): pass")
    assert found.code.decode().startswith("from __future__ import annotations\n\n# cell 1\nimport math\n")
    assert b"def f" in found.code
    assert found.remarks == ()


def test_a_cell_that_fails_defines_nothing() -> None:
    assert kept("x = 1\nbreak", "y = x") == ""


def test_warnings_about_a_students_strings_stay_inside() -> None:
    assert kept(r"x = '\d'") == r"x = '\d'"


def test_too_much_code_and_too_many_cells_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebooks, "MAX_CELLS", 2)
    found = converted("x = 1", "y = '" + "a" * 400_000 + "'", "z = 1")
    assert found.code == b"# cell 1\nx = 1\n"
    assert found.remarks == (
        "`x.ipynb` has 3 cells; those after the first 2 were left out",
        "cell 2 of `x.ipynb` was left out: a notebook's code may have 400,000 characters",
    )


def test_magics_by_the_thousand_cost_no_minute() -> None:
    with soon():
        found = converted("!ls\n" * 20_000)
    assert found.remarks == ("cell 1 of `x.ipynb` was left out: line 1 is not valid Python (invalid syntax)",)


@pytest.mark.parametrize(
    "data",
    [b"", b"no", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"cells": 3}', b'{"nbformat": 3}', b'{"nbformat": 99}'],
)
def test_what_is_no_notebook_is_a_remark(data: bytes, tmp_path: Path) -> None:
    found = work(tmp_path, {"x.ipynb": data})
    assert found.sources == {}
    assert found.remarks == ("`x.ipynb` can't be read as a notebook and was left out; it may be damaged or incomplete",)


def test_damaged_cells_lose_only_themselves() -> None:
    cells = [
        3,
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": 3},
        {"source": ["x = 1\n", 3], "outputs": []},
    ]
    data = b"\xef\xbb\xbf" + json.dumps({"cells": [*cells, {"cell_type": "code", "source": ["y = '\ud800'"]}]}).encode()
    assert read_notebook(data, "x.ipynb") == Notebook(b"# cell 5\nx = 1\n\n# cell 6\ny = '?'\n", ("", ""))


def test_a_notebook_of_version_3_is_upgraded() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Part a"]},
        {"cell_type": "code", "input": ["%pylab\n", "def f(): pass"], "outputs": [], "language": "python"},
    ]
    body = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
    found = read_notebook(json.dumps(body).encode(), "x.ipynb")
    assert found == Notebook(b"# cell 2\ndef f(): pass\n", ("## Part a",))


def test_a_notebook_becomes_a_module_beside_the_others(tmp_path: Path) -> None:
    found = work(
        tmp_path, {"a.ipynb": notebook("x = 1"), "b/c.IPYNB": notebook("y = 1"), "b/c.py": "z", "d_notebook.py": ""}
    )
    assert found.sources == {
        "a.py": b"# cell 1\nx = 1\n",
        "b/c.py": b"z",
        "b/c_notebook.py": b"# cell 1\ny = 1\n",
        "d_notebook.py": b"",
    }
    assert found.remarks == ("`b/c.IPYNB` was read as `b/c_notebook.py`, because `b/c.py` was handed in as well",)


def test_remarks_of_a_notebook_are_remarks_of_the_work(tmp_path: Path) -> None:
    found = work(tmp_path, {"a.ipynb": notebook("def")})
    assert found.remarks == ("cell 1 of `a.ipynb` was left out: line 1 is not valid Python (invalid syntax)",)


@needs_samples
def test_every_sample_notebook_is_read() -> None:
    found = {path: read_notebook(path.read_bytes(), path.name) for path in SAMPLES.rglob("*.ipynb")}
    assert len(found) > 20
    for path, read_ in found.items():
        assert isinstance(read_, Notebook), path
        assert read_.remarks == (), path
        compile(read_.code, path.name, "exec", dont_inherit=True)


@needs_samples
def test_a_sample_of_otter_keeps_its_functions_and_none_of_its_calls() -> None:
    found = read_notebook((SAMPLES / "otter/notebooks/fails1and4.ipynb").read_bytes(), "x.ipynb")
    assert isinstance(found, Notebook)
    for text in (b"import numpy as np", b"def square(x):", b"def negate(x):", b"def fiberator():"):
        assert text in found.code
    for text in (b"matplotlib inline", b"grader", b"negate([])", b"plt.plot"):
        assert text not in found.code


@needs_samples
def test_a_sample_of_nbgrader_has_its_written_answers_under_their_parts(tmp_path: Path) -> None:
    data = (SAMPLES / "nbgrader/submitted/hacker/ps1/problem1.ipynb").read_bytes()
    found = work(tmp_path, {"problem1.ipynb": data})
    assert sorted(found.answers) == ["a", "b", "c", "d", "e"]
    assert found.answers["c"].endswith("$\\sum_{i=1}^n i^2$\n\n---")


# --- labels


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Part c", "c"),
        ("(c)", "c"),
        ("c.", "c"),
        ("c)", "c"),
        ("**c**", "c"),
        ("`c`", "c"),
        ("(d).", "d"),
        ("*1.", "1"),
        ("C:", "c"),
        ("Question 1.a", "1.a"),
        ("Question 2, part (c)", "2.c"),
        ("1. a)", "1.a"),
        ("1a", "1.a"),
        ("1A", "1.a"),
        ("Problem 1 (a)", "1.a"),
        ("1.(a)", "1.a"),
        ("**1. a)**", "1.a"),
        ("Q1.a", "1.a"),
        ("Answer to part c", "c"),
        ("Exercise 3.2", "3.2"),
        ("2.e.i", "2.e.i"),
        ("2.E.II", "2.e.ii"),
        ("(ii)", "ii"),
        ("3.e-KL", "3.e-kl"),
        ("3.e-kl", "3.e-kl"),
        ("Part c-KL:", "c-kl"),
        ("12", "12"),
        ("", None),
        ("Notes", None),
        ("Answer: c", None),
        ("A:", None),
        ("100", None),
        ("p(x)", None),
        ("Part of it", None),
        ("c) True", None),
        ("e.g.", None),
    ],
)
def test_a_label_has_one_spelling(text: str, expected: str | None) -> None:
    assert label(text) == expected


@given(st.text("1 2aeiIvx.()-*:PartKL", max_size=12))
@settings(max_examples=300, deadline=None)
def test_the_label_of_a_label_is_itself(text: str) -> None:
    found = label(text)
    assert found is None or label(found) == found


# --- answers


@pytest.mark.parametrize(
    ("text", "answers", "unplaced"),
    [
        pytest.param("hello\n\n# a\nx\n", {"a": "x"}, "hello", id="before the first part"),
        pytest.param("# a\n  x\n\n\ty\n\n# b\nz", {"a": "  x\n\n\ty", "b": "z"}, "", id="text as it was"),
        pytest.param("# 1 VAE\n## a\nx\n## b\ny\n# 2\n## a\nz", {"1.a": "x", "1.b": "y", "2.a": "z"}, "", id="nested"),
        pytest.param(
            "# 1.\n# h.\nx\n# i.\ny\n# 2.\n# a.\nz", {"1.h": "x", "1.i": "y", "2.a": "z"}, "", id="same level"
        ),
        pytest.param(
            "# 2\n## e\n### i\nx\n### ii\ny\n### iii\nz", {"2.e.i": "x", "2.e.ii": "y", "2.e.iii": "z"}, "", id="roman"
        ),
        pytest.param("# 1.a\nx\n# b\ny", {"1.a": "x", "1.b": "y"}, "", id="number said once"),
        pytest.param("# 1\n## 1.a\nx\n## 2.b\ny", {"1.a": "x", "2.b": "y"}, "", id="full label under another"),
        pytest.param("# Problem 1\n## 2\nx", {"1.2": "x"}, "", id="number under number"),
        pytest.param("# Part a\n## (b)\nx", {"b": "x"}, "", id="letter is no part of a letter"),
        pytest.param("## 1\n# a\nx", {"a": "x"}, "", id="higher heading"),
        pytest.param("# a\nx\n# Notes\ny", {"a": "x\n# Notes\ny"}, "", id="no label"),
        pytest.param("# a\nx\n# b\ny\n# (A)\nz", {"a": "x\n\nz", "b": "y"}, "", id="twice"),
        pytest.param("# a\n```\n# b\n```\n\n    # c\n", {"a": "```\n# b\n```\n\n    # c"}, "", id="code"),
        pytest.param("a)\n---\nx\n\nb)\n===\ny", {"a": "x", "b": "y"}, "", id="underlined"),
        pytest.param("a) it\nfollows\n---\nso", {"a": "it\n\nfollows\n---\nso"}, "", id="underlined by accident"),
        pytest.param("**a)**\nx\n**b**\n\ny\n**Part c:**\nz", {"a": "x", "b": "y", "c": "z"}, "", id="bold"),
        pytest.param("# 1\n**a)**\nx\n*(b)*\ny", {"1.a": "x", "1.b": "y"}, "", id="bold under a heading"),
        pytest.param("**Question 1:** x is 3\n\n**b**: y", {"1": "x is 3", "1.b": "y"}, "", id="bold and text"),
        pytest.param(
            "# a\nwhere\n**x** is bold, **c** too", {"a": "where\n**x** is bold, **c** too"}, "", id="bold words"
        ),
        pytest.param("## Part A (2 points)\nx", {"a": "x"}, "", id="points"),
        pytest.param("## b — KL\nx\n## c - GAN\ny", {"b": "x", "c": "y"}, "", id="dash"),
        pytest.param("## a) KL\nx", {"a": "x"}, "", id="title"),
        pytest.param("## a) True\n## b (1 pt)\n## c: 3", {"a": "True", "c": "3"}, "", id="answer in the heading"),
        pytest.param("# A remark\nx\n# I think\ny", {}, "# A remark\nx\n# I think\ny", id="common words"),
        pytest.param("# Question 6 (5-5-6).\nx", {"6": "x"}, "", id="points of the parts"),
        pytest.param("# 2D convolution\nx\n# 1-2 words\n", {}, "# 2D convolution\nx\n# 1-2 words", id="common numbers"),
        pytest.param("> # a\n> asked\n\nx", {"a": "> asked\n\nx"}, "", id="quoted"),
        pytest.param("# a\r\nx\ry\r\n# b\rz", {"a": "x\ny", "b": "z"}, "", id="line ends"),
        pytest.param("", {}, "", id="nothing"),
    ],
)
def test_text_is_placed_under_its_part(text: str, answers: dict[str, str], unplaced: str) -> None:
    assert split_answers(text) == Answers(answers, unplaced)


HEADINGS = [
    "# 1",
    "## a",
    "### ii",
    "# Part c",
    "**b)**",
    "## Notes",
    "a)\n---",
    "# 2.e-KL",
    "```",
    "> # d",
    "- **e)**",
]


@given(
    st.lists(st.sampled_from(HEADINGS) | st.integers(0, 99).map("word {} of text".format) | st.just(""), max_size=30)
)
@settings(max_examples=300, deadline=None)
def test_no_line_of_text_is_ever_lost(lines: list[str]) -> None:
    split = split_answers("\n".join(lines))
    found = "\n".join([*split.parts.values(), split.unplaced])
    assert sorted(line for line in lines if "word" in line) == sorted(
        line for line in found.split("\n") if "word" in line
    )


@given(st.text(max_size=300) | st.text("#*_()ab1.\n >-`=\t", max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_split_into_labels_and_texts(text: str) -> None:
    answers = split_answers(text).parts
    assert all(label(name) == name and found.strip() for name, found in answers.items())


@given(st.text("#*_()é中:.\n >-+`=~[]\t", max_size=80))
@settings(max_examples=300, deadline=None)
def test_text_without_a_label_stays_as_it_is(text: str) -> None:
    lines = text.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    assert split_answers(text) == Answers({}, "\n".join(lines))


def test_parts_without_end_are_unplaced() -> None:
    found = split_answers("".join(f"# {k}.{n}\nx{k}.{n}\n" for k in range(1, 50) for n in range(1, 50)))
    assert len(found.parts) == 500
    assert found.unplaced.endswith("x49.49")


def test_a_part_stays_open_from_cell_to_cell_and_a_fence_does_not(tmp_path: Path) -> None:
    cells = [
        ("markdown", "# 1"),
        ("markdown", "## a\n```\nopen"),
        "x = 1",
        ("markdown", "more"),
        ("markdown", "## b\ny"),
    ]
    found = work(tmp_path, {"x.ipynb": notebook(*cells)})
    assert found.answers == {"1.a": "```\nopen\n\nmore", "1.b": "y"}


def test_answers_come_from_files_and_notebooks(tmp_path: Path) -> None:
    found = work(
        tmp_path,
        {
            "ANSWERS.md": "hi\n# a\nfile\0",
            "sub/answers.txt": "b)\n---\n\u00e9".encode("latin-1"),
            "x.ipynb": notebook(("markdown", "(not asked)"), ("markdown", "**a)**\ncell")),
            "readme.md": "# c\nno answer",
        },
    )
    assert found.answers == {"a": "file�\n\ncell", "b": "é\n\n(not asked)"}
    assert found.unplaced == "hi"
    assert found.remarks == ("`sub/answers.txt` is not in UTF-8 and was read as Latin-1; accents may be wrong",)


@pytest.mark.parametrize(
    "text", ["> " * 20_000, "- " * 20_000, "[" * 50_000, "**a)**\n" * 10_000, "# 1\n## a\nx\n" * 5_000]
)
def test_hostile_markdown_is_split_in_a_moment(text: str) -> None:
    with soon():
        split_answers(text)


# --- whatever is handed in


PIECES = st.sampled_from(
    [b'{"cells": [', b'{"source": "x = 1"}', b"]}", b"\xff\xfe", b"\xef\xbb\xbf", b"# coding: ", b"\0"]
)


@given(
    name=st.sampled_from(["x.py", "x.ipynb", "answers.md", "x.bin"]), data=st.binary() | st.lists(PIECES).map(b"".join)
)
@settings(max_examples=300, deadline=None)
def test_no_bytes_are_an_error(name: str, data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(data)
    found = read(Submission("ann", {name: path}))
    "".join([*found.answers.values(), found.unplaced, *found.remarks]).encode()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 6)
    | st.sampled_from(["code", "markdown", "x = 1", "%%time\nx", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["cell_type", "source", "input", "cells", "outputs"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("nbformat", "nbformat_minor", "cells", "worksheets"), JSON)))
@settings(max_examples=300, deadline=None)
def test_no_json_is_an_error(body: dict[str, Any]) -> None:
    read_notebook(json.dumps(body).encode(), "x.ipynb")
    read_notebook(json.dumps(body | {"nbformat": 3, "metadata": {}}).encode(), "x.ipynb")


@given(
    st.text()
    | st.lists(st.sampled_from(["%%time", "!ls", "x = 1", "f?", "def f(", "):", "'''", "\\", "await x", ";"])).map(
        "\n".join
    )
)
@settings(max_examples=300, deadline=None)
def test_no_cell_is_an_error(code: str) -> None:
    found = read_notebook(notebook(code, "def last(): pass"), "x.ipynb")
    assert isinstance(found, Notebook)
    assert found.code.endswith(b"def last(): pass\n")
    compile(found.code, "x.py", "exec", dont_inherit=True)
