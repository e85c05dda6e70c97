"""Ytterby: an open model of the rare-earth economy and the policies that move it.

It reads the news for policy signals, keeps a dated register of policy measures, computes what those measures do to
prices, flows and shortages from mine to magnet to product, and says who must license or report.

What the command line shows is one call away in Python; names load on first use, so that ``import ytterby`` is cheap.

>>> import ytterby as yb
>>> yb.__version__
'0.1.0'
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOME: dict[str, str] = {
    "Bom": "ytterby.trace",
    "Register": "ytterby.measures",
    "World": "ytterby.world",
}

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'ytterby' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
