"""When is a compiled loop worth its start, and how are items shared among the cores?"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import numpy as np

__all__ = ["compiled", "shared"]

WORTH = 60_000_000
"""Additions from which it pays to load numba."""
SMALL = 2_000
"""Items too few to be shared among threads."""


def compiled(additions: int) -> bool:
    """Return whether so many additions are worth a compiled loop, and numba is there."""
    return additions >= WORTH and find_spec("numba") is not None


def shared() -> Callable[[Callable[[int, int], None], int, int], None]:
    """Return how to do something for the items from a first to a last: on all cores, where there are many."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    pool = ThreadPoolExecutor(cores)

    def run(some: Callable[[int, int], None], first: int, last: int) -> None:
        if cores == 1 or last - first < SMALL:
            some(first, last)
            return
        cuts = np.linspace(first, last, 8 * cores + 1).astype(np.int64).tolist()
        list(pool.map(some, cuts[:-1], cuts[1:]))

    return run
