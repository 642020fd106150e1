"""Gradescope's container, simulated: builds an image from an autograder.zip, and grades submissions in it.

    python simulator.py build IMAGE ZIP
    python simulator.py grade IMAGE SUBMISSION METADATA REPORT SECONDS CPUS MEGABYTES

As on the platform: the zip's files lie in /autograder/source, setup.sh runs once as root, run_autograder runs as root
for each submission with TIMEOUT_SECONDS set, what it prints is caught, and past that time the process itself (not its
children) is killed and the result replaced by a score of 0. It runs in a root of its own, with process, mount, IPC and
UTS namespaces of its own, and with what Docker by default takes from root (tests/attacks/container.py); CPUs and
memory are bounded by a cgroup, 0 for no bound.

What could not be had: Ubuntu 22.04. Of this machine the root has /usr and /etc, copy-on-write, and all else is new;
/opt/gradebound/venv is already there, with the packages that these tests run on, so that setup.sh downloads nothing.
With GRADEBOUND_BARE=FOLDER it is not there, and setup.sh brings its own Python and all packages, with wheels of that
folder where pip is told of it. With GRADEBOUND_NO_LANDLOCK=1 a submission runs as behind a kernel that has no Landlock.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "attacks"))
from container import MS_BIND, MS_REC, REFUSED, called, enter, libc, mount, private_mounts

NEWPID, CAN_NOT = 0x20000000, 77
SHARED = ("usr", "etc")
FOLDERS = ("root", "tmp", "var", "opt", "dev", "sys", "proc", "autograder", *SHARED)
VENV = Path("opt/gradebound/venv")
SITE = VENV / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
BASE = Path("opt/python")
BARE = os.environ.get("GRADEBOUND_BARE", "")


def build(image: Path, zipped: Path) -> int:
    """An image in the folder: what the machine has, what is hidden of it, and what setup.sh has made."""
    for name in FOLDERS:
        (image / "root" / name).mkdir(parents=True)
        (image / "root" / name).chmod(0o1777 if name == "tmp" else 0o755)
    for name in ("bin", "sbin", "lib", "lib64"):
        (image / "root" / name).symlink_to(f"usr/{name}")
    source = image / "root" / "autograder" / "source"
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(source)
    runs = image / "root" / "autograder" / "run_autograder"
    shutil.copy(source / "run_autograder", runs)
    runs.chmod(0o755)
    (image / "root" / BASE).mkdir(parents=True)
    if not BARE:
        (image / "root" / SITE).mkdir(parents=True)
        (image / "root" / VENV / "bin").mkdir()
        (image / "root" / VENV / "pyvenv.cfg").write_text(f"home = /{BASE}/bin\ninclude-system-site-packages = false\n")
        (image / "root" / VENV / "bin" / "python").symlink_to(f"/{BASE}/bin/python3")
    made = image / "made"
    _layers(made)
    return _inside(image, [made], ["bash", "/autograder/source/setup.sh"], {}, sys.stdout.fileno(), 0)[0]


def grade(image: Path, submission: Path, metadata: Path, report: Path, bounds: tuple[float, float, int]) -> int:
    """What became of one submission, as JSON in `report`; 0 unless the simulation itself has failed."""
    seconds, cpus, megabytes = bounds
    layer = report.with_suffix(".layer")
    _layers(layer)
    place = layer / "root" / "autograder"
    (place / "results").mkdir(parents=True)
    shutil.copytree(submission, place / "submission", symlinks=True)
    shutil.copy(metadata, place / "submission_metadata.json")
    before = _files(layer)
    group = _cgroups(report.stem, cpus, megabytes)
    told = {"TIMEOUT_SECONDS": str(int(seconds))}
    with (place / "results" / "stdout").open("wb") as out:
        began = time.monotonic()
        status, left = _inside(
            image, [image / "made", layer], ["/autograder/run_autograder"], told, out.fileno(), seconds, group
        )
        took = time.monotonic() - began
    peak = max((_number(folder / "memory.max_usage_in_bytes") for folder in group), default=0)
    results = (place / "results" / "results.json").read_bytes()
    if status == -signal.SIGKILL:
        results = b'{"score": 0.0, "output": "The autograder timed out."}'
    found = {
        "status": status, "seconds": round(took, 2), "left": left, "peak_mb": peak >> 20,
        "written": sorted(_files(layer) - before - {"autograder/results/results.json"}),
        "stdout": (place / "results" / "stdout").read_text("utf-8", "replace"), "results": harness(results),
    }  # fmt: skip
    report.write_text(json.dumps(found))
    for folder in group:
        folder.rmdir()
    shutil.rmtree(layer)
    return 0


def harness(data: bytes) -> object:
    """The result as the platform keeps it: nothing of what it can't parse or send, and long outputs cut in the middle."""
    try:
        results = json.loads(data)
        json.dumps(results, allow_nan=False)
    except ValueError as error:
        return {"lost": str(error)}
    if not isinstance(results, dict):
        return {"lost": "not an object"}
    for each in (results, *results.get("tests", [])):
        if len(each.get("output", "")) > 100_000:
            each["output"] = each["output"][:50_000] + "[cut by the platform]" + each["output"][-50_000:]
    return results


def _layers(layer: Path) -> None:
    for name in ("root", "site", *SHARED):
        (layer / name).mkdir(parents=True)
        (layer / f"{name}.work").mkdir()


def _inside(
    image: Path, layers: list[Path], command: list[str], told: dict[str, str], out: int, seconds: float, group=()
) -> tuple[int, list[str]]:
    """Exit status of the command in the container, and the names of the processes that it has left behind."""
    private_mounts()
    called("unshare", libc.unshare(NEWPID))
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        with os.fdopen(read, "rb") as answer:
            said = answer.read()
        os.waitpid(pid, 0)
        if not said:
            sys.exit(CAN_NOT)
        return tuple(json.loads(said))
    os.setsid()
    for folder in group:
        (folder / "cgroup.procs").write_text(str(os.getpid()) if os.getpid() != 1 else "0")
    _enter(image, layers, group)
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"} | told
    environment |= {name: value for name, value in os.environ.items() if BARE and name.startswith(("PIP_", "UV_"))}
    if not BARE:
        environment["PIP_NO_INDEX"] = "1"
    running = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/")
    try:
        status = running.wait(seconds or None)
    except subprocess.TimeoutExpired:
        running.kill()  # as the platform does: its children live on
        status = running.wait()
    os.write(write, json.dumps([status, _others()]).encode())
    os._exit(0)


def _enter(image: Path, layers: list[Path], group=()) -> None:
    """Makes the copy-on-write root, with the last layer on top, and goes in."""
    root = image / "view"
    root.mkdir(exist_ok=True)
    *below, top = layers
    _overlay(root, [*(layer / "root" for layer in reversed(below)), image / "root"], top / "root")
    for name in SHARED:
        _overlay(root / name, [*(layer / name for layer in reversed(below)), Path("/", name)], top / name)
    if not BARE:
        packages = Path(sysconfig.get_path("purelib"))
        _overlay(root / SITE, [*(layer / "site" for layer in reversed(below)), packages], top / "site")
        mount(sys.base_prefix, str(root / BASE), MS_BIND)
    if BARE:
        (root / BARE.lstrip("/")).mkdir(parents=True, exist_ok=True)
        mount(BARE, f"{root}{BARE}", MS_BIND)
    for name in ("dev", "sys"):
        mount(f"/{name}", str(root / name), MS_BIND | MS_REC)
    for folder in group:  # a container sees its own cgroups where a machine has the topmost
        mount(str(folder), str(root / "sys/fs/cgroup" / folder.parent.name), MS_BIND)
    mount("proc", str(root / "proc"), 0, "proc")
    os.chroot(root)
    os.chdir("/")
    if os.environ.get("GRADEBOUND_NO_LANDLOCK"):
        REFUSED["landlock_create_ruleset"] = (444, 444)
    enter()


def _overlay(target: Path, lower: list[Path], upper: Path) -> None:
    options = f"lowerdir={':'.join(map(str, lower))},upperdir={upper},workdir={upper}.work"
    mount("overlay", str(target), 0, "overlay", options)


def _others() -> list[str]:
    """The processes in the container beside its first one."""
    return [
        (entry / "comm").read_text().strip()
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and entry.name != "1"
    ]


def _files(layer: Path) -> set[str]:
    """All that a layer holds, but folders that were there before."""
    found = set()
    for top in ("root", "site", *SHARED):
        for folder, _, names in os.walk(layer / top):
            found |= {
                str((Path(folder) / name).relative_to(layer).relative_to("root" if top == "root" else ""))
                for name in names
            }
    return found


def _cgroups(name: str, cpus: float, megabytes: int) -> list[Path]:
    """New cgroups with these bounds (version 1, which is what this has been run on); raises OSError without any."""
    if not cpus:
        return []
    memory, cpu = (Path("/sys/fs/cgroup") / kind / f"gradebound-{os.getpid()}-{name}" for kind in ("memory", "cpu"))
    memory.mkdir()
    (memory / "memory.limit_in_bytes").write_text(str(megabytes << 20))
    cpu.mkdir()
    (cpu / "cpu.cfs_period_us").write_text("100000")
    (cpu / "cpu.cfs_quota_us").write_text(str(int(100_000 * cpus)))
    return [memory, cpu]


def _number(path: Path) -> int:
    return int(path.read_text()) if path.exists() else 0


def main() -> None:
    """See above; exit status 77 where this machine can't do it, and stderr says why."""
    what, image, *rest = sys.argv[1:]
    try:
        if what == "build":
            sys.exit(build(Path(image), Path(rest[0])))
        paths = [Path(path) for path in rest[:3]]
        sys.exit(grade(Path(image), *paths, (float(rest[3]), float(rest[4]), int(rest[5]))))
    except OSError as error:
        print(f"simulator: {error}", file=sys.stderr)
        sys.exit(CAN_NOT)


if __name__ == "__main__":
    main()
