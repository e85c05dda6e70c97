"""Gains and losses: a tariff by hand, sums, and what is unknown stays so."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from ytterby import atlas
from ytterby.market import Equilibrium
from ytterby.world import Outcome, World
from ytterby.world.gains import ACCOUNTS, grouped

TAXED = ("magnet.ndfeb", "magnet.ndfeb_hd", "magnet.smco")


@pytest.fixture(scope="module")
def tariff(outcome: Callable[[str], Outcome]) -> Outcome:
    return outcome("magnet_tariff")


def _usa(o: Outcome) -> pd.Series:
    return o.gains.set_index("region").loc["USA"]


def test_users_lose_what_they_pay_more_and_what_they_go_without(
    world: World, base: Equilibrium, tariff: Outcome
) -> None:
    uses = world.calibration.demands.query("region == 'USA'")
    before, after = (e.demand.set_index("id")["quantity"][uses["id"]].to_numpy() for e in (base, tariff.scenario))
    places = pd.MultiIndex.from_frame(uses[["commodity", "region"]])
    was, now = (
        e.prices.set_index(["commodity", "region"])["price"][places].to_numpy() for e in (base, tariff.scenario)
    )
    by_hand = ((was - now) * (before + after) / 2).sum() / 1e3
    assert _usa(tariff)["consumer"] == pytest.approx(by_hand, rel=0.01), "a trapezoid under each demand"


def test_the_treasury_takes_rate_times_tonnes(tariff: Outcome) -> None:
    m = pd.DataFrame(dict(tariff.scenario.tables["measures"]))
    levied = m[m["id"].str.startswith("USA-S301-MAG-2026")].set_index("commodity")
    t = tariff.flows.query("`from` == 'CHN' and to == 'USA'").set_index("commodity")["scenario_t"]
    takings = sum(levied["wedge"][c] * t[c] for c in TAXED) / 1e3
    assert levied["revenue"].sum() / 1e3 == pytest.approx(takings, rel=1e-6)
    assert _usa(tariff)["government"] == pytest.approx(takings, rel=0.02), "other duties change little"


def test_the_world_loses_the_triangle(tariff: Outcome) -> None:
    m = pd.DataFrame(dict(tariff.scenario.tables["measures"]))
    wedge = m[m["id"].str.startswith("USA-S301-MAG-2026")].set_index("commodity")["wedge"]
    f = tariff.flows.query("`from` == 'CHN' and to == 'USA'").set_index("commodity")
    triangle = sum(wedge[c] * (f["baseline_t"][c] - f["scenario_t"][c]) / 2 for c in TAXED) / 1e3
    world = grouped(tariff.gains).set_index("group").loc["world"]
    assert world["total"] == pytest.approx(-triangle, rel=0.1)
    assert world["consumer"] + world["producer"] + world["government"] == pytest.approx(world["total"])


def test_a_group_is_the_sum_of_its_regions(tariff: Outcome) -> None:
    g, rows = grouped(tariff.gains).set_index("group"), tariff.gains.set_index("region")
    bloc = [r for r in atlas.group("AlliedWide") if r in rows.index]
    assert g.loc["China"].to_list() == rows.loc["CHN"].to_list()
    for account in ACCOUNTS:
        assert g[account]["allied bloc"] == pytest.approx(rows.loc[bloc, account].sum())
        assert g[account]["world"] == pytest.approx(rows[account].sum())


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    rows = [
        {"region": "CHN", **dict.fromkeys(ACCOUNTS, 1.0)},
        {"region": "USA", **dict.fromkeys(ACCOUNTS, 1.0), "consumer": None},
    ]
    g = grouped(pd.DataFrame(rows)).set_index("group")
    assert g["consumer"]["China"] == 1.0
    assert g["consumer"]["allied bloc"] is None
    assert g["consumer"]["world"] is None
    assert g["producer"]["world"] == 2.0
    assert g["producer"]["rest of the world"] == 0.0, "nobody is there"


def test_gains_are_in_the_record(tariff: Outcome) -> None:
    record = tariff.to_dict()["gains"]
    assert [set(r) for r in record] == [{"region", *ACCOUNTS}] * len(record)
    assert next(r for r in record if r["region"] == "USA")["government"] > 0
