"""A word to whoever waits for something that takes long and is no search: once compiling, say.

It goes the way of all progress, to `on_event`. Who gave none, and sits at a terminal or a notebook,
reads a line on standard error; a program that is run by another one stays silent.
"""

from __future__ import annotations

import sys

from bundling.result import Event, OnEvent

COMPILING = "compiling the search: about a minute, once on this machine"
"""Message of the event before kernels are compiled for the first time."""


def tell(event: Event, on_event: OnEvent | None) -> None:
    """Pass `event` on, or show its message when nobody listens and a person may be reading."""
    if on_event is not None:
        on_event(event)
    elif watched():
        sys.stderr.write(f"{event.step}: {event.message}\n")
        sys.stderr.flush()


def watched() -> bool:
    """Whether standard error is a terminal, or is shown in a notebook."""
    return "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty())
