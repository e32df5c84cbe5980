"""``bundling check`` and ``bench``: public instances, their solutions and best-known values."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import click

from bundling.cli.group import FAULT, INTERRUPTED, main

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
