"""The command `grade`. Loads click and nothing heavy; every command imports what it needs.

Exit status: 0 done; 1 done, but something of ours failed or could not be written; 2 what was asked for or the course
is wrong; 3 refused, because grading here would not be safe; 130 interrupted.
"""

from __future__ import annotations

import difflib
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.model import Grade, Rubric, Submission
    from grader.run import Finished, Zygotes


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


class Place(click.Path):
    """A path, as typed. An empty one is a shell variable that was never set, and would mean the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not value:
            self.fail("a path can't be empty", param, ctx)
        return super().convert(value, param, ctx)


@cli.command()
@click.argument("path", type=Place())
@click.option("--out", type=Place(), help="Results folder (default: results/<homework>/).")
@click.option("--rubric", "named", help="Rubric, by name or file (default: the one named like the folder).")
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/.")
@click.option("--workers", type=click.IntRange(1, 64), help="Students graded at once (default: by cores and students).")
@click.option("--dry-run", is_flag=True, help="Say what would run, and run nothing.")
@click.option(
    "--i-trust-these-submissions",
    "trusted",
    is_flag=True,
    help="Grade even where the wall does not stand; reports say so.",
)
def run(
    path: Path,
    out: Path | None,
    named: str | None,
    course: Path | None,
    workers: int | None,
    dry_run: bool,
    trusted: bool,
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
        place = place if out and not several else place / rubric.homework
        _refuse_results_among_submissions(place, folder)
        jobs.append(_Job(rubric, submissions, place, (home / "rubrics", home / "reference", folder, place)))
    from grader.run import Zygotes

    status = 0
    with Zygotes([job.rubric for job in jobs], trusted=trusted) as zygotes:
        for job in jobs:
            status = max(status, job.plan() if dry_run else job.run(workers, zygotes))
            if status == 130:
                break
    sys.exit(status)


@cli.command()
@click.argument("results", type=Place())
@click.option("--rubric", "named", help="Rubric, by name or file (default: the one named like the results folder).")
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/.")
def rescore(results: Path, named: str | None, course: Path | None) -> None:
    """Judge kept answers again, after a change of points, tolerances or reviews; runs no student code."""
    from grader.box.zygote import Zygote
    from grader.model import UsageError
    from grader.rubric import find_course, find_rubric, load_rubric
    from grader.run import idle_reviews, rescore_class
    from grader.store import Store

    if not any(results.glob("*/grade.json")):
        raise UsageError(f"{results} holds no grades; give the results folder of a homework")
    home = find_course(course)
    rubric = load_rubric(find_rubric(home, results.resolve().name, named), home)
    with Store(results) as store, Zygote() as zygote:
        grades, unjudged = rescore_class(rubric, store, zygote)
        idle = idle_reviews(rubric, store)
    for sentence in (*idle, *unjudged):
        click.echo(f"grade: {sentence}", err=True)
    _summary(rubric, grades, results)
    sys.exit(1 if unjudged else 0)


@cli.command()
@click.argument("text", required=False)
@click.option("--rubric", "named", help="Rubric, by name or file (default: the only one).")
@click.option("--item", "asked", help="Item that the formula answers (default: list those that take formulas).")
@click.option("--file", "source", type=Place(), help="Read the text from this file instead; - is standard input.")
@click.option("--html", "shown", type=Place(), help="Write a page with the formulas as they were read.")
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/.")
def formula(
    text: str | None, named: str | None, asked: str | None, source: Path | None, shown: Path | None, course: Path | None
) -> None:
    """Say how a formula or a derivation is read, and what becomes of it in an item.

    TEXT is LaTeX, or an answer with $…$ in it; - reads standard input.
    """
    from grader.box.zygote import Zygote
    from grader.formula import item_named, listed, page, read_formula, told
    from grader.rubric import find_course, find_rubric, load_rubric

    home = find_course(course)
    rubric = load_rubric(find_rubric(home, "", named), home)
    if asked is None:
        click.echo(listed(rubric))
        return
    item, answer = item_named(rubric, asked), _formula_text(text, source)
    with Zygote() as zygote:
        reading = read_formula(item, answer, zygote)
    click.echo(told(reading))
    if shown is not None:
        shown.write_text(page(rubric, reading), "utf-8")


def _formula_text(text: str | None, source: Path | None) -> str:
    """The text that was given, in one of three ways."""
    from grader.model import UsageError

    if (text is None) == (source is None):
        raise UsageError("give either a formula or a --file with one")
    if source is None and text != "-":
        return text or ""
    if source is None or str(source) == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    return source.read_bytes().decode("utf-8", "replace")


@cli.command()
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/: the canary tries to read them.")
def doctor(course: Path | None) -> None:
    """Say what protects this machine from students' code, after attacking it."""
    from grader.box.doctor import diagnose
    from grader.model import UsageError
    from grader.rubric import find_course

    secrets = []
    try:
        home = find_course(course)
        secrets = [home / "rubrics", home / "reference"]
    except UsageError:
        if course is not None:
            raise
    found = diagnose(secrets)
    for name, says in found.machine:
        click.echo(f"  {name}: {says}")
    click.echo("\nThe wall")
    for layer in found.layers:
        _checked(layer.up, f"{layer.name}: {layer.says if layer.up else f'missing; {layer.advice}'}")
    click.echo(f"\nA canary attacked it in {len(found.probes)} ways" if found.probes else "\nNo canary could attack it")
    for probe in found.probes:
        _checked(probe.held, f"{probe.attempt}: {'held' if probe.held else 'GOT THROUGH'}")
    click.echo(f"\nGrading is refused here: {found.refusal}" if found.refusal else "\nGrading is safe here.")
    sys.exit(3 if found.refusal else 0)


def _checked(good: bool, text: str) -> None:
    click.secho(f"{'✓' if good else '✗'} {text}", fg="green" if good else "red")


@cli.command()
@click.option("--out", type=Place(), help="File to write (default: standard output).")
def schema(out: Path | None) -> None:
    """Print the JSON Schema of rubric files, for an editor's completion."""
    import json

    from grader.rubric import rubric_schema

    text = json.dumps(rubric_schema(), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")


def _refuse_results_among_submissions(place: Path, folder: Path) -> None:
    """Results that lay there would be taken for submissions by the next run."""
    from grader.model import UsageError

    if place.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"the results folder {place} lies in the submissions {folder}; give another one with --out")


@dataclass(frozen=True)
class _Job:
    """One homework of one command; `secrets` are what no student may read."""

    rubric: Rubric
    submissions: Sequence[Submission]
    place: Path
    secrets: Sequence[Path]

    def plan(self) -> int:
        """Says what would run; the exit status."""
        from grader.run import plan
        from grader.store import Store

        click.echo(plan(self.rubric, self.submissions, Store(self.place)).sentence(), err=True)
        return 0

    def run(self, workers: int | None, zygotes: Zygotes) -> int:
        """Grades everyone; the exit status."""
        from grader.run import grade_class, idle_reviews, plan
        from grader.store import Store

        with Store(self.place) as store:
            planned = plan(self.rubric, self.submissions, store)
            click.echo(planned.sentence(), err=True)
            cores = len(os.sched_getaffinity(0))
            count = workers or max(1, min(cores, 1 + planned.missing // (8 * max(1, len(self.rubric.items)))))
            with _Progress(len(self.submissions)) as told:
                finished = grade_class(planned, store, zygotes.take(count), secrets=self.secrets, told=told)
            for sentence in idle_reviews(self.rubric, store):
                click.echo(f"grade: {sentence}", err=True)
        _summary(self.rubric, finished.grades, self.place)
        return _told(finished, len(self.submissions))


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
        doing = TextColumn("{task.description}", markup=False)
        columns = (doing, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal)
        self._task = self._bar.add_task("starting the box", total=total)

    def __enter__(self) -> Callable[[Grade], None]:
        self._bar.start()
        return lambda grade: self._bar.update(self._task, advance=1, description=grade.student[:32])

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _summary(rubric: Rubric, grades: Sequence[Grade], place: Path) -> None:
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    from grader.grade import score

    table = Table("student", *(Column(Text(q.id)) for q in rubric.questions), "points", "of", "for a person")
    for column in table.columns[1:]:
        column.justify = "right"
    for grade in sorted(grades, key=lambda entry: entry.student):
        table.add_row(Text(grade.student), *_row(rubric, grade))
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
    """The entry point: whatever is raised becomes one line on stderr and an exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a scheduler's stop keeps as much as Ctrl-C does
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

    if isinstance(error, BrokenPipeError):  # whoever read our output has heard enough; python's own flush must not fail
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    click.echo(f"grade: {error if isinstance(error, GradeboundError) else _unforeseen(error)}", err=True)
    if isinstance(error, RefusedError):
        return 3
    return 2 if isinstance(error, UsageError | CourseError) else 1


def _unforeseen(error: Exception) -> str:
    """What the system refused, or where our own program is wrong, in one sentence."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror or error}"
    step = traceback.extract_tb(error.__traceback__)[-1]
    where = f"({Path(step.filename).name}:{step.lineno})"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} {where}"
    return f"our own failure, please report it: {' '.join(f'{type(error).__name__}: {error}'.split())} {where}"
