"""What is in my product? Bills of materials and declarations rolled up to bounds by element, step and origin."""

from __future__ import annotations

from ytterby.trace.bom import Bom
from ytterby.trace.source import Problem, Source

__all__ = ["Bom", "Problem", "Source"]
