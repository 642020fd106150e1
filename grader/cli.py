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

    from grader.engine import Through
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

    `grade PATH` grades every submission under PATH and writes the reports; PATH is a folder of students, a folder of
    homeworks that are named like their rubrics, or what a platform exports, as a folder or as a zip.
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
@click.option("--data", type=Place(), help="Folder with the images that training items name (MNIST's IDX files).")
@click.option("--workers", type=click.IntRange(1, 64), help="Students graded at once (default: by cores and students).")
@click.option(
    "--engine",
    "named_engine",
    default="local",
    show_default=True,
    help="Where it runs: local, dask, or PACKAGE.MODULE:FACTORY of any concurrent.futures executor.",
)
@click.option("--scheduler", default="", help="Dask's scheduler: its address (tls://HOST:8786) or its file.")
@click.option("--insecure-cluster", "insecure", is_flag=True, help="Let a scheduler elsewhere be reached unencrypted.")
@click.option("--run-notebook", "whole", is_flag=True, help="Run all cells of notebooks, confined and within limits.")
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
    data: Path | None,
    workers: int | None,
    named_engine: str,
    scheduler: str,
    insecure: bool,
    whole: bool,
    dry_run: bool,
    trusted: bool,
) -> None:
    """Grade the submissions under PATH (`grade PATH` does the same)."""
    from grader.intake import collect, homeworks, opened
    from grader.rubric import find_course, find_rubric, load_rubric
    from grader.trained import devices, trainable

    home = find_course(course)
    known = [file.stem for file in sorted((home / "rubrics").glob("*.y*ml"))]
    top = click.get_current_context().with_resource(opened(path))
    folders = homeworks(top.folder, known) if named is None else {}
    several = bool(folders)
    for sentence in top.said:
        click.echo(f"grade: {sentence}", err=True)
    # Everything that can be wrong with the course or the path is found before the first student is graded.
    jobs = []
    for folder in folders.values() if several else [top.folder]:
        found = collect(folder, known, named, () if several else top.called)
        for sentence in found.said:
            click.echo(f"grade: {sentence}", err=True)
        rubric = trainable(load_rubric(find_rubric(home, found.homework, named), home), data)
        for sentence in devices(rubric):
            click.echo(f"grade: {sentence}", err=True)
        place = out or Path("results")
        place = place if out and not several else place / rubric.homework
        _refuse_results_among_submissions(place, folder)
        secrets = (home / "rubrics", home / "reference", *dict.fromkeys((path, folder)), place)
        submissions = _running_notebooks(rubric, found.submissions) if whole else found.submissions
        jobs.append(_Job(rubric, submissions, place, secrets))
    from grader.run import Zygotes

    status = 0
    engine = None if dry_run else _engine(named_engine, scheduler, insecure=insecure, trusted=trusted)
    with Zygotes([job.rubric for job in jobs], trusted=trusted) as zygotes:
        for job in jobs:
            status = max(status, job.plan() if dry_run else job.run(workers, zygotes, engine))
            if status == 130:
                break
    sys.exit(status)


@cli.command()
@click.argument("results", type=Place())
@click.option("--rubric", "named", help="Rubric, by name or file (default: the one named like the results folder).")
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/.")
@click.option("--data", type=Place(), help="Folder with the images that training items name (MNIST's IDX files).")
def rescore(results: Path, named: str | None, course: Path | None, data: Path | None) -> None:
    """Judge kept answers again, after a change of points, tolerances or reviews; runs no student code."""
    from grader.box.zygote import Zygote
    from grader.model import UsageError
    from grader.rubric import find_course, find_rubric, load_rubric
    from grader.run import idle_reviews, rescore_class
    from grader.store import Store
    from grader.trained import trainable

    if not any(results.glob("*/grade.json")):
        raise UsageError(f"{results} holds no grades; give the results folder of a homework")
    home = find_course(course)
    rubric = trainable(load_rubric(find_rubric(home, results.resolve().name, named), home), data)
    with Store(results) as store, Zygote() as zygote:
        grades, unjudged = rescore_class(rubric, store, zygote)
        idle = idle_reviews(rubric, store)
    for sentence in (*idle, *unjudged):
        click.echo(f"grade: {sentence}", err=True)
    _summary(rubric, grades, results)
    sys.exit(1 if unjudged else 0)


@cli.command()
@click.argument("named", metavar="RUBRIC", required=False)
@click.option("--item", "asked", multiple=True, help="Training item to calibrate (default: all of the rubric).")
@click.option("--runs", type=click.IntRange(20, 100_000), default=1000, show_default=True, help="Right runs an item.")
@click.option("--data", type=Place(), help="Folder with the images that training items name (MNIST's IDX files).")
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/.")
def calibrate(named: str | None, asked: tuple[str, ...], runs: int, data: Path | None, course: Path | None) -> None:
    """Find the gates of training items: train the reference many times, and each named mistake.

    RUBRIC is a name or a file (default: the only one). Gates and evidence are written beside the rubric.
    """
    from grader.calibrate import calibrated
    from grader.rubric import find_course, find_rubric, load_rubric
    from grader.trained import devices, trainable

    home = find_course(course)
    rubric = trainable(load_rubric(find_rubric(home, "", named), home), data, gates=False)
    for sentence in devices(rubric):
        click.echo(f"grade: {sentence}", err=True)
    for line in calibrated(rubric, asked, runs):
        click.echo(line)


@cli.command()
@click.argument("course", type=Place())
def new(course: Path) -> None:
    """Make a course: a folder with a homework that has one question of each kind, and already grades.

    COURSE is the new folder; its name is the course's.
    """
    from grader.new import new_course

    written = new_course(course)
    click.echo(f"{course}: {len(written)} files; its README.md says what each is")
    click.echo(f"Next: cd {course} && grade submissions_example/first")


@cli.command()
@click.argument("named", metavar="RUBRIC", required=False)
@click.option("--fail-under", "least", type=click.FloatRange(0, 100), help="Exit 1 if a smaller percentage is caught.")
@click.option("--budget", type=click.FloatRange(1, 100_000), default=120, show_default=True, help="CPU seconds.")
@click.option("--training", is_flag=True, help="Prove training items as well, which takes minutes for each mutant.")
@click.option("--out", type=Place(), help="Folder to write (default: results/prove/<homework>/).")
@click.option("--data", type=Place(), help="Folder with the images that training items name (MNIST's IDX files).")
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/.")
def prove(
    named: str | None,
    least: float | None,
    budget: float,
    training: bool,
    out: Path | None,
    data: Path | None,
    course: Path | None,
) -> None:
    """Say whether a rubric is any good: what it lets pass, whom it wrongs, how steady it is.

    RUBRIC is a name or a file (default: the only one). Wrong and right works are made of the course's own solution,
    handed in and graded; with --fail-under the exit status is 1 if anything is not as it should be.
    """
    from grader.prove import Wanted, page, proved, told
    from grader.rubric import find_course, find_rubric, load_rubric
    from grader.store import Store
    from grader.trained import trainable

    home = find_course(course)
    rubric = load_rubric(find_rubric(home, "", named), home)
    rubric = trainable(rubric, data) if training else rubric
    with Store(out or Path("results/prove") / rubric.homework) as store:
        proof = proved(rubric, home, store, Wanted(budget, training), lambda doing: click.echo(f"{doing} …", err=True))
        store.write_text("proof.html", page(proof))
        lines = "\n".join(told(proof))
        store.write_text("proof.txt", lines + "\n")
    click.echo(lines)
    sys.exit(1 if least is not None and not proof.holds(least) else 0)


@cli.command()
@click.argument("results", type=Place())
@click.option(
    "--to",
    "platform",
    type=click.Choice(["canvas", "moodle", "gradescope", "brightspace", "csv"]),
    help="Where the grades go.",
)
@click.option("--worksheet", type=Place(), help="The platform's own table, downloaded as CSV (csv: may be left out).")
@click.option("--column", default="", help="Header of the column for the grades, or its assignment's name or id.")
@click.option("-o", "--out", type=Place(), help="File to write (default: beside the worksheet, with -graded).")
@click.option("--feedback", type=Place(), help="Zip to write, with everyone's page as the platform takes it back.")
@click.option("--partial", is_flag=True, help="Export as well who has points that wait for a person.")
@click.option("--rubric", "named", help="Rubric, by name or file (default: the one named like the results folder).")
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/.")
def export(results: Path, named: str | None, course: Path | None, **chosen: Any) -> None:
    """Fill grades into a platform's worksheet, and pages into the zip that it takes back.

    The worksheet comes back as it was but for the grade cells. Results are not changed.
    """
    from grader.export import Chosen, exported
    from grader.model import UsageError
    from grader.rubric import find_course, find_rubric, load_rubric

    if chosen["platform"] is None:
        raise UsageError("say where the grades go, with --to canvas, moodle, gradescope, brightspace or csv")
    if not any(results.glob("*/grade.json")):
        raise UsageError(f"{results} holds no grades; give the results folder of a homework")
    home = find_course(course)
    rubric = load_rubric(find_rubric(home, results.resolve().name, named), home)
    done = exported(rubric, results, Chosen(**chosen))
    for sentence in done.said:
        click.echo(f"grade: {sentence}", err=True)
    for sentence in done.written:
        click.echo(sentence)
    sys.exit(1 if done.lost else 0)


@cli.command()
@click.argument("before", metavar="RESULTS_A", type=Place())
@click.argument("after", metavar="RESULTS_B", type=Place())
@click.option("--csv", "table", type=Place(), help="Write the changes as CSV, too; - is standard output, alone.")
def diff(before: Path, after: Path, table: Path | None) -> None:
    """Say who got another grade in RESULTS_B than in RESULTS_A, in which item, and why.

    Both are results folders of a homework; neither the course nor the submissions are needed.
    """
    from grader.diff import as_csv, difference, told

    found = difference(before, after)
    if table is not None and str(table) == "-":
        click.echo(as_csv(found), nl=False)
        return
    for sentence in told(found):
        click.echo(sentence)
    if table is not None:
        table.write_bytes(as_csv(found).encode())


@cli.command()
@click.argument("path", metavar="SUBMISSIONS", type=Place())
@click.option("--starter", "given", type=Place(), help="Folder with what was handed out (default: `grade starter`'s).")
@click.option("--top", type=click.IntRange(1, 500), default=30, show_default=True, help="Pairs that get a page.")
@click.option("--out", type=Place(), help="Folder to write (default: results/similar/<homework>/).")
@click.option("--rubric", "named", help="Rubric, by name or file (default: the one named like the folder).")
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/.")
def similar(path: Path, given: Path | None, top: int, out: Path | None, named: str | None, course: Path | None) -> None:
    """Show which submissions have passages of code in common, for a person to look at; no points follow from it.

    SUBMISSIONS is what `grade` takes. Names, comments, layout and the order of functions do not count, nor does what
    was handed out or what many have written alike.
    """
    from grader import similar as room
    from grader.intake import collect, opened, read, whole_folder
    from grader.rubric import find_course, find_rubric, load_rubric
    from grader.starter import starter
    from grader.store import Store

    home = find_course(course)
    known = [file.stem for file in sorted((home / "rubrics").glob("*.y*ml"))]
    top_folder = click.get_current_context().with_resource(opened(path))
    found = collect(top_folder.folder, known, named, top_folder.called)
    rubric = load_rubric(find_rubric(home, found.homework, named), home)
    place = out or Path("results/similar") / rubric.homework
    _refuse_results_among_submissions(place, top_folder.folder)
    handed_out = read(whole_folder(given, "starter")).sources if given else starter(rubric)
    for sentence in found.said:
        click.echo(f"grade: {sentence}", err=True)
    alike = room.similar([room.coder(one) for one in found.submissions], room.starter_grams(handed_out), most=top)
    with Store(place) as store:
        store.write_text("index.html", room.index(rubric.homework, alike))
        store.write_text("pairs.csv", room.table(alike.pairs))
        for number, pair in enumerate(alike.pairs, 1):
            store.write_text(f"pair-{number}.html", room.pair_page(rubric.homework, pair, number))
    for sentence in room.told(alike):
        click.echo(sentence)
    click.echo(f"No points follow from this; read both before you conclude anything: {place / 'index.html'}")


@cli.command()
@click.argument("results", type=Place())
@click.option("--by", default="", help="Who decides, as it stands in the record (default: your login name).")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1 (default: any free one).")
@click.option("--rubric", "named", help="Rubric, by name or file (default: the one named like the results folder).")
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/.")
def review(results: Path, by: str, port: int, named: str | None, course: Path | None) -> None:
    """Decide what no program can, on a local web page; Ctrl-C ends it.

    Several people may do so at once on one results folder. Every decision is in RESULTS/reviews.jsonl when it is made.
    """
    import getpass

    from grader.model import UsageError
    from grader.review import serve
    from grader.rubric import find_course, find_rubric, load_rubric
    from grader.store import Store

    if not any(results.glob("*/grade.json")):
        raise UsageError(f"{results} holds no grades; give the results folder of a homework")
    home = find_course(course)
    rubric = load_rubric(find_rubric(home, results.resolve().name, named), home)
    serve(rubric, Store(results), by=by.strip() or getpass.getuser(), port=port, told=click.echo)


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
@click.argument("named", metavar="RUBRIC", required=False)
@click.option("-o", "--out", type=Place(), default=Path("autograder.zip"), show_default=True, help="Zip to write.")
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/.")
@click.option("--data", type=Place(), help="Folder with the images that training items name (MNIST's IDX files).")
@click.option(
    "--i-trust-these-submissions",
    "trusted",
    is_flag=True,
    help="Let it grade even where the platform's container gives the wall nothing to stand on; results say so.",
)
def pack(named: str | None, out: Path, course: Path | None, data: Path | None, trusted: bool) -> None:
    """Pack a homework as an autograder for Gradescope: the expected answers are in it, the reference is not.

    RUBRIC is a name or a file (default: the only one).
    """
    from grader.autograde import packed_of
    from grader.gradescope.pack import write_zip
    from grader.rubric import find_course, find_rubric, load_rubric
    from grader.trained import trainable

    home = find_course(course)
    rubric = trainable(load_rubric(find_rubric(home, "", named), home), data, gpu=False)
    write_zip(packed_of(rubric, trusted=trusted), home, out)
    size = out.stat().st_size / 2**20
    click.echo(f"{out}: {rubric.homework}, {len(rubric.items)} items, {size:.1f} MB; upload it as it is")


@cli.command()
@click.argument("named", metavar="RUBRIC", required=False)
@click.option("-o", "--out", type=Place(), default=Path("starter"), show_default=True, help="New folder to write.")
@click.option("--course", type=Place(), help="Folder with rubrics/ and reference/.")
def starter(named: str | None, out: Path, course: Path | None) -> None:
    """Write what students begin with: the reference without bodies, a notebook, headings for answers.

    RUBRIC is a name or a file (default: the only one). With it comes what `grade check` needs for public items.
    """
    from grader.home import CHECK, write_check
    from grader.rubric import find_course, find_rubric, load_rubric
    from grader.starter import public_tests, write_starter

    home = find_course(course)
    rubric = load_rubric(find_rubric(home, "", named), home)
    names = write_starter(rubric, out)
    for sentence in write_check(rubric, public_tests(rubric), out / CHECK):
        click.echo(f"grade: {sentence}", err=True)
    public = f", and {CHECK} for `grade check`" if (out / CHECK).is_file() else "; no item is public"
    click.echo(f"{out}: {', '.join(names)}{public}")
    click.echo("Docstrings and the questions' texts are in it as you wrote them: read them before you hand it out.")


@cli.command()
@click.argument("path", type=Place(), default=Path())
@click.option("--with", "file", type=Place(), help="The file check.gbd (default: in PATH or a folder above it).")
def check(path: Path, file: Path | None) -> None:
    """Check your own work in PATH before you hand it in: what the course has made public, without any answer."""
    from grader.home import checked, find_check

    found = checked(file or find_check(path), path)
    for remark in found.remarks:
        click.echo(f"grade: {remark}", err=True)
    for item, outcome in found.outcomes:
        _checked(outcome.credit == 1.0, f"{item.id} {item.title}: {outcome.sentence}")
    good = sum(outcome.credit == 1.0 for _, outcome in found.outcomes)
    click.echo(f"\n{good} of {len(found.outcomes)} public items look as they should; this is no grade.")


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


def _running_notebooks(rubric: Rubric, submissions: Sequence[Submission]) -> Sequence[Submission]:
    """The submissions with notebooks that run whole, for half of the CPU time that an item may use at most."""
    import tempfile

    from grader.intake.rerun import with_running_notebooks

    folder = click.get_current_context().with_resource(tempfile.TemporaryDirectory())
    seconds = max(item.limits.cpu_seconds for item in rubric.items) / 2
    return with_running_notebooks(submissions, seconds, Path(folder))


def _engine(named: str, scheduler: str, *, insecure: bool, trusted: bool) -> Through | None:
    """The engine of this name, closed when the command ends; None for the threads of this machine."""
    from grader.engine import engine_named
    from grader.model import UsageError

    if named == "local":
        if scheduler:
            raise UsageError("--scheduler goes with --engine dask")
        return None
    engine = engine_named(named, scheduler, insecure=insecure, trusted=trusted)
    click.get_current_context().call_on_close(engine.close)
    return engine


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

    def run(self, workers: int | None, zygotes: Zygotes, engine: Through | None) -> int:
        """Grades everyone; the exit status."""
        from grader.run import grade_class, idle_reviews, plan
        from grader.store import Store

        with Store(self.place) as store:
            planned = plan(self.rubric, self.submissions, store)
            click.echo(planned.sentence(), err=True)
            cores = len(os.sched_getaffinity(0))
            count = workers or max(1, min(cores, 1 + planned.missing // (8 * max(1, len(self.rubric.items)))))
            here = zygotes.take(count if engine is None else 1)
            with _Progress(len(self.submissions)) as told:
                finished = grade_class(planned, store, here, secrets=self.secrets, told=told, engine=engine)
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
    from grader.grade import final, score, score_question

    per_question = [f"{score_question(question, grade).points:g}" for question in rubric.questions]
    total = score(rubric, grade)
    return [*per_question, f"{final(total):g}", f"{total.maximum:g}", f"{total.undecided:g}" if total.undecided else ""]


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
