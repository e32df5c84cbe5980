"""``bundling run``: the chain through all four families, and its report."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bundling.cli.group import FAULT, main
from bundling.cli.options import (
    RULES,
    SEED,
    day_option,
    gap_option,
    lang_option,
    load_region,
    make_writable,
    out_option,
    progress,
    rule_book,
    time_option,
)
from bundling.report.messages import Messages

if TYPE_CHECKING:
    from bundling.chain import Study

_REASONS_SHOWN = 3
"""Reasons a step without a solution gives on the terminal; the report has them all."""
_PERIOD = {"hubs": "day", "rounds": "day", "energy": "day", "siting": "horizon"}


@main.command()
@click.argument("source")
@out_option("the report, workbook, layers and run record")
@day_option("zones, levy, tariffs")
@click.option("--year", type=click.IntRange(2000, 2100),
              help="Year of fleets and grid headroom; the year of the day by default.")  # fmt: skip
@time_option(180.0, "all steps")
@gap_option(1e-3, "a step")
@SEED
@lang_option("report and workbook")
@RULES
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
    region = load_region(source)
    make_writable(folder)
    rules = rule_book(rules_folder)
    with progress(m, time_limit) as tell:
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


def _complete(study: Study) -> bool:
    """Whether every step has a solution and every hand-over balances."""
    solved = all(step.result.solution is not None for step in study.steps)
    ran = all(study.of(family) for family in ("hubs", "rounds", "siting"))
    return solved and ran and bool(study.balances["holds"].all())


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
