"""A file that raises while it is imported is graded on what it had defined before."""

from box_tools import opened, request

LATE = "def f(x):\n    return x + 1\n\n\ndef g(x):\n    return x\n\n\nraise RuntimeError('no data here')\n"


def test_what_a_file_defines_before_it_raises_is_graded_and_the_student_reads_why(zygote):
    with opened(zygote, LATE) as box:
        observation = box.ask(request())
    assert observation.status == "ok"
    assert "homework.py can't be imported: line 9: RuntimeError: no data here" in observation.printed
    assert "what it defines before that is graded" in observation.printed


def test_what_a_file_would_have_defined_after_it_raised_is_not_there(zygote):
    with opened(zygote, "raise ValueError('too early')\n\n\ndef f(x):\n    return x\n") as box:
        observation = box.ask(request())
    assert observation.status == "crashed"
    assert observation.detail == "homework.py can't be imported: line 1: ValueError: too early"


def test_a_script_that_ends_with_sys_exit_is_graded_all_the_same(zygote):
    with opened(zygote, "import sys\n\n\ndef f(x):\n    return x\n\n\nsys.exit(0)\n") as box:
        assert box.ask(request()).status == "ok"
