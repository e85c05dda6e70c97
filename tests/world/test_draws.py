"""Draws: the same on any number of processes, kept one by one, resumed where they stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ytterby.cli import main
from ytterby.errors import SolveError
from ytterby.market import Equilibrium, solve
from ytterby.market.ensemble import read_ensemble
from ytterby.world import World
from ytterby.world import draws as draws_module
from ytterby.world.draws import Draws, spread
from ytterby.world.impose import make_plan
from ytterby.world.scenario import named


def test_an_outcome_is_the_same_for_any_number_of_workers(world: World) -> None:
    one, two = (world.run("magnet_tariff", draws=3, workers=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one.prices, two.prices)
    pd.testing.assert_frame_equal(one.shortages, two.shortages)
    assert one.run_id == two.run_id


def test_a_draw_without_an_equilibrium_is_left_out_and_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    solved = []

    def stubborn(network: Any) -> Equilibrium:
        solved.append(network)
        if len(solved) == 2:
            raise SolveError("no equilibrium")
        return solve(network)

    monkeypatch.setattr(draws_module, "solve", stubborn)
    o = world.run("magnet_tariff", draws=3)
    assert (len(solved), o.draws) == (3, 2)
    assert [n["reason"] for n in o.not_modelled if n["measure"] == "draws"] == [
        "1 of 3 draws: no equilibrium was found, so the bands are without them."
    ]


def test_rows_of_a_draw_are_its_prices_and_shortages(world: World) -> None:
    draws = Draws.of(world, make_plan(named("magnet_tariff"), world.register), 2, 1)
    paid, unserved = draws(1)
    rows = draws.rows(1)
    assert len(rows) == len(paid) + len(unserved)
    price = rows[(rows["what"] == "price") & (rows["item"] == "magnet.ndfeb") & (rows["region"] == "USA")]
    assert price["value"].item() == pytest.approx(paid.loc[("magnet.ndfeb", "USA"), "paid"])


def test_the_command_goes_on_where_it_stopped(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["world", "ensemble", str(tmp_path / "e"), "--scenario", "magnet_tariff", "--draws", "3", "--workers", "1"]
    for _ in range(2):
        with pytest.raises(SystemExit) as stop:
            main([*words, "--format", "csv"])
        assert stop.value.code == 0
        first = capfd.readouterr().out
        (tmp_path / "e" / "key-00000002.parquet").unlink(missing_ok=False)
    assert read_ensemble(tmp_path / "e")["key"].unique().tolist() == [0, 1]
    assert first.startswith("what,item,region,p5,p10,p50,p90,p95")


def test_percentiles_are_in_order(world: World) -> None:
    draws = Draws.of(world, make_plan(named("magnet_tariff"), world.register), 4, 1)
    table = spread(pd.concat([draws.rows(n) for n in range(4)]))
    assert (table[["p5", "p10", "p50", "p90", "p95"]].diff(axis=1).iloc[:, 1:] >= -1e-12).all().all()
