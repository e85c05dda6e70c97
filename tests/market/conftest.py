"""An independent reading of the format: does a result satisfy every condition of an equilibrium?

It knows nothing of the kernel: plain loops over the network's record and the result's JSON, straight from the words of
the format. Segments and firms are left to their own tests.
"""

import json
import subprocess
import sys
from collections import defaultdict

import pytest

TOL = 1e-6


def _sold(curve, p):
    """Quantity offered at price p (a rate per year)."""
    form = curve["form"]
    if form == "fixed":
        return curve["quantity"]
    if form == "linear":
        return max(0.0, curve["intercept"] + curve["slope"] * p)
    if form == "isoelastic":
        return (
            curve["scale"] * p ** curve["elasticity"] if p > 0 else (curve["scale"] if curve["elasticity"] == 0 else 0)
        )
    if form == "power":
        return curve["scale"] * max(p - curve.get("cost", 0.0), 0.0) ** curve["exponent"]
    cost, slope, cap = curve["cost"], curve.get("slope", 0.0), curve.get("capacity")
    if p <= cost:
        return 0.0
    quantity = (p - cost) / slope if slope > 0 else float("inf")
    return quantity if cap is None else min(quantity, cap)


def _bought(curve, p):
    form, choke = curve["form"], curve.get("choke")
    if choke is not None and p > choke:
        return 0.0
    if form == "fixed":
        return curve["quantity"]
    if form == "linear":
        return max(0.0, curve["intercept"] - curve["slope"] * p)
    if form == "isoelastic":
        return curve["scale"] * p ** -curve["elasticity"] if p > 0 else float("inf")
    if curve["slope"] == 0:
        return 0.0 if p >= curve["intercept"] else float("inf")
    return max(0.0, (curve["intercept"] - p) / curve["slope"])


class Reading:
    def __init__(self, network, result):
        self.net, self.res = network, result
        self.periods = network.get("periods") or [{"id": "1", "years": 1}]
        self.years = {p["id"]: p.get("years", 1) for p in self.periods}
        self.price = {(r["commodity"], r["region"], r["period"]): r["price"] for r in result["prices"]}
        self.scale = max([abs(v) for v in self.price.values() if v is not None], default=1.0) or 1.0
        self.faults = []

    def when(self, entry):
        chosen = entry.get("period", "*")
        if chosen == "*":
            return list(self.years)
        return [chosen] if isinstance(chosen, str) else list(chosen)

    def fault(self, text):
        self.faults.append(text)

    def between(self, what, q, low, high):
        slack = TOL * max(abs(q), 1e-3 * self.size)
        if not (low - slack <= q <= high + slack):
            self.fault(f"{what}: {q} not within [{low}, {high}]")

    @staticmethod
    def _in(names, name):
        return names in (None, "*") or name == names or (not isinstance(names, str) and name in names)

    def met(self, measure, route, period):
        return (
            self._in(measure.get("commodity"), route["commodity"])
            and self._in(measure.get("importer"), route["to"])
            and self._in(measure.get("exporter"), route["from"])
            and self._in(measure.get("period"), period)
        )

    def check(self):
        quantities = [abs(r["quantity"]) for n in ("supply", "demand", "flows") for r in self.res[n]]
        self.size = max(quantities, default=1.0) or 1.0
        self.balance = defaultdict(float)
        self.turnover = defaultdict(float)
        self.supplies()
        self.demands()
        self.routes()
        self.processes()
        self.stocks()
        for key, left in self.balance.items():
            room = TOL * max(self.turnover[key], 1e-3 * self.size)
            if left < -room:
                self.fault(f"balance of {key}: short by {-left}")
            if left > room and self.price[key] > TOL * self.scale:
                self.fault(f"balance of {key}: surplus {left} at price {self.price[key]}")
        for key, p in self.price.items():
            if p < 0:
                self.fault(f"negative price at {key}")
        return self.faults

    def move(self, commodity, region, period, quantity):
        self.balance[commodity, region, period] += quantity
        self.turnover[commodity, region, period] += abs(quantity)

    def _bracket(self, curve, p, law):
        room = TOL * max(abs(p), 1e-3 * self.scale)
        return sorted((law(curve, p - room), law(curve, p + room)))

    def supplies(self):
        got = {(r["id"], r["period"]): r["quantity"] for r in self.res["supply"]}
        for s in self.net.get("supplies", []):
            for t in self.when(s):
                p = self.price[s["commodity"], s["region"], t]
                for m, row in self.effects("production_quota", t):
                    if self._in(m.get("commodity"), s["commodity"]) and self._in(m.get("region"), s["region"]):
                        p -= row["wedge"]
                low, high = self._bracket(s["curve"], p, _sold)
                q = got[s["id"], t]
                if any(m["instrument"] == "production_quota" for m in self.net.get("measures", [])) and p <= TOL:
                    low = 0.0
                self.between(f"supply {s['id']} {t}", q, low * self.years[t], high * self.years[t])
                self.move(s["commodity"], s["region"], t, q)

    def demands(self):
        got = {(r["id"], r["period"]): r for r in self.res["demand"]}
        for d in self.net.get("demands", []):
            for t in self.when(d):
                p = self.price[d["commodity"], d["region"], t]
                low, high = self._bracket(d["curve"], p, _bought)
                q = got[d["id"], t]["quantity"]
                self.between(f"demand {d['id']} {t}", q, low * self.years[t], high * self.years[t])
                self.move(d["commodity"], d["region"], t, -q)

    def effects(self, instrument, period):
        for m in self.net.get("measures", []):
            if m["instrument"] == instrument:
                for row in self.res["measures"]:
                    if row["id"] == m["id"] and row["period"] == period:
                        yield m, row

    def rent(self, route, period):
        """(rent kept by the exporter, other rents) of quotas on a route, from the reported wedges."""
        kept = other = 0.0
        for instrument, default in (("export_quota", "exporter"), ("import_quota", "importer")):
            for m, row in self.effects(instrument, period):
                own = {"importer": route["to"], "exporter": route["from"]}.get(m.get("per", "total"))
                if self.met(m, route, period) and (own is None or row["region"] == own):
                    if m.get("rent_to", default) == "exporter":
                        kept += row["wedge"]
                    else:
                        other += row["wedge"]
        return kept, other

    def landed(self, route, period, freight):
        p = self.price[route["commodity"], route["from"], period]
        kept, other = self.rent(route, period)
        levies = [m for m in self.net.get("measures", []) if self.met(m, route, period)]
        tax, fob = 0.0, p + kept
        for _ in range(500):  # the tax is a share of a value that holds the tax
            fob = p + kept + tax
            cif = fob + freight
            tax = sum(
                m.get("specific") or (m.get("ad_valorem") or 0.0) * (fob if m.get("base") == "fob" else cif)
                for m in levies
                if m["instrument"] == "export_tax"
            )
        cif = fob + freight
        for m in levies:
            sign = {"import_tariff": 1, "subsidy": -1}.get(m["instrument"], 0)
            share = m.get("ad_valorem") or 0.0
            cif_like = fob if m.get("base") == "fob" else cif
            other += sign * ((m.get("specific") or 0.0) + share * cif_like)
        for m, row in self.effects("price_floor", period):
            into = row["region"] == route["to"] and row["commodity"] == route["commodity"]
            if into and not self._in(m["members"], route["from"]):
                other += row["wedge"] or 0.0
        return cif + other

    def routes(self):
        got = {(r["route"], r["period"]): r["quantity"] for r in self.res["flows"]}
        for r in self.net.get("routes", []):
            for t in self.when(r):
                q = got[r["id"], t]
                self.move(r["commodity"], r["from"], t, -q)
                self.move(r["commodity"], r["to"], t, q)
                power = r.get("power", 1)
                freight = r.get("cost", 0) + r.get("slope", 0) * (q / self.years[t]) ** power
                if any(m["instrument"] == "export_ban" and self.met(m, r, t) for m in self.net.get("measures", [])):
                    if q:
                        self.fault(f"route {r['id']} carries {q} under a ban")
                    continue
                if q == 0 and any(
                    row["wedge"] is None and row["region"] == r["to"] for _, row in self.effects("price_floor", t)
                ):
                    continue
                profit = self.price[r["commodity"], r["to"], t] - self.landed(r, t, freight)
                self.arbitrage(f"route {r['id']} {t}", q, profit, r.get("capacity"), t)

    def arbitrage(self, what, q, profit, capacity, t):
        room = TOL * self.scale
        full = capacity is not None and q >= capacity * self.years[t] * (1 - TOL)
        if q < -TOL * self.size or (capacity is not None and q > capacity * self.years[t] * (1 + TOL)):
            self.fault(f"{what}: quantity {q} out of bounds")
        if profit > room and not full:
            self.fault(f"{what}: profit {profit} is left")
        if profit < -room and q > TOL * self.size:
            self.fault(f"{what}: loss {profit} is borne at {q}")

    def processes(self):
        got = {(r["id"], r["period"]): r["level"] for r in self.res["processes"]}
        for p in self.net.get("processes", []):
            for t in self.when(p):
                q = got[p["id"], t]
                profit = -p.get("cost", 0) - p.get("slope", 0) * q / self.years[t]
                for sign, side in ((-1, "inputs"), (1, "outputs")):
                    for c, v in p.get(side, {}).items():
                        self.move(c, p["region"], t, sign * v * q)
                        profit += sign * v * self.price[c, p["region"], t]
                self.arbitrage(f"process {p['id']} {t}", q, profit, p.get("capacity"), t)

    def stocks(self):
        got = {(r["id"], r["period"]): r["quantity"] for r in self.res["stocks"]}
        ids = [p["id"] for p in self.periods]
        growth = 1.0 + self.net.get("interest", 0.0)
        for k in self.net.get("stocks", []):
            before = k.get("initial", 0.0)
            for n, t in enumerate(ids):
                q = got[k["id"], t]
                self.move(k["commodity"], k["region"], t, before - q)
                before = q
                after = k.get("terminal_value", 0.0)
                if n + 1 < len(ids):
                    after = self.price[k["commodity"], k["region"], ids[n + 1]]
                cost = k.get("carrying_cost", 0.0) * self.years[t]
                bill = (self.price[k["commodity"], k["region"], t] + cost) * growth ** self.years[t]
                full = k.get("capacity") is not None and q >= k["capacity"] * (1 - TOL)
                if after - bill > TOL * self.scale and not full:
                    self.fault(f"stock {k['id']} {t}: gain {after - bill} is left")
                if after - bill < -TOL * self.scale and q > TOL * self.size:
                    self.fault(f"stock {k['id']} {t}: loss {after - bill} is borne at {q}")


@pytest.fixture(scope="session")
def faults():
    """Return a function (network, result) -> what breaks the conditions of an equilibrium."""
    return lambda network, result: Reading(network, result).check()


@pytest.fixture(scope="session")
def run_cli():
    """Return a function (arguments, standard input) -> finished process of `python -m ytterby`."""

    def run(*arguments, stdin=""):
        return subprocess.run(
            [sys.executable, "-m", "ytterby", *arguments],
            input=stdin if isinstance(stdin, str) else json.dumps(stdin),
            capture_output=True,
            text=True,
            check=False,
        )

    return run
