"""What happens in the box stays in the box: each way to end has its status, and the next item is not hurt by it."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from box_tools import GIVEN, QUICK, opened, request

from grader.box.canary import refuse_if_broken
from grader.box.sandbox import Box
from grader.box.zygote import Gate, Zygote
from grader.model import Limits, RefusedError, Work

PRELUDE = "import os, sys, time, signal, ctypes, threading\nimport torch\n"
RIGHT = "\ndef f(x):\n    return x * 2\n"


def ask(zygote, source, name="f"):
    with opened(zygote, PRELUDE + source, wanted=(name,)) as box:
        return box.ask(request(name))


def test_a_function_answers_with_plain_arrays(zygote):
    seen = ask(zygote, RIGHT)
    assert seen.status == "ok"
    assert seen.values["0/out"].tolist() == [2.0, 4.0]
    assert seen.values["0/out"].dtype == np.float32


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        pytest.param("return 1 / 0", "crashed", "homework.py, line 4: ZeroDivisionError: division by zero", id="raise"),
        pytest.param("sys.exit(0)", "crashed", "homework.py, line 4: SystemExit: 0", id="sys-exit"),
        pytest.param(
            "os._exit(0)",
            "crashed",
            "the process ended without an answer: ended by itself (exit status 0)",
            id="silent-exit-0-is-a-crash",
        ),
        pytest.param(
            "ctypes.string_at(0)",
            "crashed",
            "the process ended without an answer: ended by a crash in native code (a segmentation fault or an abort)",
            id="segmentation-fault",
        ),
        pytest.param("os.abort()", "crashed", "ended by a crash in native code (a segmentation fault or an abort)", id="abort"),
        pytest.param("while True: pass", "timeout", "it used more than 1 s of CPU time", id="endless-loop"),
        pytest.param(
            "time.sleep(60)",
            "timeout",
            "it waited for 1 s without computing (for input, a lock, or in sleep)",
            id="sleep",
        ),
        pytest.param(
            "threading.Lock().acquire() and threading.Event().wait()",
            "timeout",
            "it waited for 1 s without computing (for input, a lock, or in sleep)",
            id="deadlock",
        ),
        pytest.param("return input()", "crashed", "homework.py, line 4: EOFError: EOF when reading a line", id="input"),
        pytest.param(
            "return torch.zeros(1).expand(10**10)",
            "crashed",
            "MemoryError: returned 38147 MiB in one array, the limit is 48 MiB",
            id="ten-billion-lazily",
        ),
        pytest.param(
            "return torch.ones(10**10)",
            "crashed",
            "homework.py, line 4: MemoryError: asked for 37.3 GiB, which is more than the memory limit leaves",
            id="ten-billion",
        ),
        pytest.param("def g(): return g()\n    return g()", "crashed", "RecursionError", id="recursion"),
        pytest.param("raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})", "crashed", "E: (its text could not be read)", id="hostile-str"),
        pytest.param("raise ValueError('x' * 10**8)", "crashed", "ValueError: xxx", id="huge-text"),
    ],
)  # fmt: skip
def test_a_bad_end_has_its_status_and_its_sentence(zygote, body, status, detail):
    seen = ask(zygote, f"def f(x):\n    {body}\n")
    assert (seen.status, seen.values) == (status, {})
    assert detail in seen.detail
    assert len(seen.detail) < 600


CREEP = "def f(x):\n    kept = []\n    while True: kept.append(torch.ones(1 << 22))\n"


def test_creeping_memory_is_refused_on_the_student_s_own_line(zygote):
    seen = ask(zygote, CREEP)
    assert seen.status == "crashed"
    assert (
        seen.detail == "homework.py, line 5: MemoryError: asked for 16 MiB, which is more than the memory limit leaves"
    )


def test_memory_beyond_the_item_s_limit_is_stopped_from_outside(zygote):
    generous, small = Limits(20.0, 20.0, 4096), Limits(20.0, 20.0, 64)
    with opened(zygote, PRELUDE + CREEP, limits=generous) as box:
        seen = box.ask(request(limits=small))
    assert (seen.status, seen.detail) == ("memory", "it held more than 64 MiB")


def test_shared_anonymous_memory_is_not_to_be_had(zygote):
    seen = ask(zygote, "import mmap\ndef f(x):\n    mmap.mmap(-1, 1 << 24)\n    return x\n")
    assert "PermissionError" in seen.detail


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param("os.chmod('mine', 0o777)", id="chmod"),
        pytest.param("os.utime('mine', (1, 1))", id="utime"),
        pytest.param("__import__('shutil').copy2('mine', 'copied')", id="copy2"),
    ],
)
def test_metadata_calls_succeed_and_do_nothing(zygote, attempt):
    source = f"def f(x):\n    open('mine', 'w').close()\n    before = os.stat('mine')\n    {attempt}\n"
    source += (
        "    after = os.stat('mine')\n    return x * float(before.st_mode == after.st_mode and after.st_mtime > 1e9)\n"
    )
    assert ask(zygote, source).values["0/out"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("os._exit(0)", id="exit"),
        pytest.param("while True: pass", id="loop"),
        pytest.param("os.kill(os.getppid(), 9)", id="kills-its-parent"),
        pytest.param("torch.Tensor.__mul__ = lambda a, b: a", id="patches-torch"),
        pytest.param("globals()['f'] = None", id="changes-a-global"),
        pytest.param("ctypes.string_at(0)", id="segmentation-fault"),
    ],
)
def test_one_item_leaves_the_others_alone(zygote, body):
    with opened(zygote, f"{PRELUDE}def bad(x):\n    {body}\n{RIGHT}", wanted=("f", "bad")) as box:
        box.ask(request("bad"))
        seen = box.ask(request("f"))
    assert seen.status == "ok"
    assert seen.values["0/out"].tolist() == [2.0, 4.0]


def test_a_missing_function_is_told_with_the_names_there_are(zygote):
    seen = ask(zygote, "def ff(x): return x\ndef other(x): return x\n")
    assert seen.status == "missing"
    assert seen.detail == "no `f` was found; your files define ff, other (did you mean `ff` to be it?)"


def test_a_syntax_error_is_told_with_its_line(zygote):
    seen = ask(zygote, "def f(x:\n")
    assert seen.status == "crashed"
    assert seen.detail == "homework.py can't be imported: line 3: SyntaxError: '(' was never closed"


def test_an_import_that_fails_is_told_for_the_names_it_would_have_defined(zygote):
    seen = ask(zygote, "raise ValueError('no data')\ndef f(x): return x\n")
    assert seen.status == "crashed"
    assert seen.detail == "homework.py can't be imported: line 3: ValueError: no data"


def test_an_import_that_hangs_is_stopped_once_for_all_items(zygote):
    with opened(zygote, "while True: pass\ndef f(x): return x\n") as box:
        first = box.ask(request())
        before = time.process_time()
        second = box.ask(request())
    assert first.status == second.status == "timeout"
    assert first.detail == "while your files were imported it used more than 1 s of CPU time"
    assert time.process_time() - before < 0.5


def test_a_script_beside_the_homework_is_not_run(zygote):
    train = b"while True: pass\n"
    with opened(zygote, "from parts import double\ndef f(x): return double(x)\n", **{"train.py": train, "parts.py": b"def double(x): return 2 * x\n"}) as box:  # fmt: skip
        assert box.ask(request()).values["0/out"].tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    "name", ["random.py", "torch.py", "my homework.py", "über.py", "1.py", "a-b.py", "src/deep/homework.py"]
)
def test_a_file_may_have_any_name(zygote, name):
    with opened(zygote, "import torch\ndef f(x): return torch.add(x, x)\n", name=name) as box:
        assert box.ask(request()).values["0/out"].tolist() == [2.0, 4.0]


def test_a_flood_of_output_is_drained_and_its_beginning_kept(zygote):
    seen = ask(zygote, "def f(x):\n    for _ in range(100000): print('y' * 1000)\n    return x\n")
    assert seen.status == "ok"
    assert seen.printed.startswith("yyy")
    assert len(seen.printed) <= 64 << 10


def test_a_tensor_subclass_can_not_lie_about_its_numbers(zygote):
    source = (
        "class Liar(torch.Tensor):\n"
        "    @classmethod\n"
        "    def __torch_function__(cls, *a, **k): return torch.zeros(2)\n"
        "    def detach(self): return torch.zeros(2)\n"
        "def f(x): return torch.ones(2).as_subclass(Liar)\n"
    )
    assert ask(zygote, source).values["0/out"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param("(n for n in range(3))", "a generator", id="generator"),
        pytest.param("None", "nothing (None)", id="none"),
        pytest.param("torch.nn.Linear(1, 1)", "a Linear", id="module"),
        pytest.param("object", "a type", id="class"),
        pytest.param("'text'", "a str", id="text"),
    ],
)
def test_what_is_no_array_is_told_in_words(zygote, answer, told):
    seen = ask(zygote, f"def f(x): return {answer}\n")
    assert str(seen.values["0/type"]) == told
    assert "0/out" not in seen.values


FORGED = """
import json, struct, gc, socket
def frame(tag, number=1):
    header = json.dumps({"id": number, "tag": tag, "call": {}, "text": {}, "arrays": []}).encode()
    return b"GBD1" + struct.pack("<IQ", len(header), 0) + header
def send(data):
    for fd in range(3, 64):
        try: os.write(fd, data)
        except OSError: pass
"""


@pytest.mark.parametrize("tag", ["lost", "timeout", "memory", "refused", "confined", "loaded"])
def test_a_child_can_not_claim_our_fault(zygote, tag):
    seen = ask(zygote, f"{FORGED}def f(x):\n    send(frame({tag!r}))\n    os._exit(0)\n")
    assert seen.status == "crashed"


def test_a_reply_to_another_request_does_not_count(zygote):
    seen = ask(zygote, f"{FORGED}def f(x):\n    send(frame('ok', 2))\n    os._exit(0)\n")
    assert (seen.status, seen.detail) == ("crashed", "its answer was to another question")


def test_a_reply_sent_while_importing_does_not_make_the_import_right(zygote):
    seen = ask(zygote, f"{FORGED}send(frame('loaded', 0))\nos._exit(0)\ndef f(x): return x\n")
    assert seen.status == "crashed"


def test_code_can_not_claim_that_a_person_has_to_read_it(zygote):
    seen = ask(zygote, f"{FORGED}def f(x):\n    send(frame('unread'))\n    time.sleep(9)\n")
    assert (seen.status, seen.detail) == ("crashed", "its answer could not be read")


def test_many_short_naps_add_up_to_a_long_one(zygote):
    with opened(zygote, PRELUDE + "def f(x):\n    time.sleep(0.2)\n    return x\n") as box, box.hold(QUICK) as held:
        seen = [held(request()).status for _ in range(10)]
    assert seen[0] == "ok"
    assert seen[-1] in ("timeout", "lost")


def test_a_student_process_that_starts_no_item_is_noticed(zygote):
    source = "import gc, grader.box.worker as w\nw.os.fork = lambda: time.sleep(60)\ndef f(x): return x\n"
    with opened(zygote, PRELUDE + source) as box:
        before = time.monotonic()
        seen = box.ask(request())
    assert seen.status in ("timeout", "crashed")
    assert time.monotonic() - before < 20


def test_an_oversized_reply_is_refused_before_it_is_read(zygote):
    seen = ask(zygote, f"{FORGED}def f(x):\n    send(b'GBD1' + struct.pack('<IQ', 10, 1 << 50))\n    time.sleep(9)\n")
    assert seen.status == "crashed"
    assert "it announced 1073741824 MiB, the limit is 64 MiB" in seen.detail


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param("os.fork()", id="fork"),
        pytest.param("os.execv('/bin/true', ['true'])", id="exec"),
        pytest.param("__import__('socket').socket()", id="socket"),
        pytest.param("__import__('socket').socket(17, 3, 0)", id="packet-socket"),
        pytest.param("open('/etc/passwd').read()", id="passwd"),
        pytest.param("os.listdir('/proc')", id="proc"),
        pytest.param("open('/proc/%d/environ' % os.getppid()).read()", id="parent-environ"),
        pytest.param("os.kill(os.getppid(), 9)", id="kill"),
        pytest.param("os.truncate('homework.py', 1)", id="truncate-by-name"),
        pytest.param("__import__('resource').prlimit(os.getppid(), 7)", id="prlimit-of-another"),
        pytest.param("os.setsid()", id="setsid"),
        pytest.param("os.listdir('/tmp')", id="tmp"),
        pytest.param("open('/tmp/planted', 'w')", id="write-tmp"),
        pytest.param("os.listdir(os.path.expanduser('/root'))", id="home"),
        pytest.param("os.symlink('/etc/passwd', 'link')", id="symlink"),
    ],
)
def test_what_a_student_process_must_not_do_it_can_not_do(zygote, attempt):
    seen = ask(zygote, f"def f(x):\n    {attempt}\n    return x\n")
    assert seen.status == "crashed"
    assert any(word in seen.detail for word in ("PermissionError", "Permission denied", "FileNotFoundError"))


def test_the_reference_can_not_be_read_by_the_student_beside_it(zygote, tmp_path):
    secret = tmp_path / "solution.py"
    secret.write_text("ANSWER = 1")
    with opened(zygote, RIGHT, reference=True) as reference:
        assert reference.ask(request()).status == "ok"
        seen = ask(zygote, f"def f(x):\n    open({str(secret)!r}).read()\n    return x\n")
    assert "PermissionError" in seen.detail or "FileNotFoundError" in seen.detail


def test_scratch_files_and_processes_are_gone_afterwards(zygote):
    with opened(zygote, PRELUDE + "def f(x):\n    open('left', 'w').write('x')\n    return x\n") as box:
        assert box.ask(request()).status == "ok"
        student = box._student
        scratch, pid = Path(student._scratch), student.pid
        assert (scratch / "left").exists()
    assert not scratch.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_a_folder_is_removed_whatever_is_in_it(tmp_path):
    from grader.box.zygote import remove

    top = tmp_path / "scratch"
    kept = tmp_path / "kept"
    kept.write_text("not mine")
    (top / "closed").mkdir(parents=True)
    (top / "closed" / "file").write_text("x")
    (top / "link").symlink_to(kept)
    (top / "closed").chmod(0)
    here = os.open(top, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("deeper", dir_fd=here)
        below = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    remove(str(top))
    assert not top.exists()
    assert kept.read_text() == "not mine"


def test_descriptors_do_not_grow_with_students(zygote):
    ask(zygote, RIGHT)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        ask(zygote, RIGHT)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_killed_zygote_is_replaced_and_costs_nobody_a_point():
    with Zygote() as fresh:
        assert ask(fresh, RIGHT).status == "ok"
        with opened(fresh, PRELUDE + RIGHT) as box:
            assert box.ask(request()).status == "ok"
            os.kill(fresh._process.pid, signal.SIGKILL)
            fresh._process.wait()
            assert box.ask(request()).status == "ok"


def test_a_zygote_that_can_not_start_is_our_fault(monkeypatch):
    monkeypatch.setattr("grader.box.zygote.environment", lambda: {"OMP_NUM_THREADS": "x", "PYTHONHASHSEED": "no"})
    with Zygote() as broken:
        seen = ask(broken, RIGHT)
    assert seen.status == "lost"
    assert seen.detail.startswith("the box could not start: ")


def test_sixteen_busy_loops_beside_it_cost_a_right_submission_nothing(zygote):
    loops = [subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) for _ in range(16)]
    try:
        seen = ask(zygote, "def f(x):\n    for _ in range(30000): x = x + 0\n    return x\n")
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    assert (seen.status, seen.detail) == ("ok", "")


def test_alone_means_nobody_else_is_asking():
    gate, order = Gate(), []
    entered = threading.Event()

    def alone():
        entered.set()
        with gate.enter(alone=True):
            order.append("alone")

    with gate.enter():
        thread = threading.Thread(target=alone)
        thread.start()
        entered.wait()
        time.sleep(0.05)
        order.append("other")
    thread.join()
    assert order == ["other", "alone"]


def test_the_canary_finds_the_wall_standing(zygote, tmp_path):
    (tmp_path / "rubric.yaml").write_text("secret")
    layers = refuse_if_broken(zygote, [tmp_path])
    assert (
        "rlimits, uid drop, no new privileges, Landlock" in layers or "rlimits, no new privileges, Landlock" in layers
    )
    assert layers.endswith("seccomp")


def test_the_canary_finds_a_hole(zygote):
    hole = Path(np.__file__).parent  # students may read numpy: as a secret it is open
    with pytest.raises(RefusedError, match="the wall does not hold on this machine: student code reads "):
        refuse_if_broken(zygote, [hole])


def test_written_answers_reach_the_box_without_any_code(zygote):
    from grader.box.sandbox import Request

    with Box(zygote, Work({}, {"c": "The value is 0."}), [], QUICK) as box:
        seen = box.ask(Request("number", {"part": "c", "seed": 1}, {}, QUICK))
    assert seen.status == "ok"


def test_two_requests_of_one_held_item_share_a_process(zygote):
    source = "n = 0\ndef f(x):\n    global n\n    n += 1\n    return x * 0 + n\n"
    with opened(zygote, source) as box:
        with box.hold(QUICK) as held:
            assert held(request()).values["0/out"][0] == 1.0
            assert held(request()).values["0/out"][0] == 2.0
        assert box.ask(request(given=GIVEN)).values["0/out"][0] == 1.0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives students uids")
def test_no_two_zygotes_share_a_uid():
    with Zygote() as first, Zygote() as second:
        taken = {first.uid, second.uid}
        assert len(taken) == 2
        assert not taken & {zygote.uid + 1 for zygote in (first, second)}
