"""A share of value over a route whose freight rises with a power of the flow."""

from __future__ import annotations

import pytest
from scipy.optimize import brentq

approx = pytest.approx


def test_retaliation_two_shares_on_two_goods_by_a_root_finder(market):
    """Wheat goes a -> b, corn b -> a; each side taxes the other's good at 30 % and 20 % of cif; separable markets."""
    network = market()
    for good, source, sink in (("wheat", "a", "b"), ("corn", "b", "a")):
        network.supply(source, name=f"s-{good}", commodity=good, form="isoelastic", scale=4, elasticity=0.8)
        network.demand(sink, name=f"d-{good}", commodity=good, form="isoelastic", scale=900, elasticity=1.3)
        network.route(source, sink, name=f"r-{good}", commodity=good, cost=2, slope=0.05, power=2)
    answer = (
        network.measure("import_tariff", name="of-b", importer="b", ad_valorem=0.3)
        .measure("import_tariff", name="of-a", importer="a", ad_valorem=0.2)
        .solve()
    )
    for good, sink, rate in (("wheat", "b", 0.3), ("corn", "a", 0.2)):

        def excess(q: float, rate: float = rate) -> float:
            origin = (q / 4) ** (1 / 0.8)
            return (1 + rate) * (origin + 2 + 0.05 * q * q) - (900 / q) ** (1 / 1.3)

        flow = brentq(excess, 0.1, 200, xtol=1e-12)
        assert answer.flow(f"r-{good}") == approx(flow, rel=1e-6)
        assert answer.price(sink, good) == approx((900 / flow) ** (1 / 1.3), rel=1e-6)


@pytest.mark.parametrize("base", ["cif", "fob"])
@pytest.mark.parametrize("power", [0.4, 0.7, 1.5, 2.0, 3.5])
@pytest.mark.parametrize("years", [1, 0.25])
def test_a_share_of_a_value_with_bent_freight(market, power, base, years):
    """Abroad P = q, home 100 - Q, freight f = 2 + 0.3 Q^power, 40 %: 1.4 (Q + f) or 1.4 Q + f = 100 - Q."""
    answer = (
        market(periods=[{"id": "t", "years": years}])
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=2, slope=0.3, power=power)
        .measure("import_tariff", ad_valorem=0.4, base=base)
        .solve()
    )

    def freight(q: float) -> float:
        return 2 + 0.3 * q**power

    def value(q: float) -> float:
        return q + (freight(q) if base == "cif" else 0)

    rate = brentq(lambda q: q + freight(q) + 0.4 * value(q) - 100 + q, 0, 100, xtol=1e-13)
    assert answer.flow("abroad-home") == approx(rate * years, rel=1e-6)
    assert answer.price("home") == approx(100 - rate, rel=1e-6)
    assert answer.money("import_tariff")[1] == approx(0.4 * value(rate) * rate * years, rel=1e-5)


def test_an_export_tax_and_a_duty_by_segment_over_bent_freight(market):
    """Two segments share a route of freight 1 + Q^2 / 50 (Q of both); 20 flat abroad; tax 10 % and duty 30 % of cif.

    cif = 20 + T + f with T = 0.1 cif, so cif = (20 + f) / 0.9 and P = 1.3 (20 + f) / 0.9; buyers 80 - P and 60 - P.
    """
    network = (
        market().supply("abroad", form="marginal_cost", cost=20).route("abroad", "home", cost=1, slope=0.02, power=2)
    )
    for segment, choke in (("licensed", 80), ("spot", 60)):
        network.demand("home", name=segment, segment=segment, form="linear", intercept=choke, slope=1)
    answer = (
        network.measure("export_tax", ad_valorem=0.1, base="cif").measure("import_tariff", ad_valorem=0.3, base="cif")
    ).solve()

    def price(q: float) -> float:
        return 1.3 * (20 + 1 + 0.02 * q**2) / 0.9

    flow = brentq(lambda q: max(80 - price(q), 0) + max(60 - price(q), 0) - q, 0, 100, xtol=1e-13)
    assert answer.flow("abroad-home") == approx(flow, rel=1e-6)
    assert answer.price("home", segment="licensed") == approx(price(flow), rel=1e-6)
