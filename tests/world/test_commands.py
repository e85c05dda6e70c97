"""`ytterby world`: the records and exit codes that others rely on."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ytterby.cli import main

Run = Callable[..., str]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as caught:
            main(["world", *words])
        out, err = capfd.readouterr()
        assert caught.value.code == code, err
        return out if code in (0, 1) else err

    return call


def test_run_gives_the_record_of_the_contract(run: Run) -> None:
    record = json.loads(run("run", "--measure", "USA-S301-MAG-2026@2026-01-01", "--format", "json"))
    assert record["status"] == "optimal"
    assert record["scenario"]["measures"] == ["USA-S301-MAG-2026@2026-01-01"]
    assert len(record["run_id"]) == 12
    for name, fields in {
        "prices": {"commodity", "region", "segment", "period", "price"},
        "flows": {"route", "commodity", "from", "to", "period", "quantity"},
        "comparison": {
            "commodity",
            "region",
            "baseline",
            "scenario",
            "low",
            "high",
            "sign_share",
            "spot",
            "quantity_t",
        },
        "shortages": {"end_use", "region", "share", "low", "high", "weeks_of_cover"},
        "not_modelled": {"measure", "reason"},
        "gains": {"region", "consumer", "producer", "government", "rent", "total"},
        "assumptions": {"name", "value", "low", "high", "unit", "source", "quality", "note"},
    }.items():
        assert fields <= set(record[name][0]), name
    assert all(isinstance(s, str) for s in record["why"])


def test_the_same_command_writes_the_same_bytes(run: Run) -> None:
    words = ("run", "--scenario", "magnet_tariff", "--draws", "2", "--seed", "3", "--format", "json")
    assert run(*words) == run(*words)


def test_draws_put_bands_into_the_record(run: Run) -> None:
    record = json.loads(run("run", "--scenario", "magnet_tariff", "--draws", "3", "--format", "json"))
    row = next(r for r in record["comparison"] if (r["commodity"], r["region"]) == ("magnet.ndfeb", "USA"))
    assert row["low"] <= row["high"]
    assert row["sign_share"] == 1.0


def test_an_assumed_value_replaces_the_range(run: Run) -> None:
    words = ("run", "--measure", "USA-S301-MAG-2026", "--format", "json", "--assume")
    low, high = (json.loads(run(*words, f"USA-S301-MAG-2026.tariff_rate={rate}")) for rate in ("10", "50"))

    def price(record: dict[str, list[dict[str, float]]]) -> float:
        rows = record["comparison"]
        return next(r["scenario"] for r in rows if (r["commodity"], r["region"]) == ("magnet.ndfeb", "USA"))

    assert price(low) < price(high)
    assert low["assumptions"][0]["value"] == 10.0


def test_the_table_shows_prices_shortages_reasons_and_limits(run: Run) -> None:
    text = run("run", "--scenario", "magnet_tariff")
    for part in (
        "The US tariff on Chinese magnets",
        "Price paid",
        "Use lost outside China",
        "Gains and losses",
        "Why",
        "Not modelled",
    ):
        assert part in text


def test_csv_has_one_row_a_price(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("run", "--scenario", "magnet_tariff", "--format", "csv"))))
    assert len(rows) > 200
    assert {"commodity", "region", "baseline", "scenario", "quantity_t"} <= set(rows[0])


def test_a_floor_that_is_not_attained_is_a_finding(run: Run) -> None:
    run("run", "--scenario", "bloc_floor_oxides", "--format", "json", code=1)


def test_the_printed_network_solves_to_the_base_year(run: Run, tmp_path: Path) -> None:
    from ytterby.market import Network, solve

    path = tmp_path / "base.json"
    run("network", "-o", str(path))
    found = solve(Network.read(path))
    price = found.prices.query("commodity == 'oxide.NdPr' and region == 'CHN'")["price"].iloc[0]
    assert price == pytest.approx(48.673, rel=1e-6)


def test_the_printed_network_of_a_scenario_has_its_measures(run: Run) -> None:
    network = json.loads(run("network", "--scenario", "controls_revived"))
    assert any(m["id"].startswith("CHN-A18-2025:all") for m in network["measures"])


def test_baseline_as_table_and_json(run: Run) -> None:
    assert "oxide.NdPr" in run("baseline")
    record = json.loads(run("baseline", "--format", "json"))
    assert record["residual"] < 1e-6


def test_the_check_lists_every_comparison_and_exits_1_for_those_outside(run: Run) -> None:
    rows = json.loads(run("baseline", "--check", "--format", "json", code=1))
    assert {"kind", "item", "role", "reported", "model", "unit", "deviation", "within", "source"} <= set(rows[0])
    text = run("baseline", "--check", code=1)
    assert f"{sum(not r['within'] for r in rows)} of {len(rows)} comparisons are outside tolerance" in text


def test_compare_puts_scenarios_side_by_side(run: Run) -> None:
    rows = json.loads(run("compare", "magnet_tariff", "myanmar_stops", "--format", "json"))["scenarios"]
    assert [r["scenario"]["name"] for r in rows] == ["magnet_tariff", "myanmar_stops"]
    table = list(csv.DictReader(io.StringIO(run("compare", "magnet_tariff", "--format", "csv"))))
    assert set(table[0]) == {"item", "region", "baseline", "magnet_tariff"}


def test_scenarios_and_assumptions_are_listed(run: Run) -> None:
    names = {r["name"] for r in json.loads(run("scenarios", "--format", "json"))}
    assert {"truce_holds", "controls_revived", "reporting_rule", "bloc_floor", "escalation"} <= names
    rows = json.loads(run("assumptions", "--measure", "CHN-A18-2025", "--format", "json"))
    assert {r["name"].partition(".")[0] for r in rows} == {"CHN-A18-2025"}
    assert "origin_substitution_magnet" in {r["name"] for r in json.loads(run("assumptions", "--format", "json"))}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("run",), 2, "name a --scenario or at least one --measure"),
        (("compare",), 2, "name at least one scenario"),
        (("run", "--scenario", "control_revived"), 3, "controls_revived"),
        (("run", "--measure", "USA-S301-MAG-2025"), 3, "USA-S301-MAG-2026"),
        (("run", "--measure", "CHN-A61-2025:art1"), 3, "art1_"),
        (("run", "--measure", "USA-S301-MAG-2026@soon"), 2, "expected MEASURE_ID"),
        (("run", "--measure", "USA-S301-MAG-2026", "--assume", "tariff"), 2, "NAME=VALUE"),
        (("run", "--measure", "USA-S301-MAG-2026", "--assume", "new_route_share=nan"), 2, "NAME=VALUE"),
        (("run", "--measure", "USA-S301-MAG-2026", "--assume", "USA-S301-MAG-2026.tarif=5"), 3, "tariff_rate"),
        (("run", "--measure", "USA-S301-MAG-2026", "--assume", "stock_cover=0"), 3, "stock_elasticity"),
        (
            (
                "run",
                "--calendar",
                "monthly",
                "--measure",
                "USA-S301-MAG-2026",
                "--end",
                "2025-01",
                "--assume",
                "stock_covr=0",
            ),
            3,
            "stock_cover",
        ),
        (("run", "--scenario", "magnet_tariff", "--draws", "-1"), 2, "0 (none) or more"),
        (("run", "--scenario", "magnet_tariff", "--year", "2031"), 3, "2024 to 2030"),
        (("run", "--scenario", "bloc_floor", "--known-on", "2025-12-31"), 3, "was not public"),
        (("run", "--scenario", "magnet_tariff", "-o", "x.doc"), 2, "suffix"),
        (("baseline", "--check", "--year", "2028"), 2, "base year is 2024"),
    ],
)
def test_a_mistake_is_a_message_with_its_exit_code(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    message = run(*words, code=code)
    assert said in message
    assert "Traceback" not in message


def test_the_order_of_sets_does_not_reach_the_result() -> None:
    """Two processes with other hash seeds write the same bytes, copies and permits included."""
    words = ["-W", "ignore", "-m", "ytterby", "world", "run", "--scenario", "controls_revived", "--format", "json"]
    found = [
        subprocess.run(
            [sys.executable, *words], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        for seed in ("1", "2")
    ]
    assert found[0].stdout == found[1].stdout


def test_sensitivity_ranks_what_drives_a_headline(run: Run) -> None:
    words = ("sensitivity", "--scenario", "magnet_tariff", "--headline", "magnet.ndfeb@USA", "--draws", "100")
    record = json.loads(run(*words, "--format", "json"))
    assert record["headlines"][0]["headline"] == "magnet.ndfeb@USA"
    assert record["drivers"][0]["rank"] == 1
    assert {"parameter", "index", "margin", "quality", "source"} <= set(record["drivers"][0])


def test_sensitivity_refuses_what_is_no_headline(run: Run) -> None:
    assert "ITEM@REGION" in run("sensitivity", "--scenario", "magnet_tariff", "--headline", "Dy", code=2)
