"""Read a public instance of a routing problem, whatever its format."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from bundling.errors import Fault, InputError
from bundling.io.akbay import is_akbay
from bundling.io.benchmark_text import read_text
from bundling.io.evrp_nl import evrp_nl_fields, parse_evrp_nl
from bundling.io.evrptw import evrptw_fields, parse_evrptw
from bundling.io.instance_fields import ROUNDINGS, InstanceFields
from bundling.io.solomon import parse_solomon, solomon_fields
from bundling.io.vrplib import parse_vrplib
from bundling.io.vrplib_fields import vrplib_fields

if TYPE_CHECKING:
    from bundling.rounds import RoundsProblem

RECHARGES = ("partial", "full")
_VRPLIB = re.compile(r"^\s*(NAME|TYPE|COMMENT|DIMENSION)\s*:", re.MULTILINE)
_SOLOMON = re.compile(r"^\s*(VEHICLE|CUSTOMER)\s*$", re.MULTILINE)
_SNIFFED = 4096


def read_instance(
    path: str | Path, *, rounding: str | None = None, recharge: str = "partial"
) -> RoundsProblem:
    """Read an instance; its costs are those of the published tables of its set.

    Solomon's format, VRPLIB (CVRP, VRPTW, HFVRP, SDVRPTW, MTVRPTWR, ...), the E-VRPTW of Schneider
    et al., and the E-VRP-NL of Montoya et al. are told apart by what the file holds. How distances
    are rounded and what the costs mean stands in the module of each format.

    Parameters
    ----------
    path
        The file.
    rounding
        How Euclidean distances are rounded, one of `instance_fields.ROUNDINGS`; by default as the
        set does. The electric sets never round.
    recharge
        ``"partial"`` or ``"full"``, for the E-VRPTW: no file says which of the two it is solved
        for.

    Returns
    -------
    bundling.rounds.RoundsProblem

    Raises
    ------
    bundling.InputError
        With every fault of the file: line, rule, what to do.
    OSError
        When the file cannot be opened.
    """
    return as_problem(read_fields(path, rounding=rounding, recharge=recharge))


def as_problem(found: InstanceFields) -> RoundsProblem:
    """Make the problem that `found` holds the arguments of."""
    problem: RoundsProblem = importlib.import_module("bundling.rounds").RoundsProblem(
        **found.fields
    )
    return problem


def read_fields(
    path: str | Path, *, rounding: str | None = None, recharge: str = "partial"
) -> InstanceFields:
    """Read an instance as `read_instance` does, with its kind and what its costs mean."""
    for name, value, known in (
        ("rounding", rounding, (None, *ROUNDINGS)),
        ("recharge", recharge, RECHARGES),
    ):
        if value not in known:
            raise ValueError(f"{name} is {value!r}, not one of {known}")
    path = Path(path)
    text, file = read_text(path), path.name
    kind = sniff(text)
    if kind == "evrp-nl":
        return evrp_nl_fields(parse_evrp_nl(text, file))
    if kind == "evrptw":
        return evrptw_fields(parse_evrptw(text, file), recharge=recharge)
    if kind == "vrplib":
        return vrplib_fields(parse_vrplib(text, file), rounding=rounding)
    if kind == "solomon":
        return solomon_fields(parse_solomon(text, file), rounding=rounding or "none")
    if kind == "akbay":
        rule = "is an instance with two echelons"
        remedy = "Read it with bundling.load or bundling.io.read_echelons"
    else:
        rule = "is in no format that is known"
        remedy = "Give a file in Solomon's format, VRPLIB, E-VRPTW (text) or E-VRP-NL (XML)"
    raise InputError([Fault(file, "", (), rule, remedy)])


def sniff(text: str) -> str:
    """Name the format of `text`; empty when it is none that is known."""
    head = text[:_SNIFFED]
    if head.lstrip().startswith("<"):
        return "evrp-nl"
    if head.split(maxsplit=1)[:1] == ["StringID"]:
        return "evrptw"
    if _VRPLIB.search(head):
        return "vrplib"
    if _SOLOMON.search(head):
        return "solomon"
    return "akbay" if is_akbay(head) else ""
