"""Random networks: every condition of an equilibrium holds, read from the result's JSON alone."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ytterby.market import solve

REGIONS = ("aa", "bb", "cc")
GOODS = ("ore", "oxide", "magnet")

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
