"""The wheel, installed outside the checkout, is whole."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REGIONS = ("zwolle", "deventer", "enschede", "overijssel")

PROBE = """
import bundling, bundling.models, bundling.instances, sys
from pathlib import Path
here = Path(sys.prefix).resolve()
for module in (bundling, bundling.models, bundling.instances):
    assert here in Path(module.__file__).resolve().parents, module.__file__
region = bundling.load("zwolle")
assert len(region.table("stops")) >= 150
names = set(bundling.catalogue()["name"])
assert {"zwolle", "deventer", "enschede", "overijssel"} <= names, names
import bundling.models.hubs, bundling.models.rounds, bundling.models.energy, bundling.models.siting
"""


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist from a clean copy of the tracked files, and the wheel from that sdist."""
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("the tests run away from the checkout")
    folder = tmp_path_factory.mktemp("dist")
    run(
        sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder
    )  # sdist first, then the wheel from it
    (built,) = folder.glob("*.whl")
    assert list(folder.glob("*.tar.gz"))
    return built


def test_the_wheel_holds_code_models_regions_and_licences(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for region in REGIONS:
        assert f"bundling/instances/{region}/datapackage.json" in names
    for needed in (
        "bundling/py.typed",
        "bundling/models/hubs.py",
        "bundling/region/columns.csv",
        "bundling/rules/truck_levy.csv",
        "bundling/report/vendor/leaflet.js",
    ):
        assert needed in names, needed
    licences = {Path(name).name for name in names if "/licenses/" in name}
    assert {"LICENSE", "NOTICE"} <= licences
    strays = [name for name in names if not name.startswith(("bundling/", "bundling-"))]
    assert not strays


def test_the_wheel_works_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "fresh"
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    run(python, "-m", "pip", "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    # The dependencies come from this environment; the fresh one stands before it on the path.
    site = Path(
        run(
            python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])", cwd=tmp_path
        ).strip()
    )
    (site / "zz_dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    run(python, "-c", PROBE, cwd=tmp_path)
    command = home / ("Scripts/bundling.exe" if sys.platform == "win32" else "bin/bundling")
    assert "zwolle" in run(command, "catalogue", cwd=tmp_path)


def test_the_models_folder_is_not_a_second_package() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import models"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "bundling.models" in done.stderr
