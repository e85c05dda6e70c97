"""Facts that the tests of the law start from, and ways to change one of them."""

from __future__ import annotations

import copy
from typing import Any

from ytterby.obligations import Facts, Verdict, judge

Facts_ = dict[str, Any]

MOTOR: Facts_ = {
    "exporter": "DEU",
    "ship_from": "DEU",
    "destination": "USA",
    "item": {"description": "traction motor", "form": "assembly", "foreign_made": True},
    "nodes": [
        {"id": "motor", "form": "assembly", "value_usd": [400, 400]},
        {
            "id": "magnet",
            "parent": "motor",
            "form": "magnet",
            "value_usd": [20, 20],
            "contents": [
                {"element": "Nd", "form": "metal", "value_usd": [5, 5], "origin": {"metal": {"CHN": [1, 1]}}},
                {
                    "element": "Dy",
                    "form": "metal",
                    "part": "I",
                    "value_usd": [2, 2],
                    "origin": {"separated": {"CHN": [1, 1]}, "metal": {"CHN": [1, 1]}, "magnet": {"DEU": [1, 1]}},
                    "technology": {
                        "mining": "AUS", "separation": "AUS", "metal": "JPN", "magnet": "DEU", "recycling": "DEU",
                    },
                },
            ],
        },
    ],
    "parties": [{"role": "end_user", "name": "X", "country": "USA", "lists": [], "owners": [], "military": False}],
    "end_use": ["cars"],
}  # fmt: skip
"""A motor made in Germany, with Chinese dysprosium for 0.5 % of its value, to a civil buyer in the United States."""

OXIDE: Facts_ = {
    "exporter": "CHN",
    "ship_from": "CHN",
    "destination": "DEU",
    "transfer": {"kind": "goods", "means": "sea freight"},
    "item": {"description": "dysprosium oxide", "form": "oxide", "foreign_made": False},
    "nodes": [
        {
            "id": "drum",
            "form": "oxide",
            "value_usd": [5000, 5000],
            "contents": [
                {"element": "Dy", "form": "oxide", "mass_kg": [20, 20], "origin": {"separated": {"CHN": [1, 1]}}}
            ],
        }
    ],
    "parties": [{"role": "end_user", "name": "Y", "country": "DEU", "lists": [], "owners": [], "military": False}],
    "end_use": ["magnets for pumps"],
}
"""Twenty kilograms of dysprosium oxide from China to Germany."""


def changed(facts: Facts_, **changes: Any) -> Facts_:
    """Return the facts with fields set by dotted path, written with `__`; `...` takes the field away."""
    made = copy.deepcopy(facts)
    for path, value in changes.items():
        *steps, last = (int(s) if s.isdigit() else s for s in path.split("__"))
        at: Any = made
        for step in steps:
            at = at.setdefault(step, {}) if isinstance(step, str) else at[step]
        if value is ...:
            at.pop(last)
        else:
            at[last] = value
    return made


def verdict(facts: Facts_, on: str, rule: str, limb: str = "all", **options: Any) -> Verdict:
    """Return the verdict of one limb."""
    judged = judge(Facts.model_validate(facts), on, **options)
    (found,) = [v for v in judged.verdicts if (v.rule, v.limb) == (rule, limb)]
    return found


def outcome(facts: Facts_, on: str, rule: str, limb: str = "all", **options: Any) -> str:
    """Return the outcome of one limb."""
    return verdict(facts, on, rule, limb, **options).outcome
