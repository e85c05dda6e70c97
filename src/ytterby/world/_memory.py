"""Many solves in a row without the interpreter's search for garbage."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

__all__ = ["uncollected"]


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Keep the cyclic collector from running within the block.

    Solves leave no cycles behind, and a full collection looks at every record of the atlas and the register: 0.1 s,
    several times in a path of months.
    """
    ran = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ran:
            gc.enable()
