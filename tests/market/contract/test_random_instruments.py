"""Random networks under random instruments: every condition of the contract recomputed from the public record.

Four regions, ore -> metal, freights that rise with the flow. Each levy names one pair, so that its wedge is one number.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

approx = pytest.approx
REGIONS = ("a", "b", "c", "d")
GOODS = ("ore", "metal")


def number(rng: np.random.Generator, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 3)


def network_of(rng: np.random.Generator) -> dict:
    net: dict = {key: [] for key in ("supplies", "demands", "routes", "processes", "measures")}
    net["periods"] = [{"id": "t", "years": float(rng.choice([0.5, 1, 2]))}]
    for region in REGIONS:
        cost = {"form": "marginal_cost", "cost": number(rng, 1, 30), "slope": number(rng, 0.1, 2)}
        want = {"form": "inverse_linear", "intercept": number(rng, 60, 200), "slope": number(rng, 0.2, 3)}
        net["supplies"].append({"id": f"s-{region}", "commodity": "ore", "region": region, "curve": cost})
        net["demands"].append({"id": f"d-{region}", "commodity": "metal", "region": region, "curve": want})
        if region == "a" or rng.random() < 0.7:
            recipe = {"inputs": {"ore": number(rng, 0.8, 2)}, "outputs": {"metal": 1.0}}
            cost = {"cost": number(rng, 1, 10), "slope": number(rng, 0.05, 0.5)}
            net["processes"].append({"id": f"p-{region}", "region": region, **recipe, **cost})
        for other in REGIONS:
            for good in GOODS if other != region else ():
                cost = {"cost": number(rng, 0, 15), "slope": number(rng, 0.01, 0.3)}
                net["routes"].append(
                    {"id": f"r-{good}-{region}-{other}", "commodity": good, "from": region, "to": other, **cost}
                )
    for i, route in enumerate(net["routes"]):
        if rng.random() < 0.4:
            kind = str(rng.choice(["import_tariff", "export_tax", "subsidy"]))
            rate = {"ad_valorem": number(rng, 0.02, 0.5)} if rng.random() < 0.7 else {"specific": number(rng, 1, 9)}
            pair = {"commodity": route["commodity"], "importer": route["to"], "exporter": route["from"]}
            base = str(rng.choice(["cif", "fob"]))
            net["measures"].append({"id": f"levy{i}", "instrument": kind, **pair, **rate, "base": base})
    for good, low, high in (("ore", 10, 60), ("metal", 20, 160)):
        if rng.random() < 0.6:
            net["measures"].append(
                {
                    "id": f"floor-{good}",
                    "instrument": "price_floor",
                    "commodity": good,
                    "members": [str(region) for region in rng.choice(REGIONS, 2, replace=False)],
                    "price": number(rng, low, high),
                    "upheld_by": str(rng.choice(["adjustable_tariff", "deficiency_payment"])),
                }
            )
    if rng.random() < 0.7:
        net["measures"].append(
            {
                "id": "quota",
                "instrument": "export_quota",
                "commodity": "ore",
                "exporter": "a",
                "quantity": number(rng, 1, 20),
                "rent_to": str(rng.choice(["exporter", "importer", "treasury", "dissipated"])),
            }
        )
    if rng.random() < 0.5:
        net["measures"].append(
            {
                "id": "trq",
                "instrument": "tariff_rate_quota",
                "commodity": "metal",
                "importer": "d",
                "quota": number(rng, 1, 20),
                "in_quota": {"specific": number(rng, 0, 3)},
                "over_quota": {"specific": number(rng, 3, 40)},
            }
        )
    return net


class Ledger:
    """The record by place, with what each measure does to a pair."""

    def __init__(self, net: dict, record: dict) -> None:
        self.net, self.record = net, record
        self.years = net["periods"][0]["years"]
        self.price = {(row["commodity"], row["region"]): row["price"] for row in record["prices"]}
        self.rate = {row["route"]: row["quantity"] / self.years for row in record["flows"]}
        self.rows = defaultdict(dict)
        for row in record["measures"]:
            self.rows[row["id"]][row["region"]] = row

    def levies(self, route: dict, kind: str) -> list[dict]:
        return [
            m
            for m in self.net["measures"]
            if m["instrument"] == kind
            and (m["commodity"], m["exporter"], m["importer"]) == (route["commodity"], route["from"], route["to"])
        ]

    def floors(self, upheld_by: str, good: str, region: str) -> list[dict]:
        return [
            m
            for m in self.net["measures"]
            if m["instrument"] == "price_floor"
            and (m["upheld_by"], m["commodity"]) == (upheld_by, good)
            and region in m["members"]
        ]

    def rent(self, route: dict) -> tuple[float, str]:
        for m in self.net["measures"]:
            if m["id"] == "quota" and route["commodity"] == "ore" and route["from"] == "a":
                return self.rows["quota"]["a"]["wedge"], m["rent_to"]
        return 0.0, "dissipated"

    def landed(self, route: dict) -> float | None:
        """What one more unit costs where it lands; None where a floor's levy has no number for lack of imports."""
        freight = route["cost"] + route["slope"] * self.rate[route["id"]]
        rent, holder = self.rent(route)
        kept = rent if holder == "exporter" else 0.0
        start = self.price[route["commodity"], route["from"]]
        tax = sum(m.get("specific", 0.0) for m in self.levies(route, "export_tax"))
        on_fob = sum(
            m["ad_valorem"] for m in self.levies(route, "export_tax") if "ad_valorem" in m and m["base"] == "fob"
        )
        on_cif = sum(
            m["ad_valorem"] for m in self.levies(route, "export_tax") if "ad_valorem" in m and m["base"] == "cif"
        )
        # fob = start + kept + tax + on_fob fob + on_cif (fob + freight)
        fob = (start + kept + tax + on_cif * freight) / (1 - on_fob - on_cif)
        cif = fob + freight
        cost = cif + (rent - kept)
        for kind, sign in (("import_tariff", 1), ("subsidy", -1)):
            for m in self.levies(route, kind):
                cost += sign * (
                    m.get("specific", 0.0) + m.get("ad_valorem", 0.0) * (cif if m["base"] == "cif" else fob)
                )
        for m in self.floors("adjustable_tariff", route["commodity"], route["to"]):
            if route["from"] not in m["members"]:
                wedge = self.rows[m["id"]][route["to"]]["wedge"]
                if wedge is None:
                    return None
                cost += wedge
        if "trq" in self.rows and (route["commodity"], route["to"]) == ("metal", "d"):
            cost += self.rows["trq"]["d"]["wedge"]
        return cost

    def earned(self, good: str, region: str) -> float:
        """What a producer gets: the price, or the floor where a deficiency payment tops it up."""
        floors = [m["price"] for m in self.floors("deficiency_payment", good, region)]
        return max(self.price[good, region], *floors) if floors else self.price[good, region]


def complementary(gain: float, level: float, what: str, size: float) -> None:
    """Gain <= 0, level >= 0, and gain = 0 where level > 0."""
    assert level >= -1e-9
    assert gain <= 2e-5 * size, f"{what} gains {gain}"
    if level > 1e-4:
        assert gain >= -2e-5 * size, f"{what} loses {-gain} at {level}"


@pytest.mark.parametrize("seed", range(40))
def test_every_condition_holds_in_the_public_record(market, seed):
    net = network_of(np.random.default_rng(seed))
    built = market()
    built.network |= net
    answer = built.solve()
    ledger = Ledger(net, answer.record)
    years, price = ledger.years, ledger.price
    left: dict[tuple[str, str], float] = defaultdict(float)
    for e in net["supplies"]:
        quantity = answer.supply(e["id"]) / years
        cost = e["curve"]["cost"] + e["curve"]["slope"] * quantity
        complementary(ledger.earned("ore", e["region"]) - cost, quantity, e["id"], 100)
        left["ore", e["region"]] += quantity
    for e in net["demands"]:
        quantity = answer.demand(e["id"]) / years
        worth = e["curve"]["intercept"] - e["curve"]["slope"] * quantity
        complementary(worth - price["metal", e["region"]], quantity, e["id"], 100)
        left["metal", e["region"]] -= quantity
    for e in net["processes"]:
        level = answer.level(e["id"]) / years
        share = e["inputs"]["ore"]
        cost = e["cost"] + e["slope"] * level + share * price["ore", e["region"]]
        complementary(ledger.earned("metal", e["region"]) - cost, level, e["id"], 100)
        left["ore", e["region"]] -= share * level
        left["metal", e["region"]] += level
    for e in net["routes"]:
        rate, landed = ledger.rate[e["id"]], ledger.landed(e)
        left[e["commodity"], e["from"]] -= rate
        left[e["commodity"], e["to"]] += rate
        if landed is None:
            assert rate == approx(0, abs=1e-5)
        else:
            complementary(price[e["commodity"], e["to"]] - landed, rate, e["id"], 100)
    for place, surplus in left.items():
        assert surplus >= -1e-4, place
        if price[place] > 1e-4:
            assert surplus == approx(0, abs=1e-4), place
    for m in net["measures"]:
        rows = ledger.rows[m["id"]]
        if m["instrument"] == "price_floor" and m["upheld_by"] == "adjustable_tariff":
            for region, row in rows.items():
                over = price[m["commodity"], region] - m["price"]
                assert row["attained"] is (over >= -1e-5 * m["price"])
                if row["wedge"] is not None and row["wedge"] > 1e-4:
                    assert over == approx(0, abs=2e-5 * m["price"]), "a levy above the least"
        if m["id"] == "quota":
            used = sum(ledger.rate[e["id"]] for e in net["routes"] if (e["commodity"], e["from"]) == ("ore", "a"))
            complementary(used - m["quantity"], rows["a"]["wedge"], "quota", 100)
            assert rows["a"]["rent"] == approx(rows["a"]["wedge"] * used * years, rel=1e-4, abs=1e-3)
        if m["id"] == "trq":
            used = sum(ledger.rate[e["id"]] for e in net["routes"] if (e["commodity"], e["to"]) == ("metal", "d"))
            low, high = m["in_quota"]["specific"], m["over_quota"]["specific"]
            wedge = rows["d"]["wedge"]
            assert low - 1e-5 <= wedge <= high + 1e-5
            if used < m["quota"] - 1e-4:
                assert wedge == approx(low, abs=1e-4)
            if used > m["quota"] + 1e-4:
                assert wedge == approx(high, abs=1e-4)
            inside = min(used, m["quota"])
            revenue = (low * inside + high * (used - inside)) * years
            assert rows["d"]["revenue"] == approx(revenue, rel=1e-4, abs=1e-3)
            assert rows["d"]["rent"] == approx((wedge - low) * inside * years, rel=1e-4, abs=1e-2)
