"""The ladder: best replies known by arithmetic, identities of the shipped one, no probability below three cases."""

from __future__ import annotations

import itertools
import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ytterby import atlas
from ytterby.cli import main
from ytterby.errors import DataError
from ytterby.market import Equilibrium, solve
from ytterby.measures import response_rates
from ytterby.world import Outcome, World, _files, ladder, library
from ytterby.world._payoffs import Game, sums, whole
from ytterby.world.gains import gain_table
from ytterby.world.ladder import Ladder, LadderOutcome, declared, run_ladder

ROOT = Path(__file__).parents[2]
LEVIES = (0.0, 4.0, 8.0)


@pytest.fixture(scope="module")
def climbed(world: World) -> LadderOutcome:
    return run_ladder(world)


def _toy(tax: float, tariff: float) -> Equilibrium:
    """One exporter, p = q, and one importer, p = 12 - q; each levies so much a unit: q = (12 - tax - tariff) / 2."""
    return solve(
        {
            "supplies": [
                {"id": "s", "commodity": "x", "region": "E", "curve": {"form": "marginal_cost", "cost": 0, "slope": 1}}
            ],
            "demands": [
                {"id": "d", "commodity": "x", "region": "M", "curve": {"form": "linear", "intercept": 12, "slope": 1}}
            ],
            "routes": [{"id": "r", "commodity": "x", "from": "E", "to": "M", "cost": 0}],
            "measures": [
                {"id": "tax", "instrument": "export_tax", "exporter": "E", "specific": tax},
                {"id": "tariff", "instrument": "import_tariff", "importer": "M", "specific": tariff},
            ],
        }
    )


@pytest.fixture(scope="module")
def toy() -> Game:
    solved = {(i, j): _toy(LEVIES[i], LEVIES[j]) for i, j in itertools.product(range(3), range(3))}
    gains = {s: gain_table(solved[0, 0], e).set_index("region").to_dict("index") for s, e in solved.items()}
    return Game({"exporter": ["E"], "importer": ["M"]}, gains, (), {"exporter": 1e-9, "importer": 1e-9})  # type: ignore[arg-type]


@pytest.mark.parametrize("state", list(itertools.product(range(3), range(3))))
def test_gains_of_two_countries_by_arithmetic(toy: Game, state: tuple[int, int]) -> None:
    tax, tariff = (LEVIES[n] for n in state)
    q = max(0.0, (12 - tax - tariff) / 2)
    assert toy.gain(state, "exporter") * 1e3 == pytest.approx(q**2 / 2 + tax * q - 18, abs=1e-5)
    assert toy.gain(state, "importer") * 1e3 == pytest.approx(q**2 / 2 + tariff * q - 18, abs=1e-5)


def test_best_replies_of_two_countries_by_arithmetic(toy: Game) -> None:
    """The best levy against t is (12 - t) / 3: 4 against 0, 8/3 against 4 (4 pays 10, 0 pays 8), 4/3 against 8 (0)."""
    assert [toy.reply((n, 0), "importer") for n in range(3)] == [(0, 1), (1, 1), (2, 0)]
    assert [toy.reply((0, n), "exporter") for n in range(3)] == [(1, 0), (1, 1), (0, 2)]
    assert toy.stable() == [(1, 1)]


def test_a_surplus_without_bound_is_no_data_and_the_rest_is_told() -> None:
    now = {
        "A": {"consumer": None, "producer": 3.0, "government": -1.0, "rent": 0.0},
        "B": {"consumer": 5.0, "producer": 1.0, "government": 0.0, "rent": 0.0},
    }
    both = sums(now, ["A", "B"])
    assert both == {"consumer": None, "producer": 4.0, "government": -1.0, "rent": 0.0}
    assert whole(both) == 3.0
    assert sums(now, ["B"])["consumer"] == 5.0


def test_moves_are_measures_of_the_library_in_the_order_in_which_they_became_public(climbed: LadderOutcome) -> None:
    known = {str(m) for scenario in library().values() for m in scenario.measures}
    assert {str(m) for move in declared().moves for m in move.measures} <= known
    days = climbed.steps["day"][1:].tolist()
    assert days == sorted(days)


def test_a_state_has_all_measures_of_both_sides_so_far() -> None:
    found = declared()
    path = found.path()
    assert path[0] == (0, 0)
    assert set(path) <= set(found.states())
    for before, after in itertools.pairwise(path):
        assert set(found.scenario(before).measures) <= set(found.scenario(after).measures)
    top = found.scenario(path[-1])
    assert set(top.measures) == {m for move in found.moves for m in move.measures}
    assert top.scopes["CHN-A18-2025.licensed_volume_share"] == "practice of spring 2025"


def test_the_start_gains_nothing_and_accounts_add_up(climbed: LadderOutcome) -> None:
    accounts = ["consumer", "producer", "government", "rent"]
    assert (climbed.gains.query("step == 0")[["gain", *accounts]] == 0).all().all()
    for row in climbed.gains.to_dict("records"):
        assert sum(row[a] for a in accounts) == pytest.approx(row["gain"], abs=1e-9)


def test_sides_and_others_are_all_regions_once(climbed: LadderOutcome, world: World) -> None:
    inside = [r for side in declared().sides.values() for r in side.within(world.calibration.regions)]
    assert len(inside) == len(set(inside))
    assert set(inside) == {"CHN", *atlas.group("AlliedWide")} & set(world.calibration.regions)


def test_a_state_is_worth_what_the_library_says(
    climbed: LadderOutcome, world: World, outcome: Callable[[str], Outcome]
) -> None:
    """Two routes: the ladder's state against two runs of the library, both less the base year."""
    runs = [outcome(name).gains.set_index("region")["total"] for name in ("truce_holds", "controls_revived")]
    change = runs[1] - runs[0]
    state = climbed.payoffs.query("china == 'controls_revived' and bloc == 'truce_holds'").set_index("side")["gain"]
    bloc = list(declared().sides["bloc"].within(world.calibration.regions))
    assert state["china"] == pytest.approx(change["CHN"], abs=1e-4)
    assert state["bloc"] == pytest.approx(change[bloc].sum(), abs=1e-4)
    assert state.sum() == pytest.approx(change.sum(), abs=1e-4)


def test_moves_and_replies_are_differences_of_payoffs(climbed: LadderOutcome) -> None:
    paid = climbed.payoffs.set_index(["china", "bloc", "side"])["gain"]
    gain = climbed.gains.set_index(["step", "side"])["gain"]
    rung = {"china": "truce_holds", "bloc": "truce_holds"}
    for step in climbed.steps.to_dict("records")[1:]:
        rung[step["by"]] = step["move"]
        n, other = step["step"], step["reply_by"]
        assert gain[n, step["by"]] == paid[rung["china"], rung["bloc"], step["by"]]
        assert step["move_gain"] == gain[n, step["by"]] - gain[n - 1, step["by"]]
        kept = paid.xs(rung[step["by"]], level=step["by"]).xs(other, level="side")
        assert kept[step["reply"]] == pytest.approx(kept.max(), abs=0.05)
        assert step["reply_gain"] == pytest.approx(kept[step["reply"]] - kept[rung[other]])


def test_probabilities_are_the_rates_of_the_register_and_none_below_three_cases(
    climbed: LadderOutcome, world: World
) -> None:
    known = {
        (r.trigger_jurisdiction, r.responder): r for r in response_rates(world.register) if r.response == "rare_earth"
    }
    refused = 0
    for row in climbed.rates.to_dict("records"):
        rate = known[row["trigger"], row["responder"]]
        assert (row["n"], row["probability"], row["low"], row["high"]) == (rate.n, rate.rate, rate.low, rate.high)
        assert (row["probability"] is None) == (row["n"] < 3)
        refused += row["n"] < 3
    assert refused == 2, "Australia and India were looked at twice each"


def test_draws_share_their_numbers_between_states(world: World) -> None:
    first = declared().moves[0]
    short = Ladder(**{**declared().model_dump(), "moves": [first.model_dump()]})
    told: list[tuple[int, int]] = []
    found = run_ladder(world, short, draws=3, progress=lambda done, of: told.append((done, of)))
    start = found.gains.query("step == 0")
    assert (start[["low", "high"]] == 0).all().all(), "the same numbers before and after: nothing changes by chance"
    tariff = found.gains.query("step == 1 and side == 'china'").iloc[0]
    assert tariff["low"] <= tariff["high"] < 0
    assert tariff["sign_share"] == 1.0
    assert 0 <= found.steps["reply_share"][1] <= 1
    assert told == [(n, 5) for n in range(1, 6)]
    assert found.unsolved == 0


def test_a_move_of_an_unknown_side_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    record = _files.document("ladder.yaml")
    record["moves"][1]["side"] = "chian"
    monkeypatch.setattr(_files, "document", lambda _name: record)
    declared.cache_clear()
    with pytest.raises(DataError, match=r"moves\.1\.side.*unknown side 'chian'"):
        declared()
    monkeypatch.undo()
    declared.cache_clear()


@pytest.fixture
def command(
    climbed: LadderOutcome, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    monkeypatch.setattr(ladder, "run_ladder", lambda *_args, **_words: climbed)

    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as caught:
            main(["world", "ladder", *words])
        assert caught.value.code == 1, "floors of the ladder are not attained"
        return capfd.readouterr().out

    return run


def test_command_says_that_payoffs_are_those_of_the_market_alone(command: Callable[..., str]) -> None:
    text = command()
    assert "no politics" in text
    assert "n < 3: no probability" in text
    told: dict[str, Any] = json.loads(command("--format", "json"))
    assert any("no politics" in note for note in told["notes"])
    assert len(told["payoffs"]) == 3 * len(declared().states())
    assert command("--format", "csv").startswith("step,side,gain,low,high,sign_share,consumer,")


def test_the_page_is_what_the_commands_say() -> None:
    name = "../explanation/action-and-reaction.md"
    tool = runpy.run_path(str(ROOT / "tools" / "write_world_reference.py"))
    text = (ROOT / "docs" / "explanation" / "action-and-reaction.md").read_text("utf-8")
    assert tool["page"](name) == text, "run: python tools/write_world_reference.py"
