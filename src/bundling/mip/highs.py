"""The one door to HiGHS: hand over arrays, keep the limits, tell honestly what came back.

Habits learnt by measurement (HiGHS 1.16): its own time limit is overrun by up to twofold on large
models, so we cancel from outside as well; the incumbent survives Ctrl-C only when HiGHS runs in a
thread of its own; highspy's own thread helper keeps its locks on the class, so two models cannot be
solved side by side with it, which is why the thread is ours; a claimed infeasibility is solved
again with presolve off before anyone hears it; the constructor prints a banner on standard output.
"""

from __future__ import annotations

import atexit
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundling.errors import SolverError
from bundling.mip.model import LinearModel
from bundling.result import Event, Limit, OnEvent, Status

FloatArray = NDArray[np.float64]

_KNOWN_BAD = {"1.14": "returns wrong optima", "1.15": "cannot be imported beside ortools 9.15"}
_POLL_S = 0.02
_GRACE_S = 0.8
"""How long after its time limit HiGHS may take to stop before it is left behind."""
_EXIT_WAIT_S = 10.0
"""How long the end of the process waits for HiGHS that was left behind."""
_LEFT_BEHIND: list[threading.Event] = []
_BANNER = threading.Lock()  # standard output is one for all threads


@dataclass(frozen=True)
class MipOutcome:
    """What HiGHS gave back.

    Attributes
    ----------
    status
        `Status.OPTIMAL` and `Status.FEASIBLE` carry `values`; the others do not.
    limit
        What ended the run.
    objective, bound
        As HiGHS reports them, in the model's unit; ``inf`` and ``-inf`` when unknown.
    values
        Values of all columns, integers rounded; None without a solution.
    row_duals
        Duals of all rows, for a linear model solved to optimality; else None.
    seconds
        Wall seconds in HiGHS.
    message
        HiGHS' own words for the model status.
    improvements
        ``(seconds, objective, bound)`` at each new incumbent.
    """

    status: Status
    limit: Limit
    objective: float
    bound: float
    values: FloatArray | None
    row_duals: FloatArray | None
    seconds: float
    message: str
    improvements: tuple[tuple[float, float, float], ...] = ()


def solve_model(
    model: LinearModel,
    *,
    time_limit: float = math.inf,
    gap: float = 0.0,
    seed: int = 0,
    start: FloatArray | None = None,
    lp_method: str = "choose",
    threads: int = 1,
    max_nodes: int | None = None,
    step: str = "mip",
    on_event: OnEvent | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MipOutcome:
    """Solve `model` with HiGHS.

    Parameters
    ----------
    model
        The model; it is not changed.
    time_limit
        Wall seconds.
    gap
        Stop at this relative gap; 0 asks for a proof.
    seed
        HiGHS' random seed. Same model, seed, threads and version give the same answer unless the
        time limit ends the run.
    start
        Values of all columns of a known solution, to start from.
    lp_method
        ``"choose"``, ``"simplex"`` or ``"ipx"``; in an integer model for the root node.
    threads
        Kept at 1 by default: answers with 1 and 2 threads differ.
    max_nodes
        Nodes of the search tree after which an integer model stops, in every run the same; None
        for no limit.
    step, on_event
        Name for, and receiver of, progress events; returning False stops the run.
    cancelled
        Asked some 50 times a second while HiGHS runs; True stops the run as Ctrl-C does.

    Raises
    ------
    SolverError
        When the installed HiGHS is a version with known wrong answers, or rejects the model.
    """
    began = time.perf_counter()

    def run(first: FloatArray | None, *, presolve: bool) -> MipOutcome:
        left = time_limit
        if (spent := time.perf_counter() - began) > 1e-3:
            left = max(0.1, time_limit - spent)
        options = {
            "mip_rel_gap": gap,
            "random_seed": seed % (2**31),
            "threads": threads,
            "presolve": "choose" if presolve else "off",
        }
        if max_nodes is not None:
            options["mip_max_nodes"] = max_nodes
        return _run(model, left, options, first, lp_method, step, on_event, cancelled)

    try:
        outcome = run(start, presolve=True)
    except _MisledStartError:
        outcome = run(None, presolve=True)
    if outcome.status is Status.INFEASIBLE:
        outcome = run(start, presolve=False)
    return replace(outcome, seconds=time.perf_counter() - began)


def _run(
    model: LinearModel,
    time_limit: float,
    given: Mapping[str, Any],
    start: FloatArray | None,
    lp_method: str,
    step: str,
    on_event: OnEvent | None,
    cancelled: Callable[[], bool] | None,
) -> MipOutcome:
    hp = import_highs()
    is_mip = bool(model.integer.any())
    with banner_silenced():
        solver = hp.Highs()
    solver.silent()
    options: dict[str, Any] = {
        **given,
        "mip_abs_gap": 1e-9,
        "solver": lp_method if not is_mip else "choose",
    }
    if is_mip and lp_method == "ipx":
        options |= {"mip_lp_solver": "ipm", "mip_ipm_solver": "ipx"}
    if math.isfinite(time_limit):
        options["time_limit"] = max(0.01, time_limit)
    for key, value in options.items():
        if solver.setOptionValue(key, value) == hp.HighsStatus.kError:
            raise SolverError(f"HiGHS refuses option {key}={value!r}")
    pass_model(hp, solver, model, is_mip)
    if start is not None and is_mip:
        known = hp.HighsSolution()
        known.col_value = list(map(float, start))
        solver.setSolution(known)

    improvements: list[tuple[float, float, float]] = []
    incumbents: list[FloatArray] = []
    failures: list[BaseException] = []
    if is_mip:
        cost = model.cost if start is not None else None
        _watch_incumbents(solver, improvements, incumbents, failures, step, on_event, cost)
    interrupted, timed_out, left_behind = run_watched(solver, time_limit, failures, cancelled)
    if failures:
        raise failures[0]
    if left_behind:
        return _last_seen(model, improvements, incumbents, interrupted=interrupted)
    return _read(hp, solver, model, is_mip, interrupted, timed_out, tuple(improvements))


def _last_seen(
    model: LinearModel,
    improvements: list[tuple[float, float, float]],
    incumbents: list[FloatArray],
    *,
    interrupted: bool,
) -> MipOutcome:
    """Return what HiGHS told before it stopped listening."""
    values = incumbents[-1].copy() if incumbents else None
    if values is not None:
        values[model.integer] = np.round(values[model.integer])
    return MipOutcome(
        status=Status.UNKNOWN if values is None else Status.FEASIBLE,
        limit=Limit.INTERRUPT if interrupted else Limit.TIME,
        objective=math.inf if values is None else improvements[-1][1],
        bound=max((bound for _, _, bound in improvements), default=-math.inf),
        values=values,
        row_duals=None,
        seconds=0.0,
        message="HiGHS did not heed its time limit and was left behind",
        improvements=tuple(improvements),
    )


class _MisledStartError(Exception):
    """HiGHS gives a start solution another objective than its values have.

    HiGHS 1.16 reports the objective of a start in the presolved space, without the constant that
    presolve took out; it then prunes by, and claims as optimal, a cost no solution has.
    """


def import_highs() -> Any:
    """Import highspy, unless it is a version with known wrong answers."""
    installed = version("highspy")
    for bad, why in _KNOWN_BAD.items():
        if installed.startswith(bad + "."):
            raise SolverError(
                f"highspy {installed} {why}; install a good one: "
                f'python -m pip install "highspy>=1.16,<2"'
            )
    import highspy

    return highspy


def pass_model(hp: Any, solver: Any, model: LinearModel, is_mip: bool) -> None:
    """Hand a model over; raise `SolverError` when HiGHS does not take it."""
    matrix = model.matrix()
    numbers = (model.cost, model.lower, model.upper, model.row_lower, model.row_upper, matrix.data)
    refusal = SolverError(
        f"HiGHS rejects the model ({model.num_columns} columns, {model.num_rows} rows): "
        f"look for NaN or crossed bounds in the input"
    )
    if any(np.isnan(array).any() for array in numbers):
        raise refusal  # HiGHS itself lets NaN pass and calls the result optimal
    lp = hp.HighsLp()
    lp.num_col_ = model.num_columns
    lp.num_row_ = model.num_rows
    lp.col_cost_ = model.cost
    lp.col_lower_ = model.lower
    lp.col_upper_ = model.upper
    lp.row_lower_ = model.row_lower
    lp.row_upper_ = model.row_upper
    lp.a_matrix_.format_ = hp.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    if is_mip:
        kinds = np.array([hp.HighsVarType.kContinuous, hp.HighsVarType.kInteger], dtype=object)
        lp.integrality_ = list(kinds[model.integer.astype(int)])
    if solver.passModel(lp) == hp.HighsStatus.kError:
        raise refusal


def _watch_incumbents(
    solver: Any,
    improvements: list[tuple[float, float, float]],
    incumbents: list[FloatArray],
    failures: list[BaseException],
    step: str,
    on_event: OnEvent | None,
    cost: FloatArray | None,
) -> None:
    """Note and pass on each incumbent; with `cost`, hold its objective against its own values."""

    def improving(event: Any) -> None:
        data = event.data_out
        seconds, objective = float(data.running_time), float(data.objective_function_value)
        bound = float(data.mip_dual_bound)
        values = np.array(data.mip_solution, dtype=np.float64)
        if cost is not None and not failures:
            own = float(cost @ values)
            if abs(own - objective) > 1e-5 * max(1.0, abs(own)):
                failures.append(_MisledStartError(f"{objective} is claimed for a start of {own}"))
                solver.cancelSolve()
                return
        incumbents[:] = [values]
        improvements.append((seconds, objective, bound))
        if on_event is None or failures:
            return
        try:
            goes_on = on_event(Event(step, seconds, objective, bound)) is not False
        except BaseException as error:  # it must not unwind through HiGHS' own frames
            failures.append(error)
            goes_on = False
        if not goes_on:
            solver.cancelSolve()

    callback: Callable[[Any], None] = improving
    solver.cbMipImprovingSolution += callback


def run_watched(
    solver: Any,
    time_limit: float,
    failures: list[BaseException],
    cancelled: Callable[[], bool] | None = None,
) -> tuple[bool, bool, bool]:
    """Run in a thread; cancel on Ctrl-C, when the limit has passed, or when `cancelled` says so.

    Returns
    -------
    tuple of bool
        Interrupted; timed out; left behind, still running. HiGHS can loop in presolve without ever
        asking whether to stop (seen in `strengthenInequalities` during a restart, 1.16.0); a
        thread cannot be killed, so it is left to itself until the process ends.
    """
    solver.HandleUserInterrupt = True
    interrupted = timed_out = False
    done = threading.Event()

    def work() -> None:
        try:
            solver.run()
        except BaseException as error:
            failures.append(error)
        finally:
            done.set()

    ends = time.perf_counter() + time_limit
    give_up = ends + _GRACE_S
    threading.Thread(target=work, name="highs", daemon=True).start()
    # Not Thread.join: a Ctrl-C inside it marks the thread as ended while HiGHS still runs (Python
    # 3.11), and what is read then is no solution.
    running = True
    while running:
        try:
            running = not done.wait(_POLL_S)
            now = time.perf_counter()
            if running and now > ends and not timed_out:
                timed_out = True
                solver.cancelSolve()
            if running and cancelled is not None and not interrupted and cancelled():
                interrupted = True
                give_up = min(give_up, now + _GRACE_S)
                solver.cancelSolve()
            if running and now > give_up:
                _LEFT_BEHIND.append(done)
                return interrupted, timed_out, True
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            solver.cancelSolve()
    return interrupted, timed_out, False


@atexit.register
def _wait_for_left_behind() -> None:
    """Let HiGHS that was left behind end: C++ aborts a process that ends before its threads."""
    ends = time.perf_counter() + _EXIT_WAIT_S
    for done in _LEFT_BEHIND:
        done.wait(max(0.0, ends - time.perf_counter()))


@contextmanager
def banner_silenced() -> Iterator[None]:
    """Keep what C code prints inside the block off standard output."""
    try:
        out = sys.__stdout__.fileno() if sys.__stdout__ is not None else -1
    except (OSError, ValueError):
        out = -1
    if out < 0:
        yield
        return
    with _BANNER:
        sys.__stdout__.flush()  # type: ignore[union-attr]
        kept = os.dup(out)
        try:
            with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, not a path
                os.dup2(nowhere.fileno(), out)
                yield
        finally:
            os.dup2(kept, out)
            os.close(kept)


def _read(
    hp: Any,
    solver: Any,
    model: LinearModel,
    is_mip: bool,
    interrupted: bool,
    timed_out: bool,
    improvements: tuple[tuple[float, float, float], ...],
) -> MipOutcome:
    code = solver.getModelStatus()
    kind = hp.HighsModelStatus
    info = solver.getInfo()
    message = str(solver.modelStatusToString(code))
    feasible = info.primal_solution_status == hp.SolutionStatus.kSolutionStatusFeasible
    # A linear model stopped half-way may be primal feasible but has proved nothing.
    has_values = feasible and (is_mip or code == kind.kOptimal)
    limit = Limit.NONE
    if code == kind.kTimeLimit or timed_out:
        limit = Limit.TIME
    elif interrupted or code in (kind.kInterrupt, kind.kHighsInterrupt):
        limit = Limit.INTERRUPT
    elif code == kind.kMemoryLimit:
        limit = Limit.MEMORY
    elif code in (kind.kIterationLimit, kind.kSolutionLimit):
        limit = Limit.ITERATIONS

    objective, bound = math.inf, -math.inf
    values = row_duals = None
    if has_values:
        objective = float(info.objective_function_value)
        raw = solver.getSolution()
        values = np.array(raw.col_value, dtype=np.float64)
        values[model.integer] = np.round(values[model.integer])
        if not is_mip:
            row_duals = np.array(raw.row_dual, dtype=np.float64)
            bound = objective
    if is_mip and math.isfinite(info.mip_dual_bound):
        bound = float(info.mip_dual_bound)

    if has_values:
        proved = code == kind.kOptimal and (
            not is_mip or objective - bound <= 1e-6 * abs(objective) + 1e-9
        )
        status = Status.OPTIMAL if proved else Status.FEASIBLE
        if not proved and limit is Limit.NONE:
            limit = Limit.GAP
    elif code in (kind.kInfeasible, kind.kUnboundedOrInfeasible):
        status = Status.INFEASIBLE
    elif limit is not Limit.NONE:
        status = Status.UNKNOWN
    else:
        status = Status.FAILED
    return MipOutcome(
        status, limit, objective, bound, values, row_duals, 0.0, message, improvements
    )
