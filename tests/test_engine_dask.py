"""A real scheduler and real workers, over TCP with TLS: the same grades, whoever asks and whatever dies."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest
from course_tools import wait_until

from benchmarks.faults import BIN, Cluster, calm, kept, own_scratch, reports, write_course
from grader.model import UsageError

STUDENTS = 5


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with (
        own_scratch() as scratch,
        Cluster(
            tmp_path_factory.mktemp("cluster"), resources=("GPU=1", ""), environment={"TMPDIR": str(scratch)}
        ) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("course")
    write_course(home, STUDENTS, busy=0.1)
    return home


@pytest.fixture(scope="module")
def expected(home):
    return calm(home, home / "calm")


def command(cluster, out, *more):
    return [BIN / "grade", "slow", "--out", out, "--engine", "dask", "--scheduler", cluster.address, *more]


def graded(cluster, home, out):
    done = subprocess.run(
        command(cluster, out), cwd=home, env=cluster.environment, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_workers_give_the_same_grades_bit_for_bit(cluster, home, expected):
    done = graded(cluster, home, home / "far")
    assert (done.returncode, done.stderr) == (
        0,
        f"slow: {STUDENTS} students × 4 items: 0 kept, {4 * STUDENTS} to run\n",
    )
    assert reports(home / "far") == expected


def test_what_is_kept_is_not_sent_again(cluster, home, expected):
    if not (home / "far").is_dir():
        graded(cluster, home, home / "far")
    asked = kept(home / "far")
    done = graded(cluster, home, home / "far")
    assert (done.returncode, done.stderr) == (
        0,
        f"slow: {STUDENTS} students × 4 items: {4 * STUDENTS} kept, 0 to run\n",
    )
    assert (kept(home / "far"), reports(home / "far")) == (asked, expected)


def test_a_worker_that_dies_is_replaced_within_the_run_and_its_answers_go_on(cluster, home, expected):
    shutil.rmtree(cluster.folder / "cache", ignore_errors=True)
    with subprocess.Popen(
        command(cluster, home / "dying"),
        cwd=home,
        env=cluster.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as running:
        wait_until(lambda: any((cluster.folder / "cache").rglob("??/*")), 120)
        cluster.kill("worker-1")
        cluster.mend()
        said = running.communicate(timeout=300)[1].decode()
        assert (running.returncode, said.count("\n")) == (0, 1), said
    assert reports(home / "dying") == expected


def test_gpu_items_run_where_a_gpu_is_declared(cluster, monkeypatch):
    from grader.engine import engine_named

    for name, value in cluster.environment.items():
        if name.startswith("DASK_"):
            monkeypatch.setenv(name, value)
    import dask.config

    dask.config.refresh()
    engine = engine_named("dask", cluster.address)
    try:
        assert engine.window == 4
        assert {engine.gpu.submit(os.getpid).result(60) for _ in range(8)} == {cluster.running["worker-0"].pid}
    finally:
        engine.close()


def test_a_scheduler_is_found_by_its_file_and_plain_text_is_refused_there_too(cluster, tmp_path):
    from grader.engine.cluster import _address

    (tmp_path / "scheduler.json").write_text(json.dumps({"address": cluster.address}))
    assert _address(str(tmp_path / "scheduler.json")) == cluster.address


def test_who_has_no_certificate_is_told_in_one_line(cluster, home):
    plain = {name: value for name, value in cluster.environment.items() if "TLS" not in name}
    done = subprocess.run(
        command(cluster, home / "none"), cwd=home, env=plain, capture_output=True, text=True, check=False
    )
    said = f"grade: dask's settings lack distributed.comm.tls.ca-file, which {cluster.address} needs\n"
    assert (done.returncode, done.stderr) == (2, said)


def test_a_port_at_which_nobody_listens_is_told_in_one_line():
    from grader.engine import engine_named

    with pytest.raises(UsageError, match=r"^no scheduler answers at tcp://127\.0\.0\.1:9 \(.*refused\)$"):
        engine_named("dask", "tcp://127.0.0.1:9")
