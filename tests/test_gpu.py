"""Training on a GPU, as far as a machine without one can tell: a made-up GPU, whose processes compute on the CPU."""

import fcntl
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from box_tools import GIVEN, call, opened
from soon import soon
from test_training_items import ITEM, LOSS, Desk

from grader import calibrate, trained
from grader.box import device, doctor, gpu, shims
from grader.box.calls import ALLOWED, JUDGED, NEWEST, NVIDIA, NVIDIA_UVM
from grader.box.canary import OPEN_WITH_GPU, attacked
from grader.box.confine import ALLOW, ARCHITECTURES, program
from grader.box.gpu import Gpu, Held, Meter
from grader.box.sandbox import Box, Request
from grader.box.zygote import Zygote
from grader.checks.training import Training, on_gpu
from grader.model import BoxError, Expected, Fact, Item, Limits, Question, Rubric, UsageError, Work
from grader.trained import calibration, devices, gates_name, setting, trainable
from grader.training.gates import Calibration, Setting, dump, gate, measured

MADE_UP = Gpu(997, "Made up 1", "0000:00:00.0")
LIMITS = Limits(cpu_seconds=5.0, idle_seconds=1.0, memory_mb=512)


@pytest.fixture(scope="module")
def started() -> Iterator[Zygote]:
    with Zygote() as zygote:
        yield zygote


@pytest.fixture
def zygote(started: Zygote, monkeypatch, tmp_path) -> Zygote:
    monkeypatch.setattr(gpu, "present", lambda: (MADE_UP,))
    monkeypatch.setattr(gpu, "TURNS", tmp_path)
    return started


def request(name="f", limits=LIMITS, on=MADE_UP.name):
    return Request("close", call(name) | ({"gpu": on} if on else {}), GIVEN, limits)


# ---- what is there


def driver(root: Path, *gpus: tuple[int, str, str]) -> Path:
    (root / "dev").mkdir()
    for minor, model, uuid in gpus:
        folder = root / f"proc/driver/nvidia/gpus/0000:{minor:02x}:00.0"
        folder.mkdir(parents=True)
        about = f"Model: \t\t {model}\nGPU UUID: \t {uuid}\nBus Type: \t PCIe\nDevice Minor: \t {minor}\n"
        (folder / "information").write_text(about)
        (root / f"dev/nvidia{minor}").touch()
    return root


def test_gpus_are_read_from_the_driver_s_files(tmp_path):
    uuid = "GPU-01234567-89ab-cdef-0123-456789abcdef"
    root = driver(tmp_path, (1, "NVIDIA H200", uuid), (0, "Tesla T4", "GPU-????????-????"))
    first, second = gpu.present(root)
    assert (first.minor, first.name, first.bus, first.uuid) == (0, "Tesla T4", "0000:00:00.0", "")
    assert (second.node, second.uuid) == ("/dev/nvidia1", uuid)
    assert gpu.environment(second)["CUDA_VISIBLE_DEVICES"] == uuid
    assert gpu.environment(first)["CUDA_VISIBLE_DEVICES"] == "0"


def test_a_gpu_without_its_device_file_is_none(tmp_path):
    root = driver(tmp_path, (0, "NVIDIA H200", ""))
    (root / "dev/nvidia0").unlink()
    assert gpu.present(root) == ()
    assert gpu.present(tmp_path / "no-driver") == ()


@pytest.mark.parametrize(
    ("text", "release"),
    [
        pytest.param("cuda: Optional[str] = '12.8'\nhip: Optional[str] = None\n", "12.8", id="cuda"),
        pytest.param("cuda = '13.0'\n", "13.0", id="untyped"),
        pytest.param("cuda: Optional[str] = None\nhip: Optional[str] = '6.1'\n", "", id="cpu"),
        pytest.param("", "", id="empty"),
    ],
)
def test_whether_torch_has_cuda_is_read_as_text(tmp_path, monkeypatch, text, release):
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch/__init__.py").write_text("raise AssertionError('it was imported')")
    (tmp_path / "torch/version.py").write_text(text)
    code = "from grader.box.device import cuda_build; print(repr(cuda_build()))"
    found = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True)  # fmt: skip
    assert found.stdout.strip() == repr(release)


H200 = Gpu(0, "NVIDIA H200", "0000:3b:00.0")
BEHIND = "NVIDIA H200 is there, but "


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"present": ()}, "there is no NVIDIA GPU on this machine", id="none"),
        pytest.param({"cuda": ""}, f"{BEHIND}the installed torch is built for the CPU only", id="cpu-build"),
        pytest.param({"abi": 0}, f"{BEHIND}without Landlock a student's process can't be kept to it", id="no-landlock"),
        pytest.param(
            {"reader": None},
            f"{BEHIND}neither nvidia-ml-py nor nvidia-smi tells how much of its memory is used",
            id="no-meter",
        ),
        pytest.param(
            {"tried": "CUDA does not start behind the wall"},
            f"{BEHIND}a trial inside the wall failed: CUDA does not start behind the wall",
            id="trial",
        ),
        pytest.param({}, "", id="usable"),
    ],
)
def test_why_a_gpu_is_not_used_is_one_sentence(monkeypatch, changed, why):
    told = {"present": (H200,), "cuda": "12.8", "abi": 5, "reader": lambda: Held(0), "tried": ""} | changed
    monkeypatch.setattr(gpu, "present", lambda: told["present"])
    monkeypatch.setattr(gpu, "reader", lambda _: told["reader"])
    monkeypatch.setattr(device, "cuda_build", lambda: told["cuda"])
    monkeypatch.setattr(device.confine, "abi", lambda: told["abi"])
    monkeypatch.setattr(device, "tried", lambda _: told["tried"])
    assert device.usable() == ("" if why else "NVIDIA H200", why)


def test_the_doctor_says_whether_a_gpu_can_be_used(monkeypatch):
    monkeypatch.setattr(doctor, "usable", lambda: ("NVIDIA H200", ""))
    assert ("GPU", "NVIDIA H200; training items can use it") in doctor.machine()
    monkeypatch.setattr(doctor, "usable", lambda: ("", "there is no NVIDIA GPU on this machine"))
    assert ("GPU", "training items use the CPU: there is no NVIDIA GPU on this machine") in doctor.machine()


def test_a_gpu_on_which_the_trial_fails_is_not_used(zygote, monkeypatch):
    monkeypatch.setattr(gpu, "reader", lambda _: lambda: Held(0))
    monkeypatch.setattr(device, "cuda_build", lambda: "12.8")
    monkeypatch.setattr(device, "Zygote", lambda: nullcontext(zygote))
    device.tried.cache_clear()
    try:
        name, why = device.usable()
    finally:
        device.tried.cache_clear()
    assert name == ""
    assert why == "Made up 1 is there, but a trial inside the wall failed: trial.py, line 5: AssertionError"


# ---- the wall


def verdict(steps, number, *arguments) -> int:
    """What the kernel would do with a system call: the program is run as the kernel's BPF runs it."""
    audit = next(audit for machine, (_, audit) in ARCHITECTURES.items() if machine == os.uname().machine)
    data = {0: number, 4: audit} | {16 + 8 * k: value & 0xFFFFFFFF for k, value in enumerate(arguments)}
    at = held = 0
    while True:
        code, true, false, value = steps[at]
        at += 1
        match code:
            case 0x20:
                held = data.get(value, 0)
            case 0x54:
                held &= value
            case 0x15:
                at += true if held == value else false
            case 0x35:
                at += true if held >= value else false
            case 0x06:
                return value


ORDINARY, ON_GPU = program(threads_only=False), program(threads_only=False, gpu=True)
WHICH = ARCHITECTURES[os.uname().machine][0]
IOCTL, MMAP, MEMFD = (JUDGED[name][WHICH] for name in ("ioctl", "mmap", "memfd_create"))


def differing(number, argument, values):
    """The values of one argument with which the two filters do not agree; each must then be allowed with a GPU only."""
    found = set()
    for value in values:
        arguments = [0, 0, 0, 0]
        arguments[argument] = value
        without, within = (verdict(steps, number, *arguments) for steps in (ORDINARY, ON_GPU))
        if without != within:
            assert without != ALLOW == within
            found.add(value)
    return found


def test_a_gpu_opens_three_system_calls_a_little_and_no_other():
    changed = {number for number in range(NEWEST + 3) if differing(number, 3, (0, 0x21))}
    assert changed == {MMAP, MEMFD}  # ioctl is looked at below
    assert differing(MMAP, 3, range(0x40)) == {flags for flags in range(0x40) if flags & 0x20 and flags & 1}
    assert differing(MEMFD, 1, range(16)) == {flags for flags in range(16) if not flags & 4}
    assert all(verdict(ORDINARY, numbers[WHICH]) == ALLOW for numbers in ALLOWED.values() if numbers[WHICH] is not None)


def test_a_gpu_opens_exactly_cuda_s_requests():
    whole = {0xC0000000 | 0x200000 | request for request in NVIDIA}  # as they are made: read and write, with a size
    asked = {*range(0x80), *range(0x4600, 0x4700), *range(0x5400, 0x5500), *range(0x30000000, 0x30000010), *whole}
    assert differing(IOCTL, 1, asked) == {*NVIDIA, *NVIDIA_UVM, *whole}
    tools = {62, 63}  # to read and write the memory of another process
    assert not tools & differing(IOCTL, 1, asked)


OPENED = """
import fcntl, os, sys
from grader.box import confine
from grader.box.confine import Wall
confine.SHARED_NODES = ("/dev/full",)  # stands in for the driver's device files
confine._prctl(confine.PR_SET_NO_NEW_PRIVS, 1)
gpu = None if sys.argv[1] == "none" else 997
confine._landlock(Wall(("/usr",), sys.argv[2], None, 64, 1, 1, gpu=gpu), confine.abi())
def tried(do):
    try:
        do()
    except OSError as error:
        return error.strerror
    return "open"
print(tried(lambda: os.close(os.open("/dev/full", os.O_RDWR))))
print(tried(lambda: fcntl.ioctl(os.open("/dev/full", os.O_RDWR), 0x4621)))
print(tried(lambda: open(f"/proc/self/task/{os.getpid()}/comm", "r+").write("x")))
print(tried(lambda: open("/proc/self/maps").read()))
print(tried(lambda: open("/proc/self/environ").read()))
print(tried(lambda: open("/dev/tty", "r+")))
"""


def test_device_files_and_thread_names_are_open_to_a_process_on_a_gpu_only(tmp_path):
    def opened_to(which):
        made = subprocess.run([sys.executable, "-c", OPENED, which, tmp_path], capture_output=True, text=True, check=True)  # fmt: skip
        return made.stdout.splitlines()

    no = "Permission denied"
    assert opened_to("none") == [no] * 6
    # A device that does not know the request says so itself: Landlock has let it through.
    assert opened_to("one") == ["open", "Inappropriate ioctl for device", "open", "open", no, no]


WHERE = """
import os, threading
import torch
IMPORTED = os.getpid()
def told(x):
    names = ("CUDA_VISIBLE_DEVICES", "CUBLAS_WORKSPACE_CONFIG", "PYTORCH_NVML_BASED_CUDA_CHECK")
    print([os.environ.get(name) for name in names], torch.cuda.is_initialized(), os.getpid() == IMPORTED)
    return x
def named(x):
    with open(f"/proc/self/task/{threading.get_native_id()}/comm", "r+") as name:
        name.write("cuda-EvtHandlr")
    return x
def shared(x):
    import mmap
    mmap.mmap(-1, 4096).close()
    os.close(os.memfd_create("cuda"))
    return x
def drawn(x):
    with torch.device("meta"):
        return torch.randperm(2, generator=torch.Generator()) * 0 + x
"""


def test_only_a_process_on_a_gpu_sees_one_and_it_is_not_forked_after_the_import(zygote):
    with opened(zygote, WHERE, wanted=("told",), limits=LIMITS) as box:
        seen = [box.ask(request("told", on=on)).printed.strip() for on in ("", MADE_UP.name, "")]
    ordinary = "['', None, '1'] False False"
    assert seen == [ordinary, "['0', ':4096:8', '0'] False True", ordinary]


@pytest.mark.parametrize("name", ["named", "shared", "drawn"])
def test_what_cuda_and_torch_need_works_in_a_process_on_a_gpu_and_in_no_other(zygote, name):
    with opened(zygote, WHERE, wanted=(name,), limits=LIMITS) as box:
        on, off = (box.ask(request(name, on=on)) for on in (MADE_UP.name, ""))
    assert (on.status, on.detail, on.values["0/out"].tolist()) == ("ok", "", [1.0, 2.0])
    assert off.status == "crashed" or str(off.values["0/error"])


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param("os.fork()", id="fork"),
        pytest.param("open('/etc/passwd').read()", id="passwd"),
        pytest.param("open(f'/proc/self/task/{os.getpid()}/root/etc/passwd').read()", id="root-of-a-thread"),
        pytest.param("open('/proc/self/oom_score_adj', 'w').write('0')", id="out-of-memory-score"),
        pytest.param("open(f'/proc/self/task/{os.getpid()}/oom_score_adj', 'w').write('0')", id="that-of-a-thread"),
        pytest.param("open('/proc/%d/task/%d/comm' % (os.getppid(), os.getppid()), 'w').write('x')", id="name-of-its-parent"),
        pytest.param("open('/proc/%d/maps' % os.getppid()).read()", id="parent-maps"),
        pytest.param("os.listdir('/proc')", id="proc"),
        pytest.param("os.listdir('/dev')", id="dev"),
        pytest.param("__import__('socket').socket()", id="socket"),
    ],
)  # fmt: skip
def test_what_a_process_on_a_gpu_must_not_do_it_can_not_do(zygote, attempt):
    with opened(zygote, f"import os\ndef f(x):\n    {attempt}\n    return x\n", limits=LIMITS) as box:
        seen = box.ask(request())
    assert seen.status == "crashed"
    assert any(word in seen.detail for word in ("PermissionError", "Permission denied", "FileNotFoundError"))


def test_a_process_on_a_gpu_is_gone_when_it_has_answered(zygote):
    with opened(
        zygote, "import os\ndef f(x):\n    print(os.getpid(), os.getcwd())\n    return x\n", limits=LIMITS
    ) as box:
        pids = []
        for _ in range(2):
            _, folder = box.ask(request()).printed.split()
            pids.append(folder)
            assert not Path(folder).exists()
    assert len(set(pids)) == 2


def test_a_crash_on_a_gpu_costs_only_that_answer(zygote):
    with opened(
        zygote, "import os\ndef f(x): return x * 2\ndef g(x): os.abort()\n", wanted=("f", "g"), limits=LIMITS
    ) as box:
        seen = box.ask(request("g"))
        assert (seen.status, seen.detail) == (
            "crashed",
            "the process ended without an answer: its processes were ended",
        )
        assert box.ask(request("f")).values["0/out"].tolist() == [2.0, 4.0]


def test_a_gpu_that_has_gone_is_nobody_s_fault(zygote):
    with opened(zygote, "def f(x): return x\n", limits=LIMITS) as box:
        seen = box.ask(request(on="NVIDIA H200"))
    assert (seen.status, seen.detail) == ("lost", "there is no NVIDIA H200 on this machine any more")


def test_the_zygote_for_gpus_runs_no_backward_pass(monkeypatch):
    import torch

    from grader.box.worker import warm_up

    monkeypatch.setattr(torch.Tensor, "backward", lambda _: pytest.fail("a backward pass counts the GPUs for good"))
    threads = torch.get_num_threads()
    warm_up(backward=False)
    torch.set_num_threads(threads)
    assert not torch.cuda.is_initialized()


def test_a_canary_on_a_gpu_can_do_no_more_than_cuda_needs(zygote, monkeypatch):
    assert device.holes(zygote, MADE_UP.name) == ""
    _, probes = attacked(zygote, (), gpu=MADE_UP.name)
    assert {probe.attempt for probe in probes if not probe.held} == set(OPEN_WITH_GPU)
    monkeypatch.setattr(device, "OPEN_WITH_GPU", ())
    assert device.holes(zygote, MADE_UP.name) == (
        "the wall does not hold there: student code shares uncounted memory; makes an anonymous file"
    )


# ---- turns

TURN = """
import sys, time
from pathlib import Path
from grader.box.gpu import Gpu, turn
gpus = [Gpu(int(minor), "Made up", "") for minor in sys.argv[2].split(",")]
with turn(gpus, lambda: False, Path(sys.argv[1])) as mine:
    print("mine", mine.minor, flush=True)
    sys.stdin.readline()
"""


@contextmanager
def waiting(folder: Path, minors: str) -> Iterator[subprocess.Popen]:
    """A process that waits for a turn, says so when it has one, and gives it back at the end of its input."""
    command = [sys.executable, "-c", TURN, str(folder), minors]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for end in (process.stdin, process.stdout):
            end.close()


def told(process: subprocess.Popen, seconds: float) -> str:
    return process.stdout.readline() if select.select([process.stdout], [], [], seconds)[0] else ""


@pytest.mark.parametrize("end", ["done", "killed"])
def test_one_process_at_a_time_has_a_gpu(tmp_path, end):
    with waiting(tmp_path, "997") as first:
        assert told(first, 60) == "mine 997\n"
        with waiting(tmp_path, "997,998") as second, waiting(tmp_path, "997") as third:
            assert told(second, 60) == "mine 998\n"  # the other one is free
            assert told(third, 0.3) == ""
            if end == "killed":
                first.kill()
            else:
                first.stdin.close()
            assert told(third, 60) == "mine 997\n"


def test_whoever_is_ended_while_it_waits_has_no_turn(tmp_path):
    held = gpu.turn((MADE_UP,), lambda: False, tmp_path)
    with held, pytest.raises(BoxError, match=r"^the run was ended$"), gpu.turn((MADE_UP,), lambda: True, tmp_path):
        pass


def test_a_lock_that_can_t_be_had_is_our_fault(tmp_path):
    (tmp_path / "gradebound-gpu-997.lock").symlink_to("/etc/passwd")
    with pytest.raises(BoxError, match=r"^the turns on the GPU can't be kept in .*gpu-997.lock: "), gpu.turn((MADE_UP,), lambda: False, tmp_path):  # fmt: skip
        pass


def test_waiting_for_a_gpu_is_nobody_s_time(zygote, tmp_path):
    with opened(zygote, "def f(x): return x\n", limits=LIMITS) as box:
        box.ask(request())
        file = os.open(tmp_path / "gradebound-gpu-997.lock", os.O_RDONLY)
        fcntl.flock(file, fcntl.LOCK_EX)
        release = threading.Timer(2 * LIMITS.idle_seconds, lambda: os.close(file))
        release.start()
        seen = box.ask(request())
        assert not release.is_alive()
    assert (seen.status, seen.detail) == ("ok", "")


# ---- memory and hangs


@pytest.mark.parametrize(
    ("first", "now", "held"),
    [
        pytest.param(Held(100), Held(350), 250, id="all-that-came"),
        pytest.param(Held(100), Held(50), 0, id="others-have-ended"),
        pytest.param(Held(100, {7: 100}), Held(900, {7: 100, 42: 300}), 300, id="the-process-s-own"),
        pytest.param(Held(100, {7: 100}), Held(900, {7: 900}), 0, id="another-s"),
        pytest.param(Held(100, {7: 100}), Held(900, {7: 100, 4242: 800}), 800, id="known-by-another-number"),
    ],
)
def test_memory_of_a_gpu_is_the_process_s_where_the_driver_says_so(first, now, held):
    said = iter([first, *[now] * 1000])
    with Meter(lambda: next(said)) as meter:
        with soon():
            while meter._now != now:
                time.sleep(0.01)
        assert meter.held(42) == held
    assert meter.peak == max(0, now.total - first.total)


def test_too_much_memory_of_a_gpu_is_seen_from_outside_and_confirmed(zygote, monkeypatch):
    tries = []

    def reader(_):
        said = iter([0, *[5000 << 20] * 10_000])
        tries.append(said)
        return lambda: Held(next(said))

    monkeypatch.setattr(gpu, "reader", reader)
    with opened(
        zygote, "import time\ndef f(x):\n    time.sleep(30)\n", limits=replace(LIMITS, idle_seconds=20.0)
    ) as box:
        seen = box.ask(request(limits=replace(LIMITS, idle_seconds=20.0)))
    assert (seen.status, seen.detail.removeprefix("while your files were imported ")) == (
        "memory",
        "it held more than 4096 MiB of the GPU's memory",
    )
    assert len(tries) == 2
    assert box.gpu_peak_mb == 5000


def test_a_hang_on_a_gpu_is_seen_from_outside(zygote):
    with opened(zygote, "import time\ndef f(x):\n    time.sleep(60)\n", limits=LIMITS) as box:
        seen = box.ask(request())
    assert (seen.status, seen.detail) == (
        "timeout",
        "it waited for 1 s without computing (for input, a lock, or in sleep)",
    )


def test_nvidia_smi_is_asked_where_nvml_is_not_installed(tmp_path, monkeypatch):
    program_ = tmp_path / "nvidia-smi"
    program_.write_text('#!/bin/sh\n[ "$1" = --id=0000:3b:00.0 ] && echo 1234\n')
    program_.chmod(0o755)
    monkeypatch.setitem(sys.modules, "pynvml", None)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert gpu.reader(H200)() == Held(1234 << 20)
    program_.write_text("#!/bin/sh\necho no devices were found\n")
    assert gpu.reader(H200) is None
    monkeypatch.setenv("PATH", "/nowhere")
    assert gpu.reader(H200) is None


# ---- what a student is told


@pytest.mark.parametrize(
    "told",
    [
        pytest.param("Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!", id="two-devices"),
        pytest.param("Expected all tensors to be on the same device, but got mat1 is on cpu, different from other tensors on cuda:0", id="got"),
        pytest.param("Expected a 'cuda' device type for generator but found 'cpu'", id="generator"),
    ],
)  # fmt: skip
def test_a_tensor_on_the_other_device_is_explained(told):
    assert shims.explained(RuntimeError(told), f"RuntimeError: {told}") == (
        f"RuntimeError: {told} (a tensor that your code makes, for example labels, is on the CPU and the images are on "
        "the GPU: make it with torch.ones_like(x) or device=x.device)"
    )


def test_torch_s_own_error_about_devices_is_recognised():
    import torch

    with pytest.raises(RuntimeError) as raised:
        torch.nn.functional.binary_cross_entropy(torch.ones(2, device="meta"), torch.ones(2))
    assert shims.explained(raised.value, str(raised.value)).endswith("device=x.device)")
    with pytest.raises(TypeError) as converted:
        torch.ones(2, device="meta").numpy()
    assert shims.explained(converted.value, str(converted.value)).endswith(
        "(it is on the GPU: take it from there with `.detach().cpu().numpy()`)"
    )


# ---- training items

ON = replace(ITEM, gpu=MADE_UP.name)


def test_only_what_trains_is_asked_on_the_gpu(zygote):
    desk = Desk(zygote, ON, LOSS)
    outcome = desk.outcome()
    assert outcome.credit == 1.0
    assert Fact("Trained on", "Made up 1") in outcome.evidence
    assert [(told["phase"], told.get("gpu", "")) for told, _ in desk.asked] == [
        ("start", ""),
        ("train", MADE_UP.name),
        ("train", MADE_UP.name),
        ("encode", ""),
        ("decode", ""),
    ]


ONLY_THERE = "import os\nON_GPU = 'CUBLAS_WORKSPACE_CONFIG' in os.environ\n"
CRASHES = LOSS.replace("    mu, logvar", "    assert not ON_GPU, 'labels'\n    mu, logvar", 1)
VARIES = LOSS.replace("return (bce", "return (1 + ON_GPU * os.getpid() % 997 / 99) * (bce", 1)
SPOILT = {
    "crash": (CRASHES, "because on the GPU homework.py, line 8: AssertionError: labels"),
    "not-repeated": (
        VARIES,
        "because on the GPU the same first steps did not lead to the same weights again, as some sums on a GPU do not",
    ),
}


@pytest.mark.parametrize("which", SPOILT)
def test_what_only_the_gpu_has_spoilt_is_trained_on_the_cpu(zygote, which):
    source, why = SPOILT[which]
    outcome = Desk(zygote, ON, ONLY_THERE + source).outcome()
    assert outcome.credit == 1.0
    assert Fact("Trained on the CPU", why) in outcome.evidence


def test_where_a_gpu_is_asked_for_a_crash_on_it_counts(zygote):
    observed = Desk(zygote, replace(ON, device="cuda"), ONLY_THERE + CRASHES).observed()
    assert (observed.status, observed.detail) == (
        "crashed",
        "while it trains, homework.py, line 8: AssertionError: labels",
    )


def test_a_cheat_is_a_cheat_on_the_cpu_too(zygote):
    source = ONLY_THERE + LOSS.replace("return (bce", "return (1 + os.getpid() % 997 / 99) * (bce", 1)
    outcome = Desk(zygote, ON, source).outcome()
    assert (outcome.credit, outcome.note) == (0.0, "faked")


# ---- devices and gates


def item(check: Training) -> Item:
    given = {"train": np.zeros((2, 8, 8), np.uint8), "held_out": np.zeros((2, 8, 8), np.uint8), "levels": np.array(17)}
    return Item("1.a", "a VAE", "training", check, 4.0, given=given, where="sums.yaml:7")


def course(check: Training, folder: Path = Path()) -> Rubric:
    return Rubric("sums", "Sums", (Question("1", "", (item(check),)),), folder / "rubrics" / "sums.yaml")


def kept(folder: Path, name: str, device_: str, task: str = "") -> None:
    values = np.random.default_rng(0).normal(25.0, 0.1, 1000)
    made = Calibration(Setting(device_, "2.13.0", "", task), 1000, "", {"elbo": measured(values, gate(values))})
    (folder / "rubrics/sums.gates").mkdir(parents=True, exist_ok=True)
    (folder / f"rubrics/sums.gates/{name}.json").write_text(dump(made))


def test_on_the_cpu_nothing_is_told_of_a_device():
    assert not {"device", "gpu"} & set(ITEM.told(reference=False))
    assert on_gpu(ITEM.told(reference=False), "train") == {}
    assert ON.told(reference=False)["device"] == MADE_UP.name


def test_gates_of_a_gpu_hold_for_the_same_task(tmp_path):
    cpu, there = (setting(item(check), course(check)) for check in (ITEM, ON))
    assert (cpu.device, there.device) == ("cpu", "Made up 1")
    assert cpu.task == there.task


def test_gates_of_the_own_device_come_first(tmp_path):
    assert gates_name("1.a", "NVIDIA H200") == "1.a.nvidia-h200"
    assert gates_name("1.a", "") == "1.a"
    path = tmp_path / "rubrics/sums.yaml"
    assert calibration(path, "1.a", "NVIDIA H200") is None
    kept(tmp_path, "1.a", "cpu")
    assert calibration(path, "1.a", "NVIDIA H200").setting.device == "cpu"
    kept(tmp_path, "1.a.nvidia-h200", "NVIDIA H200")
    assert calibration(path, "1.a", "NVIDIA H200").setting.device == "NVIDIA H200"
    assert calibration(path, "1.a").setting.device == "cpu"


def test_gates_of_another_device_are_said_to_be_stale(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "usable", lambda: ("NVIDIA H200", ""))
    kept(tmp_path, "1.a", "cpu")
    found = trainable(course(replace(ITEM, images=(60, 30)), tmp_path), None)
    said = found.items[0].check
    assert said.gpu == "NVIDIA H200"
    assert said.stale.startswith("the gates were calibrated on cpu, and this ran on NVIDIA H200; ")
    assert devices(found) == ["sums trains on NVIDIA H200"]


@pytest.mark.parametrize(
    ("wanted", "gpu_", "said"),
    [
        pytest.param("auto", True, ["sums trains on the CPU: there is no NVIDIA GPU on this machine"], id="auto"),
        pytest.param("auto", False, ["sums trains on the CPU: it is made for machines without a GPU"], id="packed"),
        pytest.param("cpu", True, [], id="cpu"),
    ],
)
def test_why_it_trains_on_the_cpu_is_said(monkeypatch, wanted, gpu_, said):
    monkeypatch.setattr(trained, "usable", lambda: ("", "there is no NVIDIA GPU on this machine"))
    check = replace(ITEM, device=wanted, images=(60, 30))
    found = trainable(course(check), None, gates=False, gpu=gpu_)
    assert devices(found) == said
    assert found.items[0].check.gpu == ""


def test_a_gpu_that_is_asked_for_and_not_there_is_said(monkeypatch):
    monkeypatch.setattr(trained, "usable", lambda: ("", "there is no NVIDIA GPU on this machine"))
    with pytest.raises(UsageError) as refused:
        trainable(course(replace(ITEM, device="cuda")), None)
    assert str(refused.value) == (
        "item 1.a trains on a GPU (`device: cuda`), and can't here: there is no NVIDIA GPU on this machine"
    )


def test_calibration_on_a_gpu_stands_beside_the_cpu_s(zygote, tmp_path, monkeypatch):
    from test_training_items import ASKING
    from test_training_items import GIVEN as IMAGES

    monkeypatch.setattr(calibrate, "Zygote", lambda: nullcontext(zygote))
    rubric = course(ON, tmp_path)
    only = replace(rubric.items[0], given=IMAGES)
    rubric = replace(
        rubric,
        questions=(Question("1", "", (only,)),),
        reference={"homework.py": LOSS.encode()},
        asking={"asking.py": ASKING},
    )
    rubric.path.parent.mkdir()
    lines = list(calibrate.calibrated(rubric, (), 20))
    assert lines[-1].startswith("  written to sums.gates/1.a.made-up-1.json and sums.gates/1.a.made-up-1.html after ")
    told = json.loads((tmp_path / "rubrics/sums.gates/1.a.made-up-1.json").read_text())
    assert told["setting"]["device"] == "Made up 1"
    assert not (tmp_path / "rubrics/sums.gates/1.a.json").exists()


def test_a_box_with_a_gpu_leaves_no_thread_behind(zygote):
    with Box(zygote, Work({"h.py": b"def f(x): return x\n"}), ["f"], LIMITS) as box:
        box.ask(request())
    with soon():
        while any(thread.name == "gpu memory" for thread in threading.enumerate()):
            time.sleep(0.01)
    assert Expected({}, {}).values == {}
