"""Networks whose equilibrium is known in closed form."""

import math

import pytest

from ytterby.market import solve


def linear(a, b):
    return {"form": "linear", "intercept": a, "slope": b}


def two_countries(*measures, cost=0.0, slope=0.0, **more):
    """Home: Q = 100 − P, S = P; abroad: Q = 60 − P, S = P + 20. Autarky prices 50 and 20."""
    return {
        "supplies": [
            {"id": "sh", "commodity": "wheat", "region": "home", "curve": linear(0, 1)},
            {"id": "sa", "commodity": "wheat", "region": "abroad", "curve": linear(20, 1)},
        ],
        "demands": [
            {"id": "dh", "commodity": "wheat", "region": "home", "curve": linear(100, 1)},
            {"id": "da", "commodity": "wheat", "region": "abroad", "curve": linear(60, 1)},
        ],
        "routes": [{"id": "r", "commodity": "wheat", "from": "abroad", "to": "home", "cost": cost, "slope": slope}],
        "measures": list(measures),
        **more,
    }


def prices(result, period=None):
    return {(r["commodity"], r["region"]): r["price"] for r in result["prices"] if period in (None, r["period"])}


def solved(network):
    return solve(network).to_dict()


def effect(result, ident, **where):
    rows = [r for r in result["measures"] if r["id"] == ident and all(r[k] == v for k, v in where.items())]
    assert len(rows) == 1, rows
    return rows[0]


def flow(result, route="r", period=None):
    return sum(r["quantity"] for r in result["flows"] if r["route"] == route and period in (None, r["period"]))


def test_free_trade_equalises_prices_but_for_freight(faults):
    net = two_countries(cost=10)
    r = solved(net)
    # excess demand at home 100 − 2p, excess supply abroad 2q − 40, p = q + 10: q = 30, p = 40, trade 20
    assert prices(r) == pytest.approx({("wheat", "home"): 40, ("wheat", "abroad"): 30})
    assert flow(r) == pytest.approx(20)
    assert r["instrument_class"] == "qp"
    assert r["unique_flows"] is True
    assert faults(net, r) == []


@pytest.mark.parametrize("tariff", [0, 5, 12, 30, 31, 100])
def test_specific_tariff_of_two_countries(tariff, faults):
    net = two_countries({"id": "t", "instrument": "import_tariff", "importer": "home", "specific": tariff})
    r = solved(net)
    t = min(tariff, 30)  # from 30 on it is prohibitive
    assert prices(r) == pytest.approx({("wheat", "home"): 35 + t / 2, ("wheat", "abroad"): 35 - t / 2})
    assert flow(r) == pytest.approx(30 - t, abs=1e-9)
    row = effect(r, "t")
    assert row["revenue"] == pytest.approx(tariff * (30 - t), abs=1e-7)
    assert row["wedge"] == tariff
    assert row["region"] == "home"
    assert faults(net, r) == []


def test_tariff_welfare_is_the_sum_of_its_areas():
    r = solved(two_countries({"id": "t", "instrument": "import_tariff", "importer": "home", "specific": 12}))
    home, abroad = r["welfare"]["by_region"]["home"], r["welfare"]["by_region"]["abroad"]
    p, q = 41.0, 29.0
    assert home["consumer"] == pytest.approx((100 - p) ** 2 / 2)
    assert home["producer"] == pytest.approx(p**2 / 2)
    assert home["government"] == pytest.approx(12 * 18)
    assert abroad["consumer"] == pytest.approx((60 - q) ** 2 / 2)
    assert abroad["producer"] == pytest.approx(20 * q + q**2 / 2)
    assert abroad["government"] == 0
    assert r["welfare"]["total"] == pytest.approx(sum(x["total"] for x in (home, abroad)))


def test_export_tax_moves_the_same_trade_and_pays_the_exporter():
    net = two_countries({"id": "t", "instrument": "export_tax", "exporter": "abroad", "specific": 12})
    r = solved(net)
    assert prices(r) == pytest.approx({("wheat", "home"): 41, ("wheat", "abroad"): 29})
    assert effect(r, "t")["region"] == "abroad"
    assert r["welfare"]["by_region"]["abroad"]["government"] == pytest.approx(12 * 18)


def test_subsidy_lowers_the_price_and_costs_revenue():
    r = solved(two_countries({"id": "s", "instrument": "subsidy", "exporter": "abroad", "specific": 10}))
    assert prices(r) == pytest.approx({("wheat", "home"): 30, ("wheat", "abroad"): 40})
    row = effect(r, "s")
    assert (row["wedge"], row["region"]) == (-10, "abroad")
    assert row["revenue"] == pytest.approx(-10 * 40)


@pytest.mark.parametrize(("holder", "region"), [("exporter", "abroad"), ("importer", "home")])
def test_quota_rent_goes_to_its_holder(holder, region, faults):
    net = two_countries(
        {"id": "q", "instrument": "export_quota", "exporter": "abroad", "quantity": 10, "rent_to": holder}
    )
    r = solved(net)
    assert prices(r) == pytest.approx({("wheat", "home"): 45, ("wheat", "abroad"): 25})
    row = effect(r, "q")
    assert row["binding"] is True
    assert row["wedge"] == pytest.approx(20)
    assert row["rent"] == pytest.approx(200)
    assert r["welfare"]["by_region"][region]["rent"] == pytest.approx(200)
    assert r["welfare"]["rent"] == pytest.approx(200)
    assert faults(net, r) == []


def test_dissipated_rent_is_lost_and_treasury_rent_is_revenue():
    lost, kept = (
        solved(two_countries({"id": "q", "instrument": "import_quota", "quantity": 10, "rent_to": to}))
        for to in ("dissipated", "treasury")
    )
    assert lost["welfare"]["total"] == pytest.approx(kept["welfare"]["total"] - 200)
    assert kept["welfare"]["by_region"]["home"]["government"] == pytest.approx(200)
    assert kept["welfare"]["rent"] == 0


def test_quota_above_free_trade_does_not_bind():
    r = solved(two_countries({"id": "q", "instrument": "import_quota", "quantity": 31}))
    assert effect(r, "q")["binding"] is False
    assert effect(r, "q")["wedge"] == 0
    assert flow(r) == pytest.approx(30)


def test_quota_of_nothing_is_a_ban_with_the_autarky_gap_as_wedge():
    for measure in (
        {"id": "q", "instrument": "import_quota", "quantity": 0},
        {"id": "q", "instrument": "export_ban", "exporter": "abroad"},
    ):
        r = solved(two_countries(measure))
        assert prices(r) == pytest.approx({("wheat", "home"): 50, ("wheat", "abroad"): 20})
        assert flow(r) == 0
        assert effect(r, "q")["wedge"] == pytest.approx(30)


@pytest.mark.parametrize("floor", [30, 35, 40, 49.5, 50, 50.5, 80])
def test_price_floor_is_the_least_levy_that_holds_it(floor, faults):
    net = two_countries(
        {"id": "f", "instrument": "price_floor", "commodity": "wheat", "members": ["home"], "price": floor}
    )
    r = solved(net)
    p = min(max(floor, 35.0), 50.0)
    assert prices(r)["wheat", "home"] == pytest.approx(p)
    row = effect(r, "f")
    assert row["attained"] is (floor <= 50)
    assert row["binding"] is (floor > 35)
    assert r["instrument_class"] == "complementarity"
    if floor < 50:
        assert row["wedge"] == pytest.approx(2 * (p - 35), abs=1e-7)
        assert row["revenue"] == pytest.approx(2 * (p - 35) * (100 - 2 * p), abs=1e-6)
    if floor > 50:
        assert row["wedge"] is None
        assert flow(r) == 0
    assert faults(net, r) == []


def test_floor_by_purchase_buys_the_surplus_at_the_floor(faults):
    r = solved(
        two_countries(
            {
                "id": "f",
                "instrument": "price_floor",
                "commodity": "wheat",
                "members": "home",
                "price": 40,
                "upheld_by": "purchase",
            }
        )
    )
    # both at 40: supply 40 + 60, demand 60 + 20, the treasury takes 20
    assert prices(r) == pytest.approx({("wheat", "home"): 40, ("wheat", "abroad"): 40})
    row = effect(r, "f")
    assert row["revenue"] == pytest.approx(-800)
    assert row["attained"] is True
    assert r["welfare"]["government"] == pytest.approx(-800)


def test_floor_by_deficiency_payment_pays_home_producers_the_gap():
    r = solved(
        two_countries(
            {
                "id": "f",
                "instrument": "price_floor",
                "commodity": "wheat",
                "members": "home",
                "price": 40,
                "upheld_by": "deficiency_payment",
            }
        )
    )
    # home supplies 40 whatever the price: 40 + 20 + p = 160 − 2p
    p = 100 / 3
    assert prices(r) == pytest.approx({("wheat", "home"): p, ("wheat", "abroad"): p})
    row = effect(r, "f")
    assert row["wedge"] == pytest.approx(p - 40)
    assert row["revenue"] == pytest.approx(-(40 - p) * 40)
    assert r["instrument_class"] == "complementarity"
    assert r["welfare"]["by_region"]["home"]["producer"] == pytest.approx(40**2 / 2)


@pytest.mark.parametrize("base", ["cif", "fob"])
def test_ad_valorem_tariff_on_cif_and_fob(base, faults):
    net = two_countries(
        {"id": "t", "instrument": "import_tariff", "ad_valorem": 0.25, "base": base, "importer": "home"}, cost=5
    )
    r = solved(net)
    # 100 − 2p = 2q − 40 and p = 1.25 (q + 5) on cif, p = 1.25 q + 5 on fob
    q = (70 - 6.25) / 2.25 if base == "cif" else (70 - 5) / 2.25
    assert prices(r)["wheat", "abroad"] == pytest.approx(q)
    row = effect(r, "t")
    unit = 0.25 * (q + 5 if base == "cif" else q)
    assert row["wedge"] == pytest.approx(unit)
    assert row["revenue"] == pytest.approx(unit * (2 * q - 40))
    assert r["welfare"]["government"] == pytest.approx(unit * (2 * q - 40))
    assert r["instrument_class"] == "complementarity"
    assert faults(net, r) == []


def test_ad_valorem_tariff_counts_the_exporters_rent_and_tax():
    net = two_countries(
        {"id": "q", "instrument": "export_quota", "quantity": 10, "rent_to": "exporter"},
        {"id": "x", "instrument": "export_tax", "specific": 2},
        {"id": "t", "instrument": "import_tariff", "ad_valorem": 0.1, "base": "fob"},
        cost=1,
    )
    r = solved(net)
    # trade 10: prices 45 and 25; 45 = 1.1 (25 + 2 + rent) + 1
    rent = 44 / 1.1 - 27
    assert effect(r, "q")["wedge"] == pytest.approx(rent)
    assert effect(r, "q")["rent"] == pytest.approx(10 * rent)
    assert effect(r, "t")["revenue"] == pytest.approx(10 * 0.1 * 40)


@pytest.mark.parametrize(
    ("quota", "trade", "wedge", "rent"),
    [
        (40, 26, 4, 0),  # not filled: the in-quota rate, trade 30 − 4
        (20, 20, 10, 6 * 20),  # filled: the gap of 30 − 20 is tariff and rent
        (5, 14, 16, 12 * 5),  # exceeded: the over-quota rate, trade 30 − 16
    ],
)
def test_tariff_rate_quota_has_three_regimes(quota, trade, wedge, rent):
    r = solved(
        two_countries(
            {
                "id": "q",
                "instrument": "tariff_rate_quota",
                "importer": "home",
                "quota": quota,
                "in_quota": {"specific": 4},
                "over_quota": {"specific": 16},
            }
        )
    )
    assert flow(r) == pytest.approx(trade)
    row = effect(r, "q")
    assert row["wedge"] == pytest.approx(wedge)
    assert row["rent"] == pytest.approx(rent, abs=1e-7)
    assert row["revenue"] == pytest.approx(4 * min(quota, trade) + 16 * max(trade - quota, 0))


def test_stock_carries_goods_until_prices_differ_by_its_cost(faults):
    def season(s, q):
        return {"id": s, "commodity": "wheat", "region": "home", "period": s, "curve": {"form": "fixed", "quantity": q}}

    net = {
        "interest": 0.1,
        "periods": [{"id": "a", "years": 1}, {"id": "b", "years": 2}],
        "supplies": [season("a", 80), season("b", 10)],
        "demands": [{"id": "d", "commodity": "wheat", "region": "home", "curve": linear(100, 1)}],
        "stocks": [{"id": "k", "commodity": "wheat", "region": "home", "carrying_cost": 3, "initial": 5}],
    }
    r = solved(net)
    # a: 85 − s = 100 − p; b: 20 + s = 2 (100 − p'); p' = 1.1 (p + 3)
    # p = 15 + s, p' = 90 − s/2
    s = (90 - 1.1 * 18) / 1.6
    assert r["stocks"][0]["quantity"] == pytest.approx(s)
    assert r["stocks"][1]["quantity"] == 0
    assert prices(r, "a")["wheat", "home"] == pytest.approx(15 + s)
    assert prices(r, "b")["wheat", "home"] == pytest.approx(90 - s / 2)
    assert faults(net, r) == []


def test_terminal_value_holds_goods_back():
    net = {
        "periods": [{"id": "a", "years": 1}],
        "supplies": [{"id": "s", "commodity": "w", "region": "h", "curve": {"form": "fixed", "quantity": 90}}],
        "demands": [{"id": "d", "commodity": "w", "region": "h", "curve": linear(100, 1)}],
        "stocks": [{"id": "k", "commodity": "w", "region": "h", "carrying_cost": 2, "terminal_value": 30}],
    }
    r = solved(net)
    assert prices(r)["w", "h"] == pytest.approx(28)
    assert r["stocks"][0]["quantity"] == pytest.approx(18)


def test_joint_product_in_surplus_is_free(faults):
    net = {
        "supplies": [
            {
                "id": "ore",
                "commodity": "ore",
                "region": "h",
                "curve": {"form": "marginal_cost", "cost": 1, "slope": 0.1},
            }
        ],
        "processes": [
            {"id": "p", "region": "h", "inputs": {"ore": 1}, "outputs": {"light": 0.8, "heavy": 0.2}, "cost": 1}
        ],
        "demands": [
            {"id": "l", "commodity": "light", "region": "h", "curve": linear(10, 1)},
            {
                "id": "h",
                "commodity": "heavy",
                "region": "h",
                "curve": {"form": "inverse_linear", "intercept": 90, "slope": 1},
            },
        ],
    }
    r = solved(net)
    # light floods: 0.2 (90 − 0.2 q) = 2 + 0.1 q
    q = 16 / 0.14
    p = prices(r)
    assert r["processes"][0]["level"] == pytest.approx(q)
    assert p["light", "h"] == 0
    assert p["heavy", "h"] == pytest.approx(90 - 0.2 * q)
    assert r["demand"][0]["quantity"] == pytest.approx(10)
    assert faults(net, r) == []


def two_buyers(**licence):
    return {
        "supplies": [
            {
                "id": "s",
                "commodity": "dy",
                "region": "cn",
                "curve": {"form": "marginal_cost", "cost": 10, "capacity": 1e3},
            }
        ],
        "demands": [
            {
                "id": "a",
                "commodity": "dy",
                "region": "a",
                "curve": {"form": "inverse_linear", "intercept": 110, "slope": 1},
            },
            {
                "id": "b",
                "commodity": "dy",
                "region": "b",
                "curve": {"form": "inverse_linear", "intercept": 60, "slope": 0.5},
            },
        ],
        "routes": [{"id": r, "commodity": "dy", "from": "cn", "to": r} for r in ("a", "b")],
        "measures": [
            {
                "id": "l",
                "instrument": "licence",
                "exporter": "cn",
                "base": [{"from": "cn", "to": "a", "quantity": 100}, {"from": "cn", "to": "b", "quantity": 100}],
                "share": 0.4,
                **licence,
            }
        ],
    }


def test_ring_fenced_licences_bind_each_pair():
    r = solved(two_buyers(allocation="ring_fenced"))
    assert (flow(r, "a"), flow(r, "b")) == pytest.approx((40, 40))
    assert effect(r, "l", region="a")["wedge"] == pytest.approx(60)
    assert effect(r, "l", region="b")["wedge"] == pytest.approx(30)
    assert sum(x["rent"] for x in r["measures"]) == pytest.approx(40 * 90)


def test_tradeable_licences_have_one_price():
    r = solved(two_buyers(allocation="tradeable"))
    # 100 − x = 50 − x'/2, x + x' = 80
    assert (flow(r, "a"), flow(r, "b")) == pytest.approx((60, 20))
    assert effect(r, "l")["wedge"] == pytest.approx(40)
    assert effect(r, "l")["region"] == "cn"


def test_choke_price_leaves_a_fixed_demand_partly_unserved():
    net = {
        "supplies": [{"id": "s", "commodity": "w", "region": "h", "curve": linear(0, 1)}],
        "demands": [
            {"id": "d", "commodity": "w", "region": "h", "curve": {"form": "fixed", "quantity": 30, "choke": 20}}
        ],
    }
    r = solved(net)
    assert prices(r)["w", "h"] == pytest.approx(20)
    assert r["demand"][0]["quantity"] == pytest.approx(20)
    assert r["demand"][0]["unserved"] == pytest.approx(10)


def test_isoelastic_market_is_exact():
    net = {
        "supplies": [
            {"id": "s", "commodity": "w", "region": "h", "curve": {"form": "isoelastic", "scale": 2, "elasticity": 0.7}}
        ],
        "demands": [
            {
                "id": "d",
                "commodity": "w",
                "region": "h",
                "curve": {"form": "isoelastic", "scale": 900, "elasticity": 0.4},
            }
        ],
    }
    r = solved(net)
    p = 450 ** (1 / 1.1)
    assert prices(r)["w", "h"] == pytest.approx(p, rel=1e-8)
    assert r["demand"][0]["quantity"] == pytest.approx(900 * p**-0.4, rel=1e-8)
    assert r["instrument_class"] == "convex"
    assert r["welfare"]["consumer"] is None
    assert r["welfare"]["producer"] == pytest.approx(2 * p**1.7 / 1.7)


def test_elastic_isoelastic_demand_has_a_bounded_surplus():
    net = {
        "supplies": [{"id": "s", "commodity": "w", "region": "h", "curve": linear(0, 2)}],
        "demands": [
            {"id": "d", "commodity": "w", "region": "h", "curve": {"form": "isoelastic", "scale": 54, "elasticity": 2}}
        ],
    }
    r = solved(net)
    assert prices(r)["w", "h"] == pytest.approx(3)
    assert r["welfare"]["consumer"] == pytest.approx(54 / 3)
    assert r["welfare"]["total"] == pytest.approx(18 + 9)


def test_curved_freight_with_a_power_of_its_own():
    net = two_countries()
    net["routes"][0] |= {"slope": 0.02, "power": 2}
    r = solved(net)
    # trade x: home 50 − x/2, abroad 20 + x/2, gap 30 − x = 0.02 x²
    x = (-1 + math.sqrt(1 + 4 * 0.02 * 30)) / 0.04
    assert flow(r) == pytest.approx(x, rel=1e-8)


def test_periods_scale_rates_but_not_prices():
    one, two = two_countries(cost=3, slope=0.5), two_countries(cost=3, slope=0.5)
    two["periods"] = [{"id": "h", "years": 0.5}]
    a, b = solved(one), solved(two)
    assert prices(a) == pytest.approx(prices(b))
    assert flow(b) == pytest.approx(flow(a) / 2)
    assert b["welfare"]["total"] == pytest.approx(a["welfare"]["total"] / 2)


def test_production_quota_lifts_the_price_and_leaves_a_rent(faults):
    net = two_countries({"id": "q", "instrument": "production_quota", "region": "abroad", "quantity": 40})
    r = solved(net)
    # home 100 − 2p short, abroad 60 − p − 40 short of nothing: 120 = 160 − ... p: p + 40 = 160 − 2p
    p = 40.0
    assert prices(r) == pytest.approx({("wheat", "home"): p, ("wheat", "abroad"): p})
    row = effect(r, "q")
    assert row["wedge"] == pytest.approx(p - 20)
    assert row["rent"] == pytest.approx((p - 20) * 40)
    assert faults(net, r) == []


@pytest.mark.parametrize(
    ("edit", "price"),
    [
        ({"cost_delta": 6}, 38),  # home S = p − 6, abroad S = p + 14
        ({"capacity_factor": 0.5, "match": {"supply": "sh"}}, 140 / 3.5),
        ({"cost_factor": 2, "match": {"supply": "sh"}}, 140 / 3.5),
    ],
)
def test_activity_edits_move_supply_curves(edit, price):
    r = solved(two_countries({"id": "e", "instrument": "activity", "match": {}, **edit}))
    assert prices(r)["wheat", "home"] == pytest.approx(price)


def test_activity_is_available_from_its_day():
    net = two_countries(
        {
            "id": "e",
            "instrument": "activity",
            "match": {"supply": "sh"},
            "available_from": "2027-01-01",
        },
        periods=[{"id": "2026", "start": "2026-01-01"}, {"id": "2027", "start": "2027-01-01"}],
    )
    r = solved(net)
    got = {x["period"]: x["quantity"] for x in r["supply"] if x["id"] == "sh"}
    assert got["2026"] == 0
    assert got["2027"] == pytest.approx(35)


def test_a_stockpile_path_moves_prices_by_its_quantity():
    net = two_countries(
        {
            "id": "s",
            "instrument": "stockpile",
            "commodity": "wheat",
            "region": "home",
            "path": [{"period": "1", "buy": 8}],
        }
    )
    r = solved(net)
    assert prices(r)["wheat", "home"] == pytest.approx(37)
    assert effect(r, "s")["revenue"] == pytest.approx(-8 * 37)
