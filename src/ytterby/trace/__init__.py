"""What is in my product? Bills of materials and declarations rolled up to bounds by element, step and origin.

>>> from ytterby.trace import Bom, Source
>>> from ytterby.trace.source import declarations_frame, lines_frame
>>> magnet = {"item": "magnet", "element": "Nd", "mass_low_kg": 0.08, "mass_high_kg": 0.09, "mined_in": "CHN"}
>>> bom = Bom(
...     Source(
...         "example",
...         lines=lines_frame([{"parent": "motor", "child": "magnet", "quantity": 8}]),
...         declarations=declarations_frame([{**magnet, "status": "declared"}]),
...     )
... )
>>> bom.explode("motor")
{'magnet': 8.0}
>>> [row["mass_kg"] for row in bom.content().share("CHN", "motor", step="mined")]
[[0.64, 0.72]]
"""

from __future__ import annotations

from ytterby.trace.bom import Bom
from ytterby.trace.content import Content
from ytterby.trace.paths import Part, Path
from ytterby.trace.records import BomRow, ContentRecord, DeclarationRow
from ytterby.trace.source import Problem, Source
from ytterby.trace.update import updated

__all__ = [
    "Bom",
    "BomRow",
    "Content",
    "ContentRecord",
    "DeclarationRow",
    "Part",
    "Path",
    "Problem",
    "Source",
    "updated",
]
