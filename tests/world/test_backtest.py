"""The back-tests: scored by hand, fitted on known parameters, and blind to what came later."""

from __future__ import annotations

import dataclasses
import json
import math
import runpy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ytterby import atlas
from ytterby.cli import main
from ytterby.errors import DataError, UnknownNameError
from ytterby.measures import Register
from ytterby.world import World, _files, backtest
from ytterby.world.backtest import Goal, Observation, fit, fit_table, fitted, log_rmse, observations, scores
from ytterby.world.backtest import _licensing as licensing
from ytterby.world.backtest._observations import ROLES, all_observations
from ytterby.world.backtest._points import points
from ytterby.world.backtest._quota import Parameters, inputs, simulate
from ytterby.world.backtest._reading import Reading
from ytterby.world.backtest._scare import announced, predict_scare

ROOT = Path(__file__).parents[2]
QUOTA = "quota_2010_2012"


def table(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"group": "g", "low": np.nan, "high": np.nan, **columns})


def test_log_rmse_by_hand() -> None:
    assert log_rmse(np.array([2.0, 0.5, 1.0]), np.ones(3)) == pytest.approx(math.log(2) * math.sqrt(2 / 3))


@pytest.mark.parametrize(
    ("kind", "limit", "value", "met"),
    [
        ("log_rmse_ratio", 0.5, 0.5, True),
        ("log_rmse_ratio", 0.49, 0.5, False),
        ("worst_factor", 2.0, 2.0, True),
        ("worst_factor", 1.9, 2.0, False),
        ("worst_share", 1.0, 1.0, True),
        ("worst_share", 0.99, 1.0, False),
        ("largest_change", 3.0, 3.0, True),
        ("largest_change", 0.5, 3.0, False),
        ("none", 0.0, math.nan, None),
        ("coverage", 0.5, math.nan, None),
    ],
)
def test_goals_by_hand(kind: str, limit: float, value: float, met: bool | None) -> None:
    """Observed 1 and 4, predicted 2 and 2, no change 4 and 1: errors of ln 2 each, against ln 4 each."""
    seen = table(observed=[1.0, 4.0], predicted=[2.0, 2.0], no_change=[4.0, 1.0])
    if kind == "largest_change":
        seen["no_change"] = [2.0, 0.5]
    row = scores(seen, [Goal(group="g", kind=kind, limit=limit, reason="because")]).iloc[0]
    assert row["value"] == pytest.approx(value, nan_ok=True)
    assert row["met"] is met
    assert row["reason"] == ("because" if met is False else "")
    assert row["log_rmse"] == pytest.approx(math.log(2))


def test_coverage_counts_points_inside_their_band() -> None:
    seen = table(observed=[1.0, 2.0, 3.0, 4.0], predicted=1.0, no_change=1.0)
    seen["low"], seen["high"] = [0.5, 0.5, 3.0, np.nan], [1.5, 1.5, 3.0, np.nan]
    row = scores(seen, [Goal(group="all", kind="coverage", limit=0.6)]).iloc[0]
    assert row["value"] == pytest.approx(2 / 3)
    assert row["met"] is True


def test_the_error_of_the_fit_widens_the_band_in_logs() -> None:
    error = 1.645 * fitted()["unit_value_log_rmse"]
    narrow = table(observed=[math.exp(0.99 * error), math.exp(1.01 * error)], predicted=1.0, no_change=1.0)
    goal = Goal(group="g", kind="coverage_with_error", limit=0.8)
    assert scores(narrow, [goal])["value"].tolist() == [0.5]
    wide = narrow.assign(low=1.0, high=math.exp(0.2 * error))
    assert scores(wide, [goal])["value"].tolist() == [1.0]


def test_a_point_without_prediction_is_not_scored() -> None:
    seen = table(observed=[1.0, 1.0], predicted=[1.0, np.nan], no_change=[2.0, 2.0])
    row = scores(seen, [Goal(group="g", kind="worst_factor", limit=2)]).iloc[0]
    assert (row["points"], row["value"]) == (1, 1.0)
    none = scores(seen, [Goal(group="other", kind="worst_factor", limit=2)]).iloc[0]
    assert none["met"] is None


def test_every_observation_has_a_value_above_zero_a_unit_and_a_source() -> None:
    for o in all_observations():
        assert o.role in ROLES
        assert o.value > 0 or (o.variable, o.region, o.year) == ("output", "ROW", 2011), o
        assert o.unit, o
        assert o.source, o
        assert o.url.startswith("http"), o
        assert o.quality in {"reported", "derived", "estimate"}, o


def test_a_row_that_the_atlas_does_not_prefer_is_no_point(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = (
        "episode",
        "role",
        "group",
        "variable",
        "commodity",
        "region",
        "period",
        "table",
        "row",
        "convert",
        "note",
    )
    row = {**dict.fromkeys(fields, ""), "role": "test", "table": "prices", "row": "Y|oxide|2025-12|ask_Rotterdam|ask"}
    assert any(r["product"] == "Y" and r["basis"] == "ask_Rotterdam" for r in atlas.rows("prices"))
    monkeypatch.setattr(
        _files, "rows", lambda *_: [(2, {**row, "value": "", "unit": "", "source": "", "url": "", "quality": ""})]
    )
    with pytest.raises(DataError, match="0 preferred rows"):
        all_observations.__wrapped__()


def test_yuan_with_vat_become_dollars_without() -> None:
    (seen,) = (o for o in observations("licensing_2025", "test", "domestic") if o.period == "2025-06-26")
    assert seen.value == pytest.approx(445 / 1.13 / 7.17)
    assert seen.unit == "USD/kg"


def test_the_destinations_of_no_change_share_the_mean_month() -> None:
    base = {o.region: o.value for o in observations("licensing_2025", "base", "exports")}
    flows = atlas.table("flows").query("`from` == 'CHN' and commodity in ['magnet.ndfeb', 'magnet.ndfeb_hd']")
    share = flows.groupby("to")["t"].sum() / flows["t"].sum()
    assert base == pytest.approx({r: 4777.4 * share[r] for r in base})


def test_quotes_of_one_month_are_averaged_and_years_are_left_alone() -> None:
    found = points(observations("licensing_2025")).set_index(["variable", "commodity", "region", "period"])
    assert found.loc[("spot", "oxide.Y", "DEU", "2025-09"), ["observed", "quotes"]].tolist() == [136.25, 2]
    assert found.loc[("paid_export", "oxide.Dy", "WLD_exCHN", "2025"), "observed"] == 233
    assert found["no_change"].notna().all()


def test_a_point_without_a_last_value_is_refused() -> None:
    seen = [o for o in observations(QUOTA) if o.role != "base"]
    with pytest.raises(DataError, match="no row in the role 'base'"):
        points(seen)


def synthetic(parameters: Parameters) -> list[Observation]:
    """Return the quota's observations with the unit values that these parameters give."""
    seen = observations(QUOTA)
    prices = simulate(inputs(seen), parameters, (2010, 2011, 2012))["outside"]
    return [dataclasses.replace(o, value=prices[o.year]) if o.role == "fit" else o for o in seen]


@pytest.mark.parametrize("known", [Parameters(0.45, 0.9), Parameters(0.8, 1.0)])
def test_the_fit_recovers_the_parameters_of_a_synthetic_episode(known: Parameters) -> None:
    best, residuals = fit(synthetic(known))
    assert best.short_run == pytest.approx(known.short_run, rel=1e-3)
    assert best.long_run == pytest.approx(known.long_run, rel=1e-3)
    assert residuals["residual"].abs().max() < 1e-3


def test_the_fit_reads_nothing_of_the_test_period() -> None:
    """Other numbers in every row that is scored, or dated later than 2012, leave the fit as it is."""
    rng = np.random.default_rng(5)
    seen = observations(QUOTA)
    later = [o for o in seen if o.role in ("test", "base") or o.year > 2012]
    assert {o.year for o in later} >= {2013, 2014, 2015}
    shaken = [dataclasses.replace(o, value=o.value * rng.uniform(0.1, 10)) if o in later else o for o in seen]
    one, two = fit(seen), fit(shaken)
    assert one[0] == two[0]
    pd.testing.assert_frame_equal(one[1], two[1])


def test_the_shipped_numbers_are_what_the_fit_gives() -> None:
    assert dict(fitted()) == {r["name"]: r["value"] for r in fit_table()}, (
        "run: ytterby world backtest quota_2010_2012 --fit --format csv -o src/ytterby/world/data/fitted.csv"
    )


def test_the_quota_market_is_its_base_year_when_nothing_binds() -> None:
    market = inputs(observations(QUOTA))
    free = dataclasses.replace(market, limit={}, output={(2009, "CHN"): 130_000.0, (2009, "ROW"): 0.0})
    found = simulate(free, Parameters(0.5, 0.7), range(2010, 2013))
    assert found["outside"].tolist() == pytest.approx([9.3] * 3)
    assert found["exports"].tolist() == pytest.approx([43895] * 3)
    assert found["ratio"].tolist() == pytest.approx([1.15] * 3)


def test_a_binding_limit_gives_the_price_of_the_demand_curve() -> None:
    market = inputs(observations(QUOTA))
    found = simulate(market, Parameters(0.5, 0.5), (2010, 2011))
    assert found.loc[2011, "outside"] == pytest.approx(9.3 * (43895 / 16900) ** 2)
    slow = simulate(market, Parameters(0.3, 0.6), (2010, 2011))
    level = 0.5 * math.log(39813) + 0.5 * math.log(43895)
    assert slow.loc[2011, "outside"] == pytest.approx(9.3 * math.exp((level - math.log(16900)) / 0.3))


def test_the_numbers_told_of_the_quota_are_what_the_market_gives() -> None:
    notes = " ".join(backtest.episodes()[QUOTA].notes)
    market = inputs(observations(QUOTA))
    shipped = Parameters(fitted()["demand_elasticity_short_run"], fitted()["demand_elasticity_long_run"])
    quota = {o.year: o.value for o in observations(QUOTA, "given", "export_quota")}
    law = simulate(market.limited_to(quota), shipped, (2010, 2011, 2012))["outside"].round(1).tolist()
    assert "{}, {} and {} USD/kg for 2010 to 2012".format(*law) in notes
    assert f"({simulate(market, shipped, (2010,)).loc[2010, 'outside']:.1f} against 20.0" in notes
    flat = dataclasses.replace(market, output={**market.output, (2011, "CHN"): market.output[2010, "CHN"]})
    assert f"2015 at {simulate(flat, shipped, range(2010, 2016)).loc[2015, 'outside']:.1f} USD/kg" in notes


def test_no_measure_is_found_after_the_visit_and_nothing_moves() -> None:
    assert announced(Register.default()) == []
    assert backtest.backtest("scare_2019").points["predicted"].tolist() == pytest.approx([354.7, 362.5])


def test_a_measure_after_the_visit_would_move_the_prediction(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ytterby.world.backtest._scare.announced", lambda _: ["USA-S301-MAG-2026"])
    seen = points(observations("scare_2019"))
    moved = predict_scare(seen, world) / seen["no_change"]
    assert moved.iloc[0] < 0.99


@pytest.mark.parametrize("name", sorted(backtest.episodes()))
def test_a_missed_goal_has_its_reason(name: str) -> None:
    found = backtest.backtest(name)
    missed = found.scores[[m is False for m in found.scores["met"]]]
    assert (missed["reason"].str.len() > 40).all(), "look, and write the reason into episodes.yaml"
    assert found.met == missed.empty
    assert found.points["predicted"].notna().all()


def test_an_unknown_episode_is_refused_with_the_nearest() -> None:
    for ask in (backtest.backtest, observations):
        with pytest.raises(UnknownNameError, match="quota_2010_2012"):
            ask("quota_2010")


def test_the_page_and_its_pictures_are_what_the_command_gives(tmp_path: Path) -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "write_world_reference.py"))
    text = (ROOT / "docs" / "reference" / "back-tests.md").read_text("utf-8")
    assert tool["page"]("back-tests.md") == text, "run: python tools/write_world_reference.py"
    for name in backtest.episodes():
        drawn = tmp_path / f"{name}.svg"
        with pytest.raises(SystemExit):
            main(["world", "backtest", name, "--figure", str(drawn)])
        shown = f"docs/_static/backtest_{name}.svg"
        assert drawn.read_text("utf-8") == (ROOT / shown).read_text("utf-8"), (
            f"run: ytterby world backtest {name} --figure {shown}"
        )


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def call(*words: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as caught:
            main(["world", "backtest", *words])
        out, err = capfd.readouterr()
        assert caught.value.code == code, err
        return out if code in (0, 1) else err

    return call


def test_the_command_tells_points_goals_and_reasons_and_exits_1_on_a_miss(run: Callable[..., str]) -> None:
    text = run(QUOTA, code=1)
    for part in ("Predicted beside observed", "Goals", "Missed, and why", "What to know", "frozen on 2012-12-31"):
        assert part in text
    record = json.loads(run(QUOTA, "--format", "json", code=1))
    assert record["met"] is False
    assert {"observed", "predicted", "no_change", "source", "url"} <= set(record["points"][0])
    assert {"goal", "value", "met", "reason"} <= set(record["scores"][0])
    assert "Missed" not in run("scare_2019")
    assert run("scare_2019", "--format", "csv").startswith("group,variable,commodity")


def test_the_command_prints_the_fit_and_refuses_one_where_nothing_is_fitted(run: Callable[..., str]) -> None:
    assert run(QUOTA, "--fit", "--format", "csv") == (ROOT / "src/ytterby/world/data/fitted.csv").read_text("utf-8")
    assert "nothing is fitted" in run("scare_2019", "--fit", code=2)
    assert "quota_2010_2012" in run("quota_2010", code=3)


def fake() -> Reading:
    """Two months of two markets, by hand."""
    prices = pd.DataFrame(
        [
            ("2025-04", "oxide.Dy", "CHN", 200.0, None),
            ("2025-05", "oxide.Dy", "CHN", 220.0, None),
            ("2025-04", "oxide.Dy", "DEU", 300.0, None),
            ("2025-05", "oxide.Dy", "DEU", 300.0, 850.0),
            ("2025-05", "oxide.Dy", "USA", 400.0, 900.0),
        ],
        columns=["month", "commodity", "region", "paid", "spot"],
    )
    flows = pd.DataFrame(
        [
            ("2025-05", "oxide.Dy", "CHN", "DEU", 3.0),
            ("2025-05", "oxide.Dy", "CHN", "USA", 1.0),
            ("2025-05", "oxide.Dy", "MYS", "USA", 50.0),
            ("2025-05", "magnet.ndfeb", "CHN", "USA", 40.0),
            ("2025-05", "magnet.ndfeb_hd", "CHN", "USA", 6.0),
            ("2025-05", "magnet.smco", "CHN", "USA", 2.0),
            ("2025-05", "magnet.ndfeb", "CHN", "CHN", 9000.0),
        ],
        columns=["month", "commodity", "from", "to", "quantity_t"],
    )
    return Reading(prices, flows, {"oxide.Dy": 30.0})


@pytest.mark.parametrize(
    ("variable", "commodity", "region", "period", "value"),
    [
        ("spot", "oxide.Dy", "DEU", "2025-05", 850.0),
        ("spot", "oxide.Dy", "DEU", "2025-04", 300.0),
        ("paid_china", "oxide.Dy", "CHN", "2025", 210.0),
        ("domestic", "oxide.Dy", "CHN", "2025-05", 220.0),
        ("fob", "oxide.Dy", "CHN", "2025", 240.0),
        ("paid_export", "oxide.Dy", "WLD_exCHN", "2025-05", 325.0),
        ("exports", "magnet.ndfeb*", "USA", "2025-05", 46.0),
        ("exports", "magnet.ndfeb", "USA", "2025-05", 40.0),
        ("domestic", "oxide.Dy", "CHN", "2026-01", math.nan),
        ("spot", "oxide.Tb", "DEU", "2025-05", math.nan),
    ],
)
def test_points_are_read_off_the_months_as_their_sources_count(
    variable: str, commodity: str, region: str, period: str, value: float
) -> None:
    asked = pd.DataFrame([{"variable": variable, "commodity": commodity, "region": region, "period": period}])
    assert fake().at(asked).iloc[0] == pytest.approx(value, nan_ok=True)


def test_the_licences_take_dated_measures_and_totals_and_no_number_of_2025_for_the_highest_price() -> None:
    register = Register.default()
    limbs = licensing.began(register)
    assert "CHN-A18-2025:all" in limbs
    assert not {m for m in limbs if "A57" in m or "REPORT-PROP" in m or "EXQ" in m or "MMR-KIA" in m}
    for limb in limbs:
        assert licensing.FROM <= register.limb(limb)[1].intervals[0].from_ <= licensing.TO, limb
    asked = licensing.scenario(register)
    assert dict(asked.values) == dict.fromkeys(
        ("choke_multiple_magnet", "choke_multiple_oxide", "choke_multiple_yttrium"), fitted()["choke_multiple"]
    )
    share = licensing.volumes().share
    assert list(share) == [o.period for o in observations("licensing_2025", "given", "exports")]
    assert share["2025-05"] == pytest.approx(1238 / 4777.4)


def test_what_is_given_of_the_licences_is_not_scored() -> None:
    scored = points(observations("licensing_2025"))
    assert "WLD" not in set(scored["region"])
    assert scored["period"].min() >= "2025"
    assert set(observations("licensing_2025", "given")).isdisjoint(observations("licensing_2025", "test"))


def test_draws_give_a_band_for_each_point(world: World) -> None:
    seen = points(observations("licensing_2025")).query("period == '2025-05'")
    done: list[tuple[int, int]] = []
    found = licensing.predict_licensing(seen, world, draws=2, seed=4, progress=lambda *n: done.append(n))
    assert (found["low"] < found["high"]).all()
    assert done == [(1, 2), (2, 2)]


def test_draws_of_an_episode_without_any_are_refused(run: Callable[..., str]) -> None:
    assert "nothing is drawn" in run("scare_2019", "--draws", "5", code=2)
    assert "0 (none) or more" in run("scare_2019", "--draws", "-1", code=2)
