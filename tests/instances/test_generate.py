"""The shipped regions are what the generator writes, byte for byte, where the facts are at hand."""

from __future__ import annotations

import hashlib
import os
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from bundling.instances.generate import generate, main


def facts_folder() -> Path | None:
    """Folder of facts: below BUNDLING_SHARED, or in a folder shared/ beside the checkout."""
    given = os.environ.get("BUNDLING_SHARED")
    homes = [Path(given)] if given else [Path(__file__).resolve().parents[3] / "shared"]
    return next((h / "facts" for h in homes if (h / "facts" / "parameters.csv").is_file()), None)


FACTS = facts_folder()
needs_facts = pytest.mark.skipif(FACTS is None, reason="the folder of facts is not here")


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


@needs_facts
def test_generating_zwolle_again_gives_the_same_bytes(tmp_path: Path) -> None:
    assert FACTS is not None
    main(["--facts", str(FACTS), "--out", str(tmp_path), "--seed", "2026", "--region", "zwolle"])
    with as_file(files("bundling.instances") / "zwolle") as shipped:
        assert hashes(tmp_path / "zwolle") == hashes(shipped)


@needs_facts
def test_another_seed_changes_the_demand_and_nothing_else(tmp_path: Path) -> None:
    assert FACTS is not None
    (made,) = generate(FACTS, tmp_path, seed=7, names=["deventer"])
    with as_file(files("bundling.instances") / "deventer") as shipped:
        old, new = hashes(shipped), hashes(made)
    changed = {name for name in old if old[name] != new[name]}
    assert changed == {"datapackage.json", "shipments.csv", "shippers.csv", "stops.csv"}


def test_an_unknown_region_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="utrecht"):
        generate(tmp_path, tmp_path, names=["utrecht"])
