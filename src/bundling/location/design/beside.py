"""Work on a plan on another core, while this one does something else."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bundling.location.design.plan import Plan


class Beside:
    """A search in a thread of its own; the kernels and HiGHS let go of the interpreter.

    Parameters
    ----------
    work
        Called with what to tell a better plan, and an event that is set when it should end; returns
        a plan.
    plan
        To begin with.
    stopped
        Set when the whole search should end.
    tell
        Called with each better plan, until `result` is asked for.
    """

    def __init__(
        self,
        work: Callable[[Callable[[Plan], object], threading.Event], Plan],
        plan: Plan,
        stopped: threading.Event,
        tell: Callable[[Plan], object],
    ) -> None:
        self.plan = plan
        self._halt = threading.Event()
        self._failures: list[BaseException] = []
        self._is_over = False

        def note(better: Plan) -> None:
            if stopped.is_set():
                self._halt.set()
            if not self._is_over and better.cost < self.plan.cost:
                self.plan = better
                tell(better)

        def run() -> None:
            try:
                note(work(note, self._halt))
            except BaseException as error:
                self._failures.append(error)

        self._stopped = stopped
        self._thread = threading.Thread(target=run, name="plans", daemon=True)
        self._thread.start()

    def result(self) -> Plan:
        """Wait for the end and return the best plan."""
        while self._thread.is_alive():
            try:
                self._thread.join(0.05)
                if self._stopped.is_set():
                    self._halt.set()
            except KeyboardInterrupt:
                self._stopped.set()
        return self._end()

    def cut(self, seconds: float = 1.0) -> Plan:
        """End the work now and return the best plan that is known."""
        self._halt.set()
        self._is_over = True
        self._thread.join(seconds)
        return self._end()

    def _end(self) -> Plan:
        self._is_over = True
        if self._failures:
            raise self._failures[0]
        return self.plan
