"""Write the four regions from a folder of facts.

Usage: ``python -m bundling.instances.generate --facts FOLDER --out FOLDER --seed 2026``. The same
facts and seed give the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bundling.instances import package, province
from bundling.instances.regions import SPECS, cut
from bundling.instances.sources import Facts

SEED = 2026
"""Seed of the regions that come with the library."""


def generate(facts: Path, out: Path, seed: int = SEED, names: Sequence[str] = ()) -> list[Path]:
    """Write regions below `out` and return their folders.

    Parameters
    ----------
    facts
        Folder of facts.
    out
        Folder in which each region gets a folder of its name.
    seed
        Seed of everything drawn.
    names
        Regions to write; none means all.

    Raises
    ------
    ValueError
        When a name is not one of the four regions.
    """
    known = [spec.name for spec in SPECS]
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"no region {', '.join(unknown)}; there are {', '.join(known)}")
    source = Facts(facts)
    whole = province.build(source, SPECS, seed)
    folders = []
    for spec in SPECS:
        if names and spec.name not in names:
            continue
        tables = cut(spec, whole.tables) | province.demand_tables(whole, spec)
        layers = province.shape_layers(source, spec, tables)
        package.write(out / spec.name, package.region(spec, tables, layers, seed))
        folders.append(out / spec.name)
    return folders


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line of the generator."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=Path, required=True, help="folder of facts")
    parser.add_argument("--out", type=Path, required=True, help="where the region folders go")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of everything drawn")
    parser.add_argument("--region", action="append", default=[], help="only this one; may repeat")
    given = parser.parse_args(arguments)
    generate(given.facts, given.out, given.seed, given.region)


if __name__ == "__main__":
    main()
