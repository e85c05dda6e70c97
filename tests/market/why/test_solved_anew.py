"""Slopes, effects and events that `why` tells are those of networks solved anew with a little more or less."""

import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ytterby.market import solve

LIMITS = {
    "capacity of a supply": ("supplies", 0, {"curve": {"form": "marginal_cost", "cost": 0, "capacity": 20}}),
    "fixed supply": ("supplies", 0, {"curve": {"form": "fixed", "quantity": 20}}),
    "capacity of a route": ("routes", 0, {"capacity": 10}),
}


@pytest.mark.parametrize("what", LIMITS)
def test_effects_of_limits_are_those_of_networks_solved_anew(countries, price, what):
    section, i, change = LIMITS[what]
    network = countries()
    network[section][i] |= change
    found = solve(network).why("home", "wheat").binding
    assert len(found) == 1
    eased = json.loads(json.dumps(network))
    entry = eased[section][i] if section == "routes" else eased[section][i]["curve"]
    entry["quantity" if "quantity" in entry else "capacity"] += 1e-3
    rise = (price(solve(eased)) - price(solve(network))) / 1e-3
    assert found[0].effect == pytest.approx(rise, rel=1e-5)
    assert found[0].effect < -0.1


RIGHTS = {
    "export_quota": {"instrument": "export_quota", "quantity": 10},
    "licence": {"instrument": "licence", "base": [{"from": "abroad", "to": "home", "quantity": 20}], "share": 0.5},
    "production_quota": {"instrument": "production_quota", "region": "abroad", "quantity": 10},
    "tariff_rate_quota": {
        "instrument": "tariff_rate_quota",
        "quota": 10,
        "in_quota": {"specific": 1},
        "over_quota": {"specific": 90},
    },
}


@pytest.mark.parametrize("kind", RIGHTS)
def test_effects_of_rights_are_those_of_networks_solved_anew(countries, price, kind):
    """Every right lets 10 pass: 45 at home, and half of a further unit's worth less with it."""
    network = countries({"id": "m", **RIGHTS[kind]})
    found = solve(network).why("home", "wheat").binding
    assert [(x.kind, x.id) for x in found] == [(kind, "m")]
    assert (found[0].quantity, found[0].effect) == (pytest.approx(10), pytest.approx(-1 / 2))
    wider = {k: v + 1e-3 if k in ("quantity", "quota") else v for k, v in RIGHTS[kind].items()}
    if kind == "licence":
        wider["share"] += 1e-3 / 20
    rise = (price(solve(countries({"id": "m", **wider}))) - price(solve(network))) / 1e-3
    assert found[0].effect == pytest.approx(rise, rel=1e-5)


def test_buyers_of_a_segment_have_a_price_of_their_own(supply, demand, taken):
    network = {
        "supplies": [
            supply("all", slope=1),
            supply("licensed", form="fixed", quantity=20) | {"segment": "licensed"},
        ],
        "demands": [demand("free"), demand("held") | {"segment": "licensed"}],
    }
    result = solve(network)
    why = result.why("home", "wheat", segment="licensed")
    # the pool serves both: 200 − 2P = P + 20, and the segment's own 20 are part of what its buyers take
    assert why.price == pytest.approx(60)
    assert sum(x.share for x in why.sources) == pytest.approx(1)
    again = solve(taken(network, 3, segment="licensed")).why("home", "wheat", segment="licensed")
    assert again.price == pytest.approx(why.price + 3 * why.slope)


def test_an_event_on_curves_is_where_a_network_solved_anew_has_it(countries, taken, price):
    network = countries(capacity=45)
    network["demands"][0]["curve"] = {"form": "isoelastic", "scale": 600, "elasticity": 0.7}
    network["routes"][0] |= {"slope": 0.3, "power": 0.5}
    event = solve(network).why("home", "wheat").next[0]
    assert (event.change, event.id, event.price) == ("full", "farms", pytest.approx(45))
    before, after = (solve(taken(network, event.extra + d)) for d in (-1e-3, 1e-3))
    assert price(before) == pytest.approx(45, abs=1e-3)
    farms = [float(r.supply.set_index("id").quantity["farms"]) for r in (before, after)]
    assert farms[0] < 45 - 1e-5
    assert farms[1] == pytest.approx(45, abs=1e-9)


number = st.floats(1, 60).map(lambda v: float(f"{v:.3g}"))
slopes = st.floats(0.1, 3).map(lambda v: float(f"{v:.3g}"))


@st.composite
def networks(draw):
    """Three regions, ore and metal, capacities, a quota and a tariff; everything costs more the more there is of it."""
    regions = ("aa", "bb", "cc")
    maybe = st.one_of(st.none(), number)
    net = {"supplies": [], "demands": [], "routes": [], "processes": [], "measures": []}
    for r in regions:
        if r == "aa" or draw(st.booleans()):
            curve = {"form": "marginal_cost", "cost": draw(number) / 10, "slope": draw(slopes), "capacity": draw(maybe)}
            net["supplies"].append({"id": f"mine {r}", "commodity": "ore", "region": r, "curve": curve})
        curve = {"form": "linear", "intercept": draw(number), "slope": draw(slopes)}
        net["demands"].append({"id": f"works {r}", "commodity": "metal", "region": r, "curve": curve})
        process = {
            "id": f"smelter {r}",
            "region": r,
            "inputs": {"ore": 1},
            "outputs": {"metal": draw(st.floats(0.3, 1))},
        }
        net["processes"].append(
            process | {"cost": draw(number) / 10, "slope": draw(slopes) / 10, "capacity": draw(maybe)}
        )
        for to in regions:
            for good in ("ore", "metal") if to != r else ():
                route = {"id": f"{good} {r} {to}", "commodity": good, "from": r, "to": to, "cost": draw(number) / 10}
                net["routes"].append(route | {"slope": draw(slopes) / 10, "capacity": draw(maybe)})
    if draw(st.booleans()):
        net["measures"].append({"id": "q", "instrument": "export_quota", "commodity": "ore", "quantity": draw(number)})
    if draw(st.booleans()):
        net["measures"].append(
            {"id": "t", "instrument": "import_tariff", "importer": "bb", "specific": draw(number) / 10}
        )
    return net


@given(networks(), st.sampled_from(["aa", "bb", "cc"]), st.sampled_from(["ore", "metal"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_slopes_and_events_are_those_of_networks_solved_anew(taken, price, network, region, good):
    result = solve(network)
    assume(price(result, region, good) > 1e-6)
    why = result.why(region, good)
    assert sum(x.amount for x in why.parts) == pytest.approx(why.price)
    if why.slope is not None:
        assert sum(x.share for x in why.sources) == pytest.approx(1)
    at, level, slope = 0.0, why.price, why.slope
    for x in why.next:
        if slope is not None and x.extra > at + 1e-3:
            for share in (0.5, 0.999):  # half way to the event, and just before it
                extra = at + share * (x.extra - at)
                # constraints that change the slope by less than a hundredth are passed over in silence
                room = 0.02 * abs(slope) * (extra - at) + 1e-6 * x.price
                again = price(solve(taken(network, extra, region, good)), region, good)
                assert again == pytest.approx(level + slope * (extra - at), abs=room)
        at, level, slope = x.extra, x.price, x.slope
