"""The README is run, not read; only its searches end sooner."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
MOST_S = 6
"""Seconds a search in the README may take here."""


@pytest.fixture(scope="module")
def text() -> str:
    if not README.exists():
        pytest.skip("the tests run away from the checkout")
    return README.read_text(encoding="utf-8")


def sooner(block: str) -> str:
    """Give no search longer than a test has: every line runs, for plans nobody looks at."""
    return re.sub(
        r"\btime_limit=(\d+)",
        lambda found: f"time_limit={min(int(found[1]), MOST_S)}",
        block,
    )


def test_every_python_block_runs(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 2
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    for block in blocks:  # later blocks build on earlier ones, as a reader does
        exec(compile(sooner(block), "README.md", "exec"), scope)


def test_the_two_commands_are_one_line_each(text: str) -> None:
    for name in ("run", "test"):
        (block,) = re.findall(
            rf"<!-- ci: {name} -->\n+```\w*\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL
        )
        lines = block.strip().splitlines()
        assert len(lines) == 1
        assert "pip install" in lines[0]


def test_the_folder_map_is_the_tree(text: str) -> None:
    rooms = {path.parent.name for path in (ROOT / "src" / "bundling").glob("*/__init__.py")}
    missing = [room for room in sorted(rooms) if f"{room}/" not in text]
    assert not missing, f"rooms the README's folder map does not name: {missing}"
    for folder in ("src/bundling", "models", "instances", "benchmarks", "tests"):
        assert re.search(rf"^{folder}/ ", text, re.MULTILINE), folder
        assert (ROOT / folder).is_dir()


def test_links_to_files_lead_somewhere(text: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert links
    for link in links:
        assert (ROOT / link).exists(), link
