"""Inside the box: the zygote, the student process that it forks, and the process per item.

    zygote ── fork ──► student: confine, write files, import ── fork ──► item: probe, answer, end

The zygote is trusted and knows nothing. From the first import of a student's file on, the student process and its
items are hostile: the code below still runs in them, but whatever they send is a claim, and the grader treats it
as one. Run as `python -I -m grader.box.worker FD MODULE…`, the modules being what a rubric has preloaded; one thread,
CPU only.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import gc
import importlib.abc
import importlib.util
import os
import signal
import socket
import struct
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping
from importlib.machinery import ModuleSpec
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from grader.box import shims
from grader.box.confine import Wall, confine, forbid_processes, keep_to_self, libc, packed
from grader.checks import KINDS
from grader.checks.code import Code, Missing, Unimportable, Unread, told_error
from grader.model import BoxError
from grader.values import Frame, encode, read_frame, under

MAX_REQUEST = 256 << 20
PID = struct.Struct("<i")
TAKEN = frozenset(name.partition(".")[0] for name in sys.modules) | {
    "torch",
    "numpy",
    "scipy",
    "grader",
    "pytest",
    "_pytest",
}


def main() -> None:
    """Serves on the inherited socket until the grader closes it: `S` starts a student, `K` + pid ends one."""
    control = socket.socket(fileno=int(sys.argv[1]))
    warm_up()
    for name in sys.argv[2:]:
        importlib.import_module(name)
    shims.put_up()
    for threads_only in (False, True):
        packed(threads_only=threads_only)
    threads = sum(1 for _ in Path("/proc/self/task").iterdir())
    if threads != 1:
        raise SystemExit(f"the zygote has {threads} threads; forking it would not be safe")
    keep_to_self()
    gc.collect()
    gc.freeze()
    huge_pages()
    control.sendall(b"R")
    students: set[int] = set()
    while True:
        message, fds, _, _ = socket.recv_fds(control, 1, 2)
        if message == b"S" and len(fds) == 2:
            students.add(_start(control, fds))
        elif message == b"K":
            pid = PID.unpack(_exactly(control)(PID.size))[0]
            _end(pid, students)
            control.sendall(b"K")
        else:
            for pid in students:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
            os._exit(0)


def warm_up() -> None:
    """Does once what every student would otherwise pay for: torch's lazy imports, an optimiser step, distributions."""
    import torch

    torch.set_num_threads(1)
    layer = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.Flatten(), torch.nn.Linear(8, 1))
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.rand(2, 1, 4, 4)).sum().backward()
    optimizer.step()
    q = torch.distributions.Normal(torch.zeros(2), torch.ones(2))
    torch.distributions.kl_divergence(q, q)
    torch.distributions.kl_divergence(*(torch.distributions.Bernoulli(logits=torch.zeros(2)) for _ in range(2)))
    torch.manual_seed(0)
    np.random.default_rng(0).standard_normal(3)


def huge_pages() -> None:
    """Gathers the heap into 2 MiB pages where the kernel can (6.1 on): a fork then copies half as many entries.

    Measured: fork, end and reap of a process with torch in it take 3 ms instead of 7. Without it, all is as before.
    """
    collapse, step = 25, 1 << 21
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, access, *rest = line.split()
        if access != "rw-p" or (len(rest) > 3 and rest[3] != "[heap]"):
            continue
        start, end = (int(address, 16) for address in span.split("-"))
        for low in range(-(-start // step) * step, end // step * step, step):
            libc.madvise(ctypes.c_void_p(low), ctypes.c_size_t(step), collapse)


def _start(control: socket.socket, fds: list[int]) -> int:
    pid = os.fork()
    if pid == 0:
        os.setsid()
        control.detach()
        _keep_only(fds)
        _student(socket.socket(fileno=fds[0]), fds[1])
    for fd in fds:
        os.close(fd)
    control.sendall(PID.pack(pid))
    return pid


def _end(pid: int, students: set[int]) -> None:
    """Kills and reaps a student's whole group, its orphans included (the zygote is their subreaper)."""
    if pid not in students:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-pid, 0)
    students.discard(pid)


def _student(control: socket.socket, out: int) -> NoReturn:
    """The student process: confined before the first byte of student code, then one fork per item."""
    _redirect(out)
    frame = read_frame(_exactly(control), max_blob=MAX_REQUEST)
    told = frame.call
    wall = Wall(**{**told["wall"], "readable": tuple(told["wall"]["readable"])})
    sources = {name: bytes(array) for name, array in under("source", frame.values).items()}
    answers = {name: bytes(array).decode() for name, array in under("answer", frame.values).items()}
    asking = {name: bytes(array) for name, array in under("asking", frame.values).items()}
    os.chdir(wall.scratch)
    os.environ.update(HOME=wall.scratch, TMPDIR=wall.scratch, MPLCONFIGDIR=wall.scratch)
    tempfile.tempdir = None  # the zygote has looked for one already
    try:
        layers = confine(wall)
    except (BoxError, OSError, ValueError) as error:
        control.sendall(encode(Frame(frame.id, "refused", {"detail": np.array(str(error))})))
        os._exit(1)
    # Said before any student code has run, so the grader may believe it; it answers with one byte.
    control.sendall(encode(Frame(frame.id, "confined", {"detail": np.array(", ".join(layers))})))
    _exactly(control)(1)
    if told["on_disk"]:
        _write(sources)
    # Before the student's files, so that it sees torch as it is.
    adapters = _adapters(asking.pop("asking.py", b""))
    modules, failures = load(sources, told["wanted"], wall.scratch)
    code = Code(modules, answers, failures, adapters, asking, sources)
    _flush()
    control.sendall(encode(Frame(frame.id, "loaded")))
    while True:
        message, fds, _, _ = socket.recv_fds(control, 1, 2)
        if message != b"I" or len(fds) != 2:
            os._exit(0)
        pid = os.fork()
        if pid == 0:
            control.close()
            _redirect(fds[1])
            for name in set(modules) & set(failures):
                sys.stdout.write(f"{failures[name]}; what it defines before that is graded\n")
            _item(socket.socket(fileno=fds[0]), code, wall.scratch, trusted=wall.trusted)
        for fd in fds:
            os.close(fd)
        control.sendall(PID.pack(os.waitpid(pid, 0)[1]))


def _item(channel: socket.socket, code: Code, root: str, *, trusted: bool) -> NoReturn:
    """Answers requests about one item until the grader hangs up, and ends without running anyone's exit handlers."""
    try:
        forbid_processes()
    except BoxError:
        if not trusted:
            raise
    # The grader learns this process's pid from the kernel, with the first byte; it would not believe a number.
    channel.sendall(b"H")
    while True:
        try:
            frame = read_frame(_exactly(channel), max_blob=MAX_REQUEST)
        except EOFError:
            os._exit(0)
        reply = _answer(frame, code, root)
        _flush()
        channel.sendall(reply)


def _answer(frame: Frame, code: Code, root: str) -> bytes:
    def said(tag: str, text: str) -> bytes:
        return encode(Frame(frame.id, tag, {"detail": np.array(text[:2000])}))

    try:
        values = KINDS[frame.tag].probe(code, frame.call, frame.values)
        return encode(Frame(frame.id, "ok", values))
    except Missing as missing:
        return said("missing", str(missing))
    except Unimportable as failure:
        return said("crashed", str(failure))
    except Unread as unread:
        return said("unread", str(unread))
    except BaseException as error:  # the main loop of student code: SystemExit and KeyboardInterrupt are his too
        return said("crashed", located(error, root))


def located(error: BaseException, root: str) -> str:
    """An exception as one line, with the student's own file and line where there is one."""
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(root):
        return f"{error.filename[len(root) + 1 :]}, line {error.lineno}: {type(error).__name__}: {error.msg}"
    told = told_error(error)
    told = shims.explained(error, told.replace(f"{root}/", "").replace(root, "."))
    with contextlib.suppress(Exception):  # a traceback can be tampered with
        for step in reversed(traceback.extract_tb(error.__traceback__)):
            if step.filename.startswith(root + "/"):
                return f"{step.filename[len(root) + 1 :]}, line {step.lineno}: {told}"
    return told


def load(
    sources: Mapping[str, bytes], wanted: Iterable[str], root: str
) -> tuple[dict[str, ModuleType], dict[str, str]]:
    """The imported modules and, per file that could not be imported, why.

    Only files that define one of the `wanted` names are imported (others where these import them): a training
    script that lies beside the homework does not run. If no file defines any, all are. What a file has defined before
    it raised counts.
    """
    files = {name: source for name, source in sources.items() if name.endswith(".py")}
    owners = {name.partition(".")[0] for name in wanted}
    failures: dict[str, str] = {}
    chosen = []
    for name, source in files.items():
        try:
            defined = _defined(compile(source, f"{root}/{name}", "exec", ast.PyCF_ONLY_AST))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            failures[name] = _unimportable(name, error, root)
            continue
        if owners & defined:
            chosen.append(name)
    finder = Sources({_module_name(name): (name, source) for name, source in files.items()}, root)
    sys.meta_path.insert(0, finder)
    sys.meta_path.append(shims.Absent(files.values(), root))
    sys.path.insert(0, root)
    modules: dict[str, ModuleType] = {}
    for name in chosen or [name for name in files if name not in failures]:
        try:
            modules[name] = importlib.import_module(_module_name(name))
        except BaseException as error:  # at import, too, everything that is raised is the student's
            failures[name] = _unimportable(name, error, root)
            # A script that ends in its training has defined before what is asked for.
            begun = finder.begun.get(_module_name(name))
            if begun is not None and owners & set(vars(begun)):
                modules[name] = begun
                sys.modules[begun.__name__] = begun
    return modules, failures


def _adapters(source: bytes) -> Mapping[str, Any]:
    """What the course's `asking.py` defines."""
    module = ModuleType("asking")
    if source:
        exec(compile(source, "asking.py", "exec"), vars(module))
    return vars(module)


def _unimportable(name: str, error: BaseException, root: str) -> str:
    """Why a file could not be imported; its own name is not said twice."""
    return f"{name} can't be imported: {located(error, root).removeprefix(f'{name}, ')}"


class Sources(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports handed-in files from memory: the reference never touches a disk that a student could read."""

    def __init__(self, files: Mapping[str, tuple[str, bytes]], root: str) -> None:
        self.files = files
        self.root = root
        self.begun: dict[str, ModuleType] = {}

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        if fullname not in self.files:
            return None
        origin = f"{self.root}/{self.files[fullname][0]}"
        return importlib.util.spec_from_loader(fullname, self, origin=origin)

    def exec_module(self, module: ModuleType) -> None:
        name, source = self.files[module.__name__]
        module.__file__ = f"{self.root}/{name}"
        self.begun[module.__name__] = module
        exec(compile(source, module.__file__, "exec"), vars(module))


def _module_name(file: str) -> str:
    """The name under which a file is imported: its stem, unless that is no name or means something else already."""
    stem = PurePosixPath(file).stem
    loaded = sys.modules.get(stem)  # a preloaded package, maybe
    taken = stem in sys.stdlib_module_names or stem in TAKEN
    taken = taken or (loaded is not None and not isinstance(getattr(loaded, "__loader__", None), Sources))
    return stem if stem.isidentifier() and not taken else f"handed_in_{file.encode(errors='replace').hex()}"


def _defined(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
    return found


def _write(sources: Mapping[str, bytes]) -> None:
    """The handed-in files in the scratch folder, for code that opens its data or asks for its own source."""
    for name, source in sources.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            continue
        with contextlib.suppress(OSError, ValueError):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_bytes(source)


def _redirect(out: int) -> None:
    """Nothing to read from, and one pipe for all that is printed."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for fd in (1, 2):
        os.dup2(out, fd)
    os.close(null)
    os.close(out)


def _keep_only(fds: list[int]) -> None:
    low = 3
    for fd in sorted(fds):
        os.closerange(low, fd)
        low = fd + 1
    os.closerange(low, 4096)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # the student may have replaced or closed it
            stream.flush()


def _exactly(channel: socket.socket) -> Callable[[int], bytes]:
    def read(n: int) -> bytes:
        parts = bytearray()
        while len(parts) < n:
            part = channel.recv(min(n - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    return read


if __name__ == "__main__":
    main()
