"""The command `grade`. Loads click and nothing heavy; every command imports what it needs.

Exit status: 0 done; 1 done, but something of ours failed or could not be written; 2 what was asked for or the course
is wrong; 3 refused, because grading here would not be safe; 130 interrupted.
"""

from __future__ import annotations

import difflib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.model import Grade, Rubric, Submission
    from grader.run import Finished


class DefaultToRun(click.Group):
    """`grade PATH` is `grade run PATH`; a word that is neither a command nor a path is a typing error."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        if word in self.commands:
            return super().resolve_command(ctx, args)
        near = difflib.get_close_matches(word, self.commands, 1)
        if near and not Path(word).exists():
            raise click.UsageError(f"there is no command and no folder `{word}`; did you mean `grade {near[0]}`?")
        return super().resolve_command(ctx, ["run", *args])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0].startswith("-") and args[0] not in ("--help", "-h", "--version"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultToRun, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(__version__, prog_name="grade")
def cli() -> None:
    """Grade homework in deep generative models.

    `grade PATH` grades every submission under PATH and writes the reports; PATH is a folder of students, or a
    folder of homeworks that are named like their rubrics.
    """


@cli.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Results folder (default: results/<homework>/).")
@click.option("--rubric", "named", help="Rubric, by name or file (default: the one named like the folder).")
@click.option("--course", type=click.Path(path_type=Path), help="Folder with rubrics/ and reference/.")
@click.option("--workers", type=click.IntRange(1, 64), help="Students graded at once (default: by cores and students).")
@click.option("--dry-run", is_flag=True, help="Say what would run, and run nothing.")
def run(
    path: Path, out: Path | None, named: str | None, course: Path | None, workers: int | None, dry_run: bool
) -> None:
    """Grade the submissions under PATH (`grade PATH` does the same)."""
    from grader.intake import discover, homeworks
    from grader.rubric import find_course, find_rubric, load_rubric

    home = find_course(course)
    known = [file.stem for file in sorted((home / "rubrics").glob("*.y*ml"))]
    folders = homeworks(path, known) if named is None else {}
    several = bool(folders)
    # Everything that can be wrong with the course or the path is found before the first student is graded.
    jobs = []
    for folder in folders.values() if several else [path]:
        submissions = discover(folder)
        rubric = load_rubric(find_rubric(home, folder.resolve().name, named), home)
        place = out or Path("results")
        jobs.append((rubric, submissions, place if out and not several else place / rubric.homework, folder))
    status = 0
    for rubric, submissions, place, folder in jobs:
        secrets = (home / "rubrics", home / "reference", folder, place)
        status = max(status, _run_one(rubric, submissions, place, secrets, workers, dry_run))
        if status == 130:
            break
    sys.exit(status)


@cli.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.option("--rubric", "named", help="Rubric, by name or file (default: the one named like the results folder).")
@click.option("--course", type=click.Path(path_type=Path), help="Folder with rubrics/ and reference/.")
def rescore(results: Path, named: str | None, course: Path | None) -> None:
    """Judge kept answers again, after a change of points, tolerances or reviews; runs no student code."""
    from grader.box.sandbox import Zygote
    from grader.model import UsageError
    from grader.rubric import find_course, find_rubric, load_rubric
    from grader.run import rescore_class
    from grader.store import Store

    if not any(results.glob("*/grade.json")):
        raise UsageError(f"{results} holds no grades; give the results folder of a homework")
    home = find_course(course)
    rubric = load_rubric(find_rubric(home, results.resolve().name, named), home)
    with Store(results) as store, Zygote() as zygote:
        grades, unjudged = rescore_class(rubric, store, zygote)
    for sentence in unjudged:
        click.echo(f"grade: {sentence}", err=True)
    _summary(rubric, grades, results)
    sys.exit(1 if unjudged else 0)


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: standard output).")
def schema(out: Path | None) -> None:
    """Print the JSON Schema of rubric files, for an editor's completion."""
    import json

    from grader.rubric import rubric_schema

    text = json.dumps(rubric_schema(), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")


def _run_one(
    rubric: Rubric, submissions: Sequence[Submission], place: Path, secrets: Sequence[Path], workers: int | None,
    dry_run: bool,
) -> int:  # fmt: skip
    from grader.run import grade_class, plan
    from grader.store import Store

    with Store(place) as store:
        planned = plan(rubric, submissions, store)
        click.echo(planned.sentence(), err=True)
        if dry_run:
            return 0
        cores = len(os.sched_getaffinity(0))
        count = workers or max(1, min(cores, 1 + planned.missing // (8 * max(1, len(rubric.items)))))
        with _Progress(len(submissions)) as told:
            finished = grade_class(planned, store, workers=count, secrets=secrets, told=told)
    _summary(rubric, finished.grades, place)
    return _told(finished, len(submissions))


def _told(finished: Finished, students: int) -> int:
    """The exit status of a run, after saying what went wrong in it."""
    for sentence in finished.failures:
        click.echo(f"grade: {sentence}", err=True)
    if finished.interrupted:
        done = len(finished.grades)
        click.echo(
            f"grade: interrupted; {done} of {students} students are graded and kept, run it again to go on", err=True
        )
        return 130
    return 1 if finished.failures else 0


class _Progress:
    """A live bar on a terminal, a line per student elsewhere; called with each finished grade."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal)
        self._task = self._bar.add_task("starting the box", total=total)

    def __enter__(self) -> Callable[[Grade], None]:
        self._bar.start()
        return lambda grade: self._bar.update(self._task, advance=1, description=grade.student[:32])

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _summary(rubric: Rubric, grades: Sequence[Grade], place: Path) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from grader.grade import score

    table = Table("student", *(f"{q.id}" for q in rubric.questions), "points", "of", "for a person")
    for column in table.columns[1:]:
        column.justify = "right"
    for grade in sorted(grades, key=lambda entry: entry.student):
        table.add_row(escape(grade.student), *_row(rubric, grade))
    console = Console()
    console.print(table)
    scores = [score(rubric, grade) for grade in grades]
    open_ = sum(1 for entry in scores if entry.undecided)
    waiting = f"; {open_} wait for a person" if open_ else ""
    console.print(
        f"{len(grades)} graded{waiting}: {place / 'index.html'}", markup=False, highlight=False, soft_wrap=True
    )


def _row(rubric: Rubric, grade: Grade) -> list[str]:
    from grader.grade import score, score_question

    per_question = [f"{score_question(question, grade).points:g}" for question in rubric.questions]
    total = score(rubric, grade)
    return [*per_question, f"{total.points:g}", f"{total.maximum:g}", f"{total.undecided:g}" if total.undecided else ""]


def main(arguments: Sequence[str] | None = None) -> Any:
    """The entry point: what is raised on purpose becomes one line on stderr and an exit status."""
    try:
        return cli.main(None if arguments is None else list(arguments), prog_name="grade", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(2)
    except click.ClickException as error:
        click.echo(f"grade: {error.format_message()}", err=True)
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("grade: interrupted", err=True)
        sys.exit(130)
    except Exception as error:
        sys.exit(_failed(error))


def _failed(error: Exception) -> int:
    from grader.model import CourseError, GradeboundError, RefusedError, UsageError

    if not isinstance(error, GradeboundError):
        raise error
    click.echo(f"grade: {error}", err=True)
    if isinstance(error, RefusedError):
        return 3
    return 2 if isinstance(error, UsageError | CourseError) else 1
