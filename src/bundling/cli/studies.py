"""``bundling siting`` and ``bundling hubs``: studies for a board."""

from __future__ import annotations

from datetime import date
from pathlib import Path

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


@main.command("siting")
@click.argument("source")
@out_option("page, workbook and tables")
@click.option("--demand", "demands", type=click.Choice(["low", "mid", "high"]), multiple=True,
              help="Demand scenario; give it several times. All three by default.")  # fmt: skip
@click.option("--delay", "delays", type=click.IntRange(0, 30), multiple=True,
              help="Years the grid comes late; several times. 0 and 3 by default.")  # fmt: skip
@click.option("--base", type=(click.Choice(["low", "mid", "high"]), click.IntRange(0, 30)),
              help="Demand and delay of the scenario that is worked out: its tables and reasons "
              "stand in the page. The middle demand with the least delay by default.")  # fmt: skip
@time_option(1800.0, "all scenarios")
@click.option("--reasons-limit", type=click.FloatRange(min=0), default=240.0, show_default=True,
              help="Seconds for the reasons after that; 0 for none that need solving.")  # fmt: skip
@gap_option(0.01, "a scenario")
@SEED
@click.option("--own-power/--no-own-power", default=True, show_default=True,
              help="Offer batteries and solar panels at sites short of grid.")  # fmt: skip
@lang_option("page and workbook")
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

    region = load_region(source)
    make_writable(folder)
    with progress(Messages(lang), time_limit + reasons_limit) as tell:
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
@out_option("page, workbook, tables and map layers")
@day_option("zones, levy, emission factors", "2030-06-04")
@time_option(300.0, "all parts")
@gap_option(1e-3, "a part")
@SEED
@lang_option("page and workbook")
@RULES
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

    region = load_region(source)
    make_writable(folder)
    rules = rule_book(rules_folder)
    with progress(Messages(lang), time_limit) as tell:
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
