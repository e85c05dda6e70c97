"""What stops if it stops? Weeks of survival, and what is at risk, when a supply is cut.

>>> from ytterby.exposure import Content, Cut, Plan, Product, Stock, assess
>>> held = {"item": "magnet", "element": "Dy", "step": "mined", "origin": "CHN", "mass_kg": [0.1, 0.1]}
>>> content = Content.from_dict({"items": [held], "lines": [{"parent": "motor", "child": "magnet", "quantity": 2}]})
>>> plan = Plan({"magnet": Stock("magnet", 800.0)}, {"motor": Product("motor", 100.0, 900.0, 90.0)})
>>> hit = assess(content, [Cut.parse("Dy:CHN=1@12")], plan).products[0]
>>> hit.time_to_survive_weeks, hit.lost_weeks, hit.units_at_risk
((4.0, 4.0), 8.0, 800.0)
"""

from __future__ import annotations

from ytterby.exposure.assess import HORIZON_WEEKS, Exposure, assess
from ytterby.exposure.content import Content
from ytterby.exposure.cut import STEPS, Cut
from ytterby.exposure.record import Exposed, Shared, Week
from ytterby.exposure.tables import Plan, Product, Stock

__all__ = [
    "HORIZON_WEEKS",
    "STEPS",
    "Content",
    "Cut",
    "Exposed",
    "Exposure",
    "Plan",
    "Product",
    "Shared",
    "Stock",
    "Week",
    "assess",
]
