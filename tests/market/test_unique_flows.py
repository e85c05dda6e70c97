"""Flows are not unique where goods can go round a circle at no cost, and only there."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from ytterby.market import solve

MINE = {"id": "mine", "commodity": "ore", "region": "A", "curve": {"form": "linear", "intercept": 0, "slope": 1}}
WANT = {"form": "linear", "intercept": 100, "slope": 1}


def buyer(region: str, commodity: str = "ore", **more: Any) -> dict[str, Any]:
    return {"id": f"{commodity} in {region}", "commodity": commodity, "region": region, "curve": WANT, **more}


def way(start: str, end: str, cost: float, commodity: str = "ore", **more: Any) -> dict[str, Any]:
    return {"id": f"{commodity} {start}-{end}", "commodity": commodity, "from": start, "to": end, "cost": cost, **more}


def smelter(region: str, yield_: float) -> dict[str, Any]:
    return {"id": f"smelter {region}", "region": region, "inputs": {"ore": 1}, "outputs": {"metal": yield_}, "cost": 2}


TWO_YEARS = [{"id": "1"}, {"id": "2"}]
CASES: dict[str, tuple[bool, dict[str, Any]]] = {
    "one way": (True, {"routes": [way("A", "B", 5)]}),
    "a dearer detour": (True, {"routes": [way("A", "B", 5), way("A", "C", 3), way("C", "B", 3)]}),
    "a detour of the same cost": (False, {"routes": [way("A", "B", 5), way("A", "C", 2), way("C", "B", 3)]}),
    "two ways of the same cost": (False, {"routes": [way("A", "B", 5), way("A", "B", 5, id="other")]}),
    "two ways whose cost rises": (True, {"routes": [way("A", "B", 5, slope=1), way("A", "B", 5, id="other", slope=1)]}),
    "two bands of one route": (
        True,
        {
            "routes": [way("A", "B", 5)],
            "measures": [
                {
                    "id": "q",
                    "instrument": "tariff_rate_quota",
                    "importer": "B",
                    "quota": 500,
                    "in_quota": {"specific": 1},
                    "over_quota": {"specific": 1},
                }
            ],
        },
    ),
    "goods of a segment beside pooled ones": (
        True,
        {
            "supplies": [MINE, {**MINE, "id": "green mine", "segment": "green"}],
            "demands": [buyer("B"), buyer("B", segment="green", id="green")],
            "routes": [way("A", "B", 5)],
        },
    ),
    "smelt here or there": (
        False,
        {
            "demands": [buyer("B", "metal")],
            "routes": [way("A", "B", 5), way("A", "B", 5, "metal")],
            "processes": [smelter("A", 1), smelter("B", 1)],
        },
    ),
    "smelt here or there with a loss": (
        False,
        {
            "demands": [buyer("B", "metal")],
            "routes": [way("A", "B", 4), way("A", "B", 5, "metal")],
            "processes": [smelter("A", 0.8), smelter("B", 0.8)],
        },
    ),
    "ship now or later": (
        False,
        {
            "periods": TWO_YEARS,
            "demands": [buyer("B", period="2")],
            "routes": [way("A", "B", 5)],
            "stocks": [{"id": f"store {r}", "commodity": "ore", "region": r, "carrying_cost": 1} for r in "AB"],
        },
    ),
    "ship now": (
        True,
        {
            "periods": TWO_YEARS,
            "demands": [buyer("B", period="2")],
            "routes": [way("A", "B", 5)],
            "stocks": [{"id": "store", "commodity": "ore", "region": "B", "carrying_cost": 1}],
        },
    ),
}


@pytest.mark.parametrize(("unique", "network"), CASES.values(), ids=CASES)
def test_flows_are_unique_where_nothing_goes_round(unique, network):
    found = solve({"supplies": [MINE], "demands": [buyer("B")], **network})
    assert pickle.loads(pickle.dumps(found)).unique_flows is unique
    assert found.unique_flows is unique
