"""What commands share: options, the region they read, where they write, how they show progress."""

from __future__ import annotations

import contextlib
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bundling.notice import COMPILING
from bundling.report.messages import LANGUAGES, Messages

if TYPE_CHECKING:
    from bundling.region import Region
    from bundling.result import Event
    from bundling.rounds.echelons import TwoEchelonProblem
    from bundling.rules import RuleBook

Option = Callable[[Callable[..., None]], Callable[..., None]]
SEED = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
RULES = click.option(
    "--rules", "rules_folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with tables that replace dated rules.",
)  # fmt: skip


def out_option(what: str) -> Option:
    """Return the option for the folder to write to; `what` goes there."""
    return click.option(
        "--out", "folder", required=True, type=click.Path(file_okay=False, path_type=Path),
        help=f"Folder for {what}.",
    )  # fmt: skip


def time_option(seconds: float, what: str) -> Option:
    """Return the option for the time limit of `what` together."""
    return click.option(
        "--time-limit", type=click.FloatRange(min=0, min_open=True), default=seconds,
        show_default=True, help=f"Seconds for {what} together.",
    )  # fmt: skip


def gap_option(gap: float, what: str) -> Option:
    """Return the option for the gap at which `what` may stop."""
    return click.option(
        "--gap", type=click.FloatRange(min=0), default=gap, show_default=True,
        help=f"Relative gap at which {what} may stop.",
    )  # fmt: skip


def lang_option(what: str) -> Option:
    """Return the option for the language of `what`."""
    return click.option(
        "--lang", type=click.Choice(LANGUAGES), default="nl", show_default=True,
        help=f"Language of {what}.",
    )  # fmt: skip


def day_option(rules: str, default: str | None = None) -> Option:
    """Return the option for the day whose rules hold, a `datetime.date`."""
    return click.option(
        "--day", type=click.DateTime(["%Y-%m-%d"]), callback=_day, default=default,
        show_default=default is not None, help=f"Day whose rules hold ({rules}).",
    )  # fmt: skip


def _day(_ctx: click.Context, _param: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value is not None else None


def load_region(source: str) -> Region:
    """Load a region; a source that is not there is wrong use, not a fault in the input."""
    from bundling import api

    try:
        found: Region | TwoEchelonProblem = api.load(source)
    except FileNotFoundError as error:
        raise click.UsageError(line_of(error)) from error
    if hasattr(found, "family"):
        raise click.UsageError(f"{source} is a public instance, not a region; see 'bundling bench'")
    return found


def line_of(error: OSError) -> str:
    """Say an operating system's error in one line, with the file when it names one."""
    if error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def make_writable(folder: Path) -> None:
    """Make the folder now: better told before minutes of calculation than after."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(13, "cannot write here", str(folder))


def rule_book(folder: Path | None) -> RuleBook:
    """Return the dated rules, with the tables of a folder in their place."""
    from bundling.rules import RuleBook

    book = RuleBook.default()
    return book if folder is None else book.with_overrides(folder)


@contextlib.contextmanager
def progress(m: Messages, time_limit: float) -> Iterator[Callable[[Event], bool]]:
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
            bar.set_description_str(doing(m, event), refresh=True)
            return True

        yield tell


def doing(m: Messages, event: Event) -> str:
    """Say in a few words what goes on."""
    text = event.step
    if event.message == COMPILING:
        text += f": {m('progress.compiling')}"
    if math.isfinite(event.objective):
        text += f": EUR {m.number(event.objective)}"
        if math.isfinite(event.bound):
            text += f" (>= {m.number(event.bound)})"
    return text[:60]
