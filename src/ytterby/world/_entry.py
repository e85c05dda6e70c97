"""Which projects are decided in a year, at the prices believed then?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ytterby.world.pipeline import LAST, Decision, Project

__all__ = ["Worth", "decide"]

Worth = Callable[[Project, tuple[Decision, ...]], float | None]
"""What a project would earn with what is decided, to be held against its incentive price; None where nobody buys."""

_MARGIN = 1.0 + 1e-9
"""A price exceeds another if it does so by more than a solve's last digits."""


def decide(projects: Iterable[Project], taken: tuple[Decision, ...], year: int, worth: Worth) -> tuple[Decision, ...]:
    """Return the decisions with those of a year: what pays, the least incentive price first.

    Projects that look at the price of one good are asked one after the other, each knowing those before it: the last
    that comes is the last that still pays. As each lowers the price for the next, their number is found by bisection.
    """
    known = {d.project.id for d in taken}
    rivals: dict[tuple[object, ...], list[Project]] = {}
    for p in projects:
        if p.id not in known and (p.opens(year) or LAST + 1) <= LAST:
            rivals.setdefault((p.good,) if p.good else (p.chain, p.at), []).append(p)
    for key in sorted(rivals, key=str):
        taken = _first_that_pay(rivals[key], taken, year, worth)
    return taken


def _first_that_pay(
    rivals: Sequence[Project], taken: tuple[Decision, ...], year: int, worth: Worth
) -> tuple[Decision, ...]:
    wanted = []
    for p in sorted(rivals, key=lambda p: (p.incentive_price, p.id)):
        price = worth(p, taken)
        if price is not None and price > p.incentive_price * _MARGIN:
            wanted.append(Decision(p, year, year + p.lead, price))
    low, high = min(1, len(wanted)), len(wanted)
    middle = high  # often all pay
    while low < high:
        last = wanted[middle - 1].project
        price = worth(last, (*taken, *wanted[: middle - 1]))
        if price is not None and price > last.incentive_price * _MARGIN:
            low = middle
        else:
            high = middle - 1
        middle = (low + high + 1) // 2
    return (*taken, *wanted[:low])
