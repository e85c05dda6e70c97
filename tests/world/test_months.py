"""Months follow each other: stocks balance, licences are waited for, what is known to come is prepared for."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from ytterby.errors import UnknownNameError, UsageError
from ytterby.market import EquilibriumRecord
from ytterby.world import Imposed, Months, Scenario, Volumes, World
from ytterby.world._dated import dated
from ytterby.world._storage import BEGINS, HELD, with_stocks
from ytterby.world.cover import cover, weeks
from ytterby.world.month import Month
from ytterby.world.outcome import trade
from ytterby.world.path import path_ranges

_MAGNETS = ("magnet.ndfeb", "magnet.ndfeb_hd")
_LICENCE = Scenario(name="licence", title="Licences", measures=(Imposed(limb="CHN-A18-2025:all"),))


@pytest.fixture(scope="module")
def licensed(world: World) -> Months:
    return world.months(_LICENCE, start="2025-03", end="2025-06")


def _exports(months: Months) -> pd.Series:
    f = months.flows
    f = f[f["commodity"].isin(_MAGNETS) & (f["from"] == "CHN")]
    return f.groupby(["month", "to"])["quantity_t"].sum()


def test_without_a_measure_months_are_like_the_base_year(world: World) -> None:
    calm = world.months([], start="2024-07", end="2024-09")
    assert calm.shortages["share"].abs().max() < 0.03, "growth of half a year against capacities"
    held = calm.stocks.set_index(["month", "commodity", "region"])["quantity_t"]
    target = cover(world.calibration, 0.5).target
    for place in (("magnet.ndfeb_hd", "DEU"), ("oxide.Y", "USA")):
        assert held[("2024-07", *place)] == pytest.approx(target[place], rel=0.05)
    assert calm.prices["paid"].to_numpy() == pytest.approx(calm.prices["baseline"].to_numpy(float))
    assert calm.operates.empty
    assert calm.why == []


def test_goods_of_each_month_are_there_once(licensed: Months) -> None:
    """Opening stock, output and imports equal use, exports and closing stock, summed from the record alone."""
    before: dict[tuple[str, str], float] = {}
    for n, answer in enumerate(licensed.path.equilibria):
        net: dict[tuple[str, str], float] = {}
        for s in answer.supply.to_dict("records"):
            kind, _, place = s["id"].partition("@")
            if kind == BEGINS:
                region, _, commodity = place.partition(":")
                net[commodity, region] = s["quantity"]
        if n:
            for place, there in net.items():
                assert there == pytest.approx(before[place], rel=1e-6, abs=1e-5), place
        before = dict(licensed.path.held[n])
        for f in answer.flows.to_dict("records"):
            if f["commodity"] == "magnet.smco" and f["to"] == "DEU":
                net["magnet.smco", "DEU"] += f["quantity"]
            if f["commodity"] == "magnet.smco" and f["from"] == "DEU":
                net["magnet.smco", "DEU"] -= f["quantity"]
        for p in answer.processes.to_dict("records"):
            if p["id"] == "magnet.smco@DEU":
                net["magnet.smco", "DEU"] += p["level"]
        for d in answer.demand.to_dict("records"):
            if d["id"].endswith("DEU:magnet.smco") or "@DEU:magnet.smco|" in d["id"]:
                net["magnet.smco", "DEU"] -= d["quantity"]
        assert net["magnet.smco", "DEU"] == pytest.approx(0.0, abs=1e-4), licensed.path.months[n]


def test_stocks_are_on_the_curve_of_storage(world: World) -> None:
    """P = v (1 + premium (1 - S / S*)) where a stock is neither empty nor bound to licensed goods."""
    calm = world.months([], start="2024-07", end="2024-07")
    price = calm.path.equilibria[0].prices.set_index(["commodity", "region"])["price"]
    target, premium = calm.path.cover.target, 0.5
    for (c, r), held in calm.path.held[0].items():
        v = float(world.calibration.prices[c, r])
        assert price[c, r] == pytest.approx(v * (1 + premium * (1 - held / target[c, r])), rel=1e-6), (c, r)


def test_a_licence_is_waited_for_and_stocks_are_drawn_down(licensed: Months) -> None:
    exports = _exports(licensed).groupby("month").sum()
    assert exports["2025-05"] < 0.7 * exports["2025-03"]
    held = licensed.stocks.set_index(["commodity", "region", "month"]).sort_index()["weeks"]["magnet.ndfeb_hd", "DEU"]
    assert held.is_monotonic_decreasing
    lost = licensed.shortages.set_index(["end_use", "region", "month"]).sort_index()["share"][
        "wind_turbine", "WLD_exCHN"
    ]
    assert lost["2025-05"] > lost["2025-03"] + 0.05
    cover_ = licensed.shortages.set_index(["end_use", "region", "month"]).sort_index()["weeks_of_cover"][
        "ev_motor", "DEU"
    ]
    assert cover_["2025-03"] == pytest.approx(5.5, abs=0.2)
    assert cover_["2025-05"] < 3.0


def test_users_without_a_licence_pay_more_than_those_with_one(licensed: Months) -> None:
    row = (
        licensed.prices.set_index(["commodity", "region", "month"])
        .sort_index()
        .loc["magnet.ndfeb_hd", "DEU", "2025-06"]
    )
    assert row["spot"] > row["paid"] > row["baseline"]


def test_observed_volumes_are_what_leaves(world: World) -> None:
    seen = Volumes("CHN-A18-2025:all", _MAGNETS, "CHN", {"2025-04": 0.55, "2025-05": 0.26, "2025-06": 1.01})
    found = _exports(world.months(_LICENCE, start="2025-04", end="2025-06", volumes=seen))
    base = {j: sum(world.calibration.base_flows.get((c, "CHN", j), 0.0) for c in _MAGNETS) / 12 for j in ("DEU", "USA")}
    whole = sum(t for (c, i, _), t in world.calibration.base_flows.items() if c in _MAGNETS and i == "CHN") / 12
    for region, tonnes in base.items():
        assert found["2025-05", region] == pytest.approx(0.26 * tonnes, rel=0.04), "each lane gets its share"
    assert found["2025-05"].sum() == pytest.approx(0.26 * whole, rel=0.04)
    assert found["2025-06"].sum() == pytest.approx(1.01 * whole, rel=1e-6), "the total binds while stocks fill up"


def test_what_is_known_to_come_is_prepared_for(world: World) -> None:
    """The tariff of January 2026 was public in May 2024: American stocks of magnets are higher at the end of 2025."""
    held = world.months(["USA-S301-MAG-2026"], start="2025-12", end="2025-12").stocks
    calm = world.months([], start="2025-12", end="2025-12").stocks
    keys = ["commodity", "region"]
    there = held.set_index(keys)["quantity_t"]["magnet.ndfeb", "USA"]
    assert there > calm.set_index(keys)["quantity_t"]["magnet.ndfeb", "USA"] * 1.05


def test_what_a_known_change_does_not_touch_stays_as_it_is(world: World) -> None:
    """American magnets have nothing to do with cerium in Japan, whose price growth has moved from the normal one."""
    keys = ["commodity", "region"]
    held, calm = (
        world.months(asked, start="2025-12", end="2025-12").stocks.set_index(keys)["quantity_t"]
        for asked in (["USA-S301-MAG-2026"], [])
    )
    for place in (("oxide.Ce", "JPN"), ("oxide.Y", "DEU"), ("oxide.La", "CHN")):
        assert held[place] == pytest.approx(calm[place], rel=1e-4), place


def test_a_practice_is_expected_to_go_on_until_an_end_is_known(world: World) -> None:
    """India's stop rests on observation alone: users act as if it had no end, also as known on one day."""
    asked = {"start": "2025-07", "end": "2025-08"}
    stop = "IND-IREL-2025:all"
    seen, endless, early = (
        world.months([name], **asked, known_on=day)
        for name, day in ((stop, None), (f"{stop}@2025-06-13..2026-12-31", None), (stop, "2025-07-01"))
    )
    assert seen.operates["month"].tolist() == early.operates["month"].tolist() == ["2025-07", "2025-08"]
    columns = ["commodity", "region", "month", "paid"]
    for other in (endless, early):
        pd.testing.assert_frame_equal(seen.prices[columns], other.prices[columns])


def test_a_pause_that_is_known_is_expected_and_one_that_is_not_is_not(world: World) -> None:
    limb = Imposed(limb="CHN-A61-2025:art1_3_china_origin_items")
    (rule,) = dated(Scenario(name="x", title="", measures=(limb,)), world.register)
    december, begun = dt.date(2025, 12, 1), dt.date(2025, 10, 9)
    assert rule.expected(december, dt.date(2025, 11, 6)) == begun
    assert rule.expected(december, dt.date(2025, 11, 7)) is None, "suspended on that day"


def test_a_measure_is_not_there_before_it_was_known(world: World) -> None:
    early = world.months(_LICENCE, start="2025-04", end="2025-04", known_on="2025-04-03")
    assert early.operates.empty
    assert set(world.months(_LICENCE, start="2025-04", end="2025-04").operates["limb"]) == {"CHN-A18-2025:all"}


def test_a_scenario_that_begins_imposes_what_the_register_has_suspended(world: World) -> None:
    again = Scenario(
        name="again",
        title="",
        measures=(Imposed(limb="CHN-A18-2025:all"), Imposed(limb="CHN-A57-2025:all")),
        scopes={"CHN-A18-2025.licensed_volume_share": "practice of spring 2025"},
        begins=dt.date(2026, 12, 1),
    )
    found = world.months(again, start="2026-11", end="2026-12")
    by_month = found.operates.groupby("month")["limb"].agg(set)
    assert by_month["2026-11"] == {"CHN-A18-2025:all"}
    assert by_month["2026-12"] == {"CHN-A18-2025:all", "CHN-A57-2025:all"}
    scopes = {(a["name"], a["scope"]) for a in found.assumptions}
    assert ("CHN-A18-2025.licensed_volume_share", "practice under the truce") in scopes, "until the scenario begins"
    exports = _exports(found).groupby("month").sum()
    assert exports["2026-12"] < 0.9 * exports["2026-11"]


def test_days_of_a_scenario_hold_and_a_proposal_holds_from_its_announcement_on(world: World) -> None:
    dated = world.months(["CHN-A18-2025:all@2025-06-01..2025-06-30"], start="2025-05", end="2025-07")
    assert dated.operates["month"].tolist() == ["2025-06"]
    proposal = world.months(["CHN-REPORT-PROP-2026:all"], start="2026-01", end="2026-03")
    assert proposal.operates["month"].tolist() == ["2026-02", "2026-03"], "announced on 11 February 2026"


def test_draws_give_bands_that_do_not_depend_on_the_number_of_workers(world: World) -> None:
    one, two = (
        world.months(_LICENCE, start="2025-04", end="2025-04", draws=3, seed=5, workers=n).prices for n in (1, 2)
    )
    pd.testing.assert_frame_equal(one, two)
    assert (one["low"] <= one["high"] + 1e-9).all()


def test_with_perfect_foresight_goods_are_kept_for_what_they_will_be_worth(world: World) -> None:
    """P(t) >= P(t+1) for a good that can be stored at no cost, equal where it is stored (Samuelson 1971)."""
    found = world.months(_LICENCE, start="2025-03", end="2025-05", foresight="perfect")
    months = [str(m) for m in found.path.months]
    for place in (("magnet.ndfeb_hd", "DEU"), ("oxide.NdPr", "CHN")):
        price = [e.prices.groupby(["commodity", "region"])["price"].max()[place] for e in found.path.equilibria]
        held = [there[place] for there in found.path.held]
        for now, later, stock in zip(price, price[1:], held, strict=False):
            assert now >= later * (1 - 1e-6)
            if stock > 1e-3:
                assert now == pytest.approx(later, rel=1e-5)
    rolling = world.months(_LICENCE, start="2025-03", end="2025-05")
    before = [m.stocks.set_index(["month", "commodity", "region"])["quantity_t"] for m in (found, rolling)]
    key = ("2025-03", "magnet.ndfeb_hd", "DEU")
    assert before[0][key] > before[1][key], "bought ahead by who knows what comes, not by who cannot"
    record = found.to_dict()
    assert {r["period"] for r in record["prices"]} == set(months)
    assert not [r for r in (*record["flows"], *record["demand"]) if "~" in str(r)]


def test_the_record_is_one_equilibrium_with_a_period_a_month(licensed: Months) -> None:
    record = licensed.to_dict()
    names = set(EquilibriumRecord.model_fields)
    EquilibriumRecord.model_validate({k: v for k, v in record.items() if k in names})
    assert {r["period"] for r in record["prices"]} == {"2025-03", "2025-04", "2025-05", "2025-06"}
    assert not [r for r in record["demand"] if r["id"].startswith(HELD)]
    assert record["residual"] == licensed.residual < 1e-6
    total = sum(e.welfare["total"] for e in licensed.path.equilibria)
    assert record["welfare"]["total"] == pytest.approx(total)


def test_a_stock_is_empty_where_the_price_is_the_premium_above_normal() -> None:
    place = ("wheat", "home")
    network = with_stocks(
        {"supplies": [], "demands": []}, 1 / 12, {place: 3.0}, {place: 10.0}, {place: 50.0}, premium=0.5
    )
    curve = network["demands"][0]["curve"]
    assert network["supplies"][0]["curve"]["quantity"] == pytest.approx(36.0), "a rate a year"
    assert curve["intercept"] == pytest.approx(75.0)
    assert curve["intercept"] - curve["slope"] * 10.0 * 12 == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [("2025-13", "2026-01", "is no month"), ("2026-02", "2026-01", "comes before"), ("2019-01", "2019-02", "months")],
)
def test_months_that_cannot_be_run_are_told(world: World, start: str, end: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        world.months([], start=start, end=end)


def test_an_unknown_assumption_is_told_before_the_first_month(world: World) -> None:
    odd = Scenario(name="x", title="", measures=(Imposed(limb="CHN-A18-2025"),), values={"stock_cver": 1.0})
    with pytest.raises(UnknownNameError, match="stock_cver"):
        world.months(odd, start="2025-04", end="2025-04")


def test_numbers_that_only_months_need_may_be_assumed(world: World, licensed: Months) -> None:
    assumed = {"stock_cover": 1.0, "CHN-A18-2025.processing_delay_days": 0.0}
    asked = Scenario(name="x", title="", measures=(Imposed(limb="CHN-A18-2025"),), values=assumed)
    found = world.months(asked, start="2025-04", end="2025-05", draws=2)
    goods, region = "magnet.ndfeb_hd", "DEU"
    more, usual = (m.path.cover.target[goods, region] / m.path.cover.use[goods, region] for m in (found, licensed))
    assert more > usual
    assert path_ranges(found.path)["stock_cover"] == (1.0, 1.0, 1.0)
    # nobody waits: from May on the licensed share leaves, where none does while the first requests are looked at
    went = [trade(m.path.equilibria[[str(x) for x in m.path.months].index("2025-05")]) for m in (found, licensed)]
    assert went[0][goods, "CHN", region] > went[1][goods, "CHN", region]


def test_months_count_over_years() -> None:
    assert str(Month(2025, 12).later(2)) == "2026-02"
    assert Month(2025, 2).days[-1] == dt.date(2025, 2, 28)
    quarters = [Month(2025, n).year_average for n in range(1, 13)]
    assert sum(quarters) / 12 == 2025.0


def test_the_row_that_fits_best_tells_the_weeks() -> None:
    assert weeks("ev_motor", "magnet.ndfeb", "FRA") == (3.0, 3.5, 4.0), "the row of the EU"
    assert weeks("defence", "oxide.Y", "JPN") == (4.0, 26.0, 52.0), "all users' row for yttrium"
    assert weeks("glass_polishing", "oxide.Ce", "CHN") == (4.0, 8.0, 13.0)
