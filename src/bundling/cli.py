"""The command line: ``bundling run``, ``siting``, ``validate``, ``copy``, ``check``, ``bench``, ...

Exit codes: 0 done; 1 faults in the input or solution, no solution, or a failed write; 2 wrong use;
130 stopped by Ctrl-C before there was anything to write.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bundling.certify import versions
from bundling.errors import BundlingError, InputError
from bundling.notice import COMPILING
from bundling.report.messages import LANGUAGES, Messages

if TYPE_CHECKING:
    from bundling.chain import Study
    from bundling.region import Region
    from bundling.result import Event
    from bundling.rounds.echelons import TwoEchelonProblem
    from bundling.rules import RuleBook

FAULT, USAGE, INTERRUPTED = 1, 2, 130


class _Group(click.Group):
    """A group whose commands tell what is wrong with the input in lines, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InputError as error:
            for fault in error.faults:
                click.echo(f"error: {fault}", err=True)
            ctx.exit(FAULT)
        except BundlingError as error:
            click.echo(f"error: {error}", err=True)
            ctx.exit(FAULT)
        except OSError as error:
            click.echo(f"error: {_line(error)}", err=True)
            ctx.exit(FAULT)
        except KeyboardInterrupt:
            click.echo("stopped before there was anything to write", err=True)
            ctx.exit(INTERRUPTED)


def _load(source: str) -> Region:
    """Load a region; a source that is not there is wrong use, not a fault in the input."""
    from bundling import api

    try:
        found: Region | TwoEchelonProblem = api.load(source)
    except FileNotFoundError as error:
        raise click.UsageError(_line(error)) from error
    if hasattr(found, "family"):
        raise click.UsageError(f"{source} is a public instance, not a region; see 'bundling bench'")
    return found


def _line(error: OSError) -> str:
    """Say an operating system's error in one line, with the file when it names one."""
    if error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(versions()["bundling"], prog_name="bundling")
def main() -> None:
    """Optimise regional freight: hubs, city rounds, charging, charging sites."""
    _speak_utf8()


def _speak_utf8() -> None:
    """Never die on a console that lacks a character: it shows a question mark instead."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _day(_ctx: click.Context, _param: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value is not None else None


@main.command()
@click.argument("source")
@click.option("--out", "folder", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Folder for the report, workbook, layers and run record.")  # fmt: skip
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), callback=_day,
              help="Day whose rules hold (zones, levy, tariffs).")  # fmt: skip
@click.option("--year", type=click.IntRange(2000, 2100),
              help="Year of fleets and grid headroom; the year of the day by default.")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), default=180.0,
              show_default=True, help="Seconds for all steps together.")  # fmt: skip
@click.option("--gap", type=click.FloatRange(min=0), default=1e-3, show_default=True,
              help="Relative gap at which a step may stop.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--lang", type=click.Choice(LANGUAGES), default="nl", show_default=True,
              help="Language of report and workbook.")  # fmt: skip
@click.option("--rules", "rules_folder",
              type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder with tables that replace dated rules.")  # fmt: skip
def run(
    source: str,
    folder: Path,
    day: date | None,
    year: int | None,
    time_limit: float,
    gap: float,
    seed: int,
    lang: str,
    rules_folder: Path | None,
) -> None:
    """Run the chain hubs, rounds, energy, siting over SOURCE and write the report.

    SOURCE is a region that comes with the library (see `bundling catalogue`), a folder with a data
    package, or an Excel workbook.
    """
    from bundling import chain, report

    m = Messages(lang)
    _writable(folder)
    region = _load(source)
    rules = _rules(rules_folder)
    with _progress(m, time_limit) as tell:
        study = chain.run(
            region,
            day=day,
            year=year,
            rules=rules,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
            on_event=tell,
        )
    paths = report.write_all(study, folder, lang)
    click.echo(steps_table(m, study))
    click.echo()
    layers = [path for path in paths if path.suffix == ".geojson"]
    for path in paths:
        if path not in layers:
            click.echo(path)
    if layers:
        click.echo(f"{layers[0].parent}{os.sep}*.geojson ({len(layers)})")
    if not _complete(study):
        click.echo(m("cli.incomplete"), err=True)
        for step in study.steps:
            if step.result.solution is None:
                for reason in step.result.reasons[:_REASONS_SHOWN]:
                    click.echo(f"{step.name}: {reason}", err=True)
        click.get_current_context().exit(FAULT)


def _writable(folder: Path) -> None:
    """Make the folder now: better told before minutes of calculation than after."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(13, "cannot write here", str(folder))


def _rules(folder: Path | None) -> RuleBook:
    from bundling.rules import RuleBook

    book = RuleBook.default()
    return book if folder is None else book.with_overrides(folder)


def _complete(study: Study) -> bool:
    """Whether every step has a solution and every hand-over balances."""
    solved = all(step.result.solution is not None for step in study.steps)
    ran = all(study.of(family) for family in ("hubs", "rounds", "siting"))
    return solved and ran and bool(study.balances["holds"].all())


@contextlib.contextmanager
def _progress(m: Messages, time_limit: float) -> Iterator[Callable[[Event], bool]]:
    """Show seconds and the running step on standard error; silent when that is no terminal."""
    from tqdm import tqdm

    utf8 = (getattr(sys.stderr, "encoding", "") or "").lower().replace("-", "") == "utf8"
    with tqdm(
        total=round(time_limit, 1),
        disable=not sys.stderr.isatty(),
        ascii=not utf8,
        leave=False,
        bar_format="{bar:24} {n:.0f}/{total:.0f} s {desc}",
        mininterval=0.2,
    ) as bar:
        began = time.monotonic()

        def tell(event: Event) -> bool:
            bar.n = min(time.monotonic() - began, time_limit)
            bar.set_description_str(_doing(m, event), refresh=True)
            return True

        yield tell


def _doing(m: Messages, event: Event) -> str:
    text = event.step
    if event.message == COMPILING:
        text += f": {m('progress.compiling')}"
    if math.isfinite(event.objective):
        text += f": EUR {m.number(event.objective)}"
        if math.isfinite(event.bound):
            text += f" (>= {m.number(event.bound)})"
    return text[:60]


_REASONS_SHOWN = 3
"""Reasons a step without a solution gives on the terminal; the report has them all."""
_PERIOD = {"hubs": "day", "rounds": "day", "energy": "day", "siting": "horizon"}


def steps_table(m: Messages, study: Study) -> str:
    """Return the steps as lines of text: status, cost, gap and seconds.

    Parts of one family stand on one line, so that a province fits on a screen.
    """
    from bundling.report import words

    heads = [m(f"cli.{name}") for name in ("step", "parts", "status", "cost", "checks", "seconds")]
    lines = [heads]
    for family in words.FAMILIES:
        steps = study.of(family)
        if not steps:
            continue
        results = [step.result for step in steps]
        solved = any(result.solution is not None for result in results)
        lines.append(
            [
                m(f"family.{family}").split(":")[0],
                str(len(steps)),
                words.quality(m, results)[0],
                m(f"cli.cost.{_PERIOD[family]}", cost=m.number(words.cost(results)))
                if solved
                else "-",
                m.number(sum(result.run.checks for result in results)),
                f"{sum(step.seconds for step in steps):.1f}",
            ]
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    right = {1, 3, 4, 5}
    return "\n".join(
        "  ".join(
            text.rjust(width) if column in right else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


@main.command("siting")
@click.argument("source")
@click.option("--out", "folder", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Folder for page, workbook and tables.")  # fmt: skip
@click.option("--demand", "demands", type=click.Choice(["low", "mid", "high"]), multiple=True,
              help="Demand scenario; give it several times. All three by default.")  # fmt: skip
@click.option("--delay", "delays", type=click.IntRange(0, 30), multiple=True,
              help="Years the grid comes late; several times. 0 and 3 by default.")  # fmt: skip
@click.option("--base", type=(click.Choice(["low", "mid", "high"]), click.IntRange(0, 30)),
              help="Demand and delay of the scenario that is worked out: its tables and reasons "
              "stand in the page. The middle demand with the least delay by default.")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), default=1800.0,
              show_default=True, help="Seconds for all scenarios together.")  # fmt: skip
@click.option("--reasons-limit", type=click.FloatRange(min=0), default=240.0, show_default=True,
              help="Seconds for the reasons after that; 0 for none that need solving.")  # fmt: skip
@click.option("--gap", type=click.FloatRange(min=0), default=0.01, show_default=True,
              help="Relative gap at which a scenario may stop.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--own-power/--no-own-power", default=True, show_default=True,
              help="Offer batteries and solar panels at sites short of grid.")  # fmt: skip
@click.option("--lang", type=click.Choice(LANGUAGES), default="nl", show_default=True,
              help="Language of page and workbook.")  # fmt: skip
def siting_command(
    source: str,
    folder: Path,
    demands: tuple[str, ...],
    delays: tuple[int, ...],
    base: tuple[str, int] | None,
    time_limit: float,
    reasons_limit: float,
    gap: float,
    seed: int,
    own_power: bool,
    lang: str,
) -> None:
    """Plan charging sites over years, in scenarios of demand and grid, and write a study.

    SOURCE is a region that comes with the library, a folder with a data package, or a workbook.
    The study is study.html, one page for a board that works without internet, siting-study.xlsx,
    and every table as CSV.
    """
    from bundling.siting.scenarios import DEMANDS
    from bundling.study import DELAYS, siting_study

    _writable(folder)
    region = _load(source)
    with _progress(Messages(lang), time_limit + reasons_limit) as tell:
        study = siting_study(
            region,
            demands=demands or DEMANDS,
            delays=delays or DELAYS,
            base=base,
            time_limit=time_limit,
            reasons_limit=reasons_limit,
            gap=gap,
            seed=seed,
            own_power=own_power,
            on_event=tell,
        )
    paths = study.write(folder, lang=lang)
    shown = ["scenario", "status", "npv_eur", "gap_pct", "seconds"]
    click.echo(study.tables["summary"][shown].to_string(index=False, float_format="{:,.2f}".format))
    click.echo(paths[-1])
    click.echo(f"{paths[-2]} ({len(paths) - 2} tables, each as CSV beside it)")
    missing = [name for name in study.scenarios if name not in study.results]
    if missing:
        click.echo(f"stopped before: {'; '.join(missing)}", err=True)
    if missing or any(result.solution is None for result in study.results.values()):
        click.get_current_context().exit(FAULT)


@main.command("hubs")
@click.argument("source")
@click.option("--out", "folder", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Folder for page, workbook, tables and map layers.")  # fmt: skip
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), default="2030-06-04", callback=_day,
              show_default="2030-06-04",
              help="Day whose rules hold (zones, levy, emission factors).")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), default=300.0,
              show_default=True, help="Seconds for all parts together.")  # fmt: skip
@click.option("--gap", type=click.FloatRange(min=0), default=1e-3, show_default=True,
              help="Relative gap at which a part may stop.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--lang", type=click.Choice(LANGUAGES), default="nl", show_default=True,
              help="Language of page and workbook.")  # fmt: skip
@click.option("--rules", "rules_folder",
              type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder with tables that replace dated rules.")  # fmt: skip
def hubs_command(
    source: str,
    folder: Path,
    day: date,
    time_limit: float,
    gap: float,
    seed: int,
    lang: str,
    rules_folder: Path | None,
) -> None:
    """Find whether bundling freight at hubs pays: where, from which price, and for whom.

    SOURCE is a region that comes with the library, a folder with a data package, or a workbook.
    The day is solved with hubs, without any, without each open hub, at other prices and volumes,
    and for every group of players. The study is study.html, one page for a board that works
    without internet, hubs-study.xlsx, every table as CSV, and map layers.
    """
    from bundling.study.hubs import hubs_study

    _writable(folder)
    region = _load(source)
    rules = _rules(rules_folder)
    with _progress(Messages(lang), time_limit) as tell:
        study = hubs_study(
            region, day=day, rules=rules, time_limit=time_limit, gap=gap, seed=seed, on_event=tell
        )
    paths = study.write(folder, lang=lang)
    shown = ["plan", "status", "cost_eur", "gap_pct", "seconds"]
    click.echo(study.tables["summary"][shown].to_string(index=False, float_format="{:,.2f}".format))
    click.echo(paths[-1])
    click.echo(f"{paths[-2]} ({len(study.tables)} tables, each as CSV beside it)")
    for part, why in study.left_out.items():
        if why not in ("no_hub", "one_player"):
            said = study.faults.get(part, why.replace("_", " "))
            click.echo(f"left out: {part.replace('_', ' ')}: {said}", err=True)
    for reason in study.together.reasons if study.together.solution is None else ():
        click.echo(reason, err=True)
    if not study.is_complete:
        click.get_current_context().exit(FAULT)


@main.command()
@click.argument("path")
def validate(path: str) -> None:
    """Check a region: every fault of the input in a line of its own.

    PATH is a folder with a data package, an Excel workbook, or the name of a region.
    """
    region = _load(path)
    rows = sum(len(table) for table in region.tables.values())
    click.echo(f"{region.title}: {len(region.tables)} tables, {rows} rows, no faults")


@main.command()
def catalogue() -> None:
    """List the regions and named instances that come with the library."""
    from bundling import api

    click.echo(api.catalogue().to_string(index=False, na_rep="-", max_colwidth=44))


@main.command()
@click.argument("name")
@click.argument("target", type=click.Path(path_type=Path))
def copy(name: str, target: Path) -> None:
    """Copy region NAME to TARGET, a new folder or an .xlsx workbook, to make it your own."""
    region = _load(name)
    if target.exists():
        raise click.UsageError(f"{target} exists already; choose another name")
    if target.suffix.lower() == ".xlsx":
        click.echo(region.to_excel(target))
    elif target.suffix:
        raise click.UsageError(f"{target}: give a folder, or a file that ends in .xlsx")
    else:
        click.echo(region.to_folder(target))


_ROUNDING = click.option(
    "--rounding",
    type=click.Choice(["none", "round", "trunc", "trunc1", "round2", "round3"]),
    help="Rounding of Euclidean distances; by default that of the set.",
)
_RECHARGE = click.option(
    "--recharge",
    type=click.Choice(["partial", "full"]),
    default="partial",
    show_default=True,
    help="Whether every charge of an E-VRPTW fills the battery.",
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@main.command("check")
@click.argument("instance", type=_FILE)
@click.argument("solution", type=_FILE)
@_ROUNDING
@_RECHARGE
def check_solution(instance: Path, solution: Path, rounding: str | None, recharge: str) -> None:
    """Check a solution of a public instance: every broken rule in a line of its own.

    INSTANCE is in Solomon's format, VRPLIB, E-VRPTW, E-VRP-NL or 2E-EVRPTW; SOLUTION is JSON (the
    only way for the last) or text with lines such as 'Route #1: 3 S5 7'. Exit code 0: feasible;
    1: not.
    """
    from bundling import api, bench
    from bundling.io.akbay import is_akbay
    from bundling.io.benchmark_text import read_text
    from bundling.io.echelons_instance import (
        TWO_ECHELONS,
        read_echelons,
        read_echelons_solution,
    )
    from bundling.io.instance_fields import InstanceFields
    from bundling.io.rounds_instance import as_problem, read_fields
    from bundling.io.rounds_solution import read_solution

    if is_akbay(read_text(instance)):
        found = InstanceFields(TWO_ECHELONS, instance.stem, {})
        problem: Any = read_echelons(instance)
        rounds: Any = read_echelons_solution(solution)
    else:
        found = read_fields(instance, rounding=rounding, recharge=recharge)
        problem = as_problem(found)
        rounds = read_solution(solution, problem)
    violations = api.check(problem, rounds)
    for violation in violations:
        click.echo(violation)
    if violations:
        click.get_current_context().exit(FAULT)
    evaluation = api.evaluate(problem, rounds)
    value = bench.published(found, evaluation)
    click.echo(f"feasible: {len(rounds.routes)} vehicles, cost {value:.10g}")


@main.command("bench")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), default=60.0,
              show_default=True, help="Seconds for each run.")  # fmt: skip
@click.option("--cores", type=click.IntRange(min=1), default=2, show_default=True,
              help="Processor cores for each run.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(min=1), default=1, show_default=True,
              help="Runs of each instance, with seeds 0, 1, ...")  # fmt: skip
@_RECHARGE
@_ROUNDING
@click.option("--match", default="*", show_default=True,
              help="Only files whose name without ending fits, such as 'R1*'.")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="Table of all runs, as CSV.")  # fmt: skip
def bench_folder(
    folder: Path,
    time_limit: float,
    cores: int,
    seeds: int,
    recharge: str,
    rounding: str | None,
    match: str,
    out: Path | None,
) -> None:
    """Solve every public instance in FOLDER and compare with its table of best-known values.

    The table is best_known.csv, or best_known_partial_recharge.csv and
    best_known_full_recharge.csv. Exit code 0: every run has a solution.
    """
    from bundling import bench

    if not bench.instances(folder, match):
        raise click.UsageError(f"{folder} has no .txt, .vrp or .xml file that fits '{match}'")
    rows: list[bench.Row] = []
    with contextlib.ExitStack() as stack:
        results = stack.enter_context(bench.ResultsFile(out)) if out else None
        click.echo(bench.table_head())
        for row in bench.run_folder(
            folder,
            time_limit=time_limit,
            cores=cores,
            seeds=seeds,
            recharge=recharge,
            rounding=rounding,
            match=match,
        ):
            rows.append(row)
            click.echo(bench.table_line(row))
            if results:
                results.add(row)
    for line in bench.totals(rows):
        click.echo(line)
    if any(row.limit == "interrupt" for row in rows):
        click.get_current_context().exit(INTERRUPTED)
    if any(row.value != row.value for row in rows):
        click.get_current_context().exit(FAULT)
