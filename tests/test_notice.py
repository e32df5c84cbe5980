"""Who waits is told, and who does not read is not."""

import io
import sys
import types

import pytest

from bundling.notice import COMPILING, tell
from bundling.result import Event

EVENT = Event("rounds", 0.0, message=COMPILING)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_listener_gets_the_event_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, heard = Terminal(), []
    monkeypatch.setattr(sys, "stderr", terminal)
    tell(EVENT, heard.append)
    assert heard == [EVENT]
    assert terminal.getvalue() == ""


def test_a_terminal_shows_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    tell(EVENT, None)
    assert terminal.getvalue() == f"rounds: {COMPILING}\n"


def test_a_notebook_shows_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    tell(EVENT, None)
    assert COMPILING in stream.getvalue()


def test_a_program_run_by_another_stays_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    tell(EVENT, None)
    monkeypatch.setattr(sys, "stderr", None)  # pythonw has none
    tell(EVENT, None)
    assert stream.getvalue() == ""
