"""Random networks: every condition of an equilibrium holds, read from the result's JSON alone."""

import copy
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ytterby.market import solve

REGIONS = ("aa", "bb", "cc")
GOODS = ("ore", "oxide", "magnet")
SECTIONS = ("supplies", "demands", "routes", "processes", "stocks")

number = st.floats(0.1, 100).map(lambda v: float(f"{v:.3g}"))
small = st.floats(0, 5).map(lambda v: float(f"{v:.3g}"))
maybe = st.one_of(st.none(), number)


def draw_curve(draw, supply, curved):
    forms = ["linear", "fixed", "marginal_cost" if supply else "inverse_linear"]
    forms += ["isoelastic"] + (["power"] if supply else []) if curved else []
    form = draw(st.sampled_from(forms))
    if form == "linear" and supply:
        return {"form": form, "intercept": draw(st.floats(-20, 20)), "slope": draw(st.floats(0.1, 10))}
    if form == "linear":
        curve = {"form": form, "intercept": draw(number), "slope": draw(st.floats(0.01, 2))}
        return curve | ({"choke": draw(number)} if draw(st.booleans()) else {})
    if form == "fixed":
        return {"form": form, "quantity": draw(number)} | ({} if supply else {"choke": draw(number)})
    if form == "marginal_cost":
        return {"form": form, "cost": draw(small), "slope": draw(st.floats(0.01, 5)), "capacity": draw(maybe)}
    if form == "inverse_linear":
        curve = {"form": form, "intercept": draw(number), "slope": draw(st.floats(0.01, 5))}
        return curve | ({"choke": draw(number)} if draw(st.booleans()) else {})
    if form == "power":
        return {"form": form, "cost": draw(small), "scale": draw(number), "exponent": draw(st.floats(0.3, 2))}
    curve = {"form": form, "scale": draw(number), "elasticity": draw(st.floats(0.2, 2))}
    return curve | ({} if supply else {"choke": draw(number)})


@st.composite
def networks(draw, curved=False, measures=True, periods=None, complementarity=False):
    n = draw(st.integers(1, 2)) if periods is None else periods
    net = {
        "interest": draw(st.sampled_from([0.0, 0.05])),
        "periods": [{"id": f"t{t}", "years": draw(st.sampled_from([1, 0.5, 2]))} for t in range(n)],
        "supplies": [],
        "demands": [],
        "routes": [],
        "processes": [],
        "stocks": [],
        "measures": [],
    }
    for region in REGIONS:
        for good in GOODS:
            if draw(st.integers(0, 3)) == 0 or (good == "ore" and region == "aa"):
                curve = draw_curve(draw, True, curved)
                net["supplies"].append(
                    {"id": f"s.{region}.{good}", "commodity": good, "region": region, "curve": curve}
                )
            if draw(st.integers(0, 2)) == 0 or (good == "magnet" and region == "bb"):
                curve = draw_curve(draw, False, curved)
                net["demands"].append({"id": f"d.{region}.{good}", "commodity": good, "region": region, "curve": curve})
            for to in REGIONS:
                if to != region and draw(st.integers(0, 1)):
                    route = {"id": f"r.{good}.{region}.{to}", "commodity": good, "from": region, "to": to}
                    route |= {"cost": draw(small), "slope": draw(st.sampled_from([0, 0.01, 0.3]))}
                    if curved:
                        route["power"] = draw(st.sampled_from([1, 0.5, 2]))
                    net["routes"].append(route | {"capacity": draw(st.one_of(st.none(), number))})
        for a, b in pairwise(GOODS):
            if draw(st.integers(0, 1)):
                outputs = {b: draw(st.floats(0.2, 1))} | ({"ore": 0.1} if draw(st.booleans()) and b != "ore" else {})
                process = {"id": f"p.{region}.{b}", "region": region, "inputs": {a: 1}, "outputs": outputs}
                process |= {"cost": draw(small), "slope": draw(st.sampled_from([0, 0.1])), "capacity": draw(maybe)}
                net["processes"].append(process)
        if n > 1 and draw(st.booleans()):
            stock = {"id": f"k.{region}", "commodity": "oxide", "region": region, "carrying_cost": draw(small)}
            stock |= {"initial": draw(st.sampled_from([0, 7])), "terminal_value": draw(st.sampled_from([0, 0.5]))}
            net["stocks"].append(stock | {"capacity": draw(maybe)})
    known = {e["region"] for s in ("supplies", "demands", "processes", "stocks") for e in net[s]}
    goods = {e["commodity"] for s in ("supplies", "demands", "stocks") for e in net[s]}
    goods |= {c for p in net["processes"] for side in ("inputs", "outputs") for c in p[side]}
    net["routes"] = [r for r in net["routes"] if r["commodity"] in goods and {r["from"], r["to"]} <= known]
    if measures:
        net["measures"] = [m for m in draw_measures(draw, complementarity) if m.get("commodity", "*") in {"*"} | goods]
    return net


def draw_measures(draw, complementarity):
    where = {
        "exporter": draw(st.sampled_from(["*", "aa", ["aa", "bb"]])),
        "importer": draw(st.sampled_from(["*", ["bb", "cc"]])),
    }
    out = []
    if draw(st.booleans()):
        out.append({"id": "t", "instrument": "import_tariff", "specific": draw(small), **where})
    if draw(st.booleans()):
        out.append({"id": "x", "instrument": "export_tax", "specific": draw(small), "commodity": "ore"})
    if draw(st.booleans()):
        per = draw(st.sampled_from(["total", "importer", "exporter"]))
        out.append(
            {"id": "q", "instrument": "export_quota", "quantity": draw(number), "per": per, "commodity": "oxide"}
        )
    if draw(st.booleans()):
        out.append({"id": "b", "instrument": "export_ban", "commodity": "magnet", "exporter": "aa"})
    if complementarity:
        base = draw(st.sampled_from(["cif", "fob"]))
        out.append(
            {"id": "av", "instrument": "import_tariff", "ad_valorem": draw(st.floats(0, 1)), "base": base, **where}
        )
        if draw(st.booleans()):
            out.append({"id": "ax", "instrument": "export_tax", "ad_valorem": draw(st.floats(0, 0.4)), "base": base})
        if draw(st.booleans()):
            members = draw(st.sampled_from([["bb"], ["bb", "cc"]]))
            floor = {"instrument": "price_floor", "commodity": "oxide", "members": members, "price": draw(number)}
            out.append({"id": "f", **floor})
    return out


common = settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def solved(network):
    known = {e["region"] for s in ("supplies", "demands", "processes", "stocks") for e in network[s]}
    for m in network["measures"]:
        for side in ("importer", "exporter", "members"):
            if isinstance(m.get(side), list):
                m[side] = [r for r in m[side] if r in known] or "*"
            elif m.get(side, "*") not in {"*"} | known:
                m[side] = "*"
    return solve(network).to_dict()


@given(networks())
@common
def test_quadratic_networks_are_in_equilibrium(faults, network):
    result = solved(network)
    assert result["instrument_class"] == "qp"
    assert result["residual"] <= 1e-6
    assert faults(network, result) == []


@given(networks(curved=True))
@common
def test_curved_networks_are_in_equilibrium(faults, network):
    result = solved(network)
    assert result["residual"] <= 1e-6
    assert faults(network, result) == []


@given(networks(complementarity=True))
@common
def test_complementarity_networks_are_in_equilibrium(faults, network):
    result = solved(network)
    assert result["residual"] <= 1e-6
    assert faults(network, result) == []


def times(entry, factors):
    for key, factor in factors.items():
        if entry.get(key) is not None:
            entry[key] *= factor


def in_units(network, quantity, money):
    """Write a network in other units: `quantity` of the new ones to an old one by good, `money` likewise."""
    new = copy.deepcopy(network)
    for entry in new["supplies"] + new["demands"]:
        curve, q = entry["curve"], quantity[entry["commodity"]]
        p = money / q
        inverse = curve["form"] in ("marginal_cost", "inverse_linear")
        times(curve, {"cost": p, "choke": p, "capacity": q, "quantity": q})
        times(curve, {"slope": p / q if inverse else q / p, "intercept": p if inverse else q})
        times(curve, {"scale": q * p ** (curve.get("elasticity", 0.0) * (1 if entry in new["demands"] else -1))})
        times(curve, {"scale": p ** -curve.get("exponent", 0.0)})
    for entry in new["routes"] + new["stocks"]:
        q = quantity[entry["commodity"]]
        times(entry, dict.fromkeys(("cost", "carrying_cost", "terminal_value"), money / q))
        times(entry, {"capacity": q, "initial": q, "slope": money / q * q ** -entry.get("power", 1)})
    for entry in new["processes"]:
        (good,) = entry["inputs"]
        entry["outputs"] = {k: v * quantity[k] / quantity[good] for k, v in entry["outputs"].items()}
        p, q = money / quantity[good], quantity[good]
        times(entry, {"cost": p, "slope": p / q, "capacity": q})
    return new


def back(network, result, quantity, money):
    """Write a result in the units of the network that `in_units` was given."""
    good = {e["id"]: e["commodity"] for name in ("supplies", "demands", "routes", "stocks") for e in network[name]}
    good |= {e["id"]: next(iter(e["inputs"])) for e in network["processes"]}
    out = copy.deepcopy(result)
    for row in out["prices"]:
        row["price"] *= quantity[row["commodity"]] / money
    for table in ("supply", "demand", "flows", "processes", "stocks"):
        for row in out[table]:
            times(row, {key: 1.0 / quantity[good[row.get("id", row.get("route"))]] for key in ("quantity", "level")})
    return out


def renamed(network, mark):
    new = copy.deepcopy(network)
    for entry in (e for name in SECTIONS for e in new[name]):
        for key in ("id", "commodity"):
            if key in entry:
                entry[key] = mark + entry[key]
        for side in ("inputs", "outputs"):
            if side in entry:
                entry[side] = {mark + good: value for good, value in entry[side].items()}
    return new


power = st.floats(-9, 9).map(lambda v: 10.0**v)


@given(networks(measures=False), st.fixed_dictionaries(dict.fromkeys(GOODS, power)), power)
@common
def test_other_units_change_nothing(faults, network, quantity, money):
    result = solve(in_units(network, quantity, money)).to_dict()
    assert faults(network, back(network, result, quantity, money)) == []


@given(networks(measures=False, periods=1), networks(measures=False, periods=1), power, power)
@common
def test_a_market_of_other_sizes_that_has_nothing_to_do_with_it_changes_nothing(
    faults, network, other, quantity, money
):
    other |= {"periods": network["periods"], "interest": network["interest"]}
    units = {f"x.{good}": quantity for good in GOODS}
    far = in_units(renamed(other, "x."), units, money)
    both = network | {name: network[name] + far[name] for name in SECTIONS}
    result = solve(both).to_dict()
    own, others = copy.deepcopy(result), copy.deepcopy(result)
    for table in ("prices", "supply", "demand", "flows", "processes", "stocks"):
        key = {"prices": "commodity", "flows": "route"}.get(table, "id")
        own[table] = [row for row in result[table] if not row[key].startswith("x.")]
        others[table] = [row for row in result[table] if row[key].startswith("x.")]
    assert faults(network, own) == []
    assert faults(renamed(other, "x."), back(far, others, units, money)) == []
