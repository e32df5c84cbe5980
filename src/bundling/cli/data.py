"""``bundling validate``, ``catalogue`` and ``copy``: regions as data."""

from __future__ import annotations

from pathlib import Path

import click

from bundling.cli.group import main
from bundling.cli.options import load_region


@main.command()
@click.argument("path")
def validate(path: str) -> None:
    """Check a region: every fault of the input in a line of its own.

    PATH is a folder with a data package, an Excel workbook, or the name of a region.
    """
    region = load_region(path)
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
    region = load_region(name)
    if target.exists():
        raise click.UsageError(f"{target} exists already; choose another name")
    if target.suffix.lower() == ".xlsx":
        click.echo(region.to_excel(target))
    elif target.suffix:
        raise click.UsageError(f"{target}: give a folder, or a file that ends in .xlsx")
    else:
        click.echo(region.to_folder(target))
