"""Plants by year: the atlas' columns, what is delayed, what ramps up, what is split off as projects."""

from __future__ import annotations

import pytest

from ytterby import atlas
from ytterby.errors import UnknownNameError
from ytterby.measures import Register
from ytterby.world.calibrate import YEARS, capacity_at
from ytterby.world.pipeline import LAST, Dearer, Decision, Pipeline, central, document, numbers

SPREAD = range(YEARS[0], LAST + 1)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline.of(central())


def test_the_first_year_has_the_capacities_of_the_base_year(pipeline: Pipeline) -> None:
    assert pipeline.capacity(2024) == capacity_at(2024)


def test_all_projects_of_the_columns_in_one_year_give_the_columns_back(pipeline: Pipeline) -> None:
    """What the atlas' column of 2030 holds is split off, no more and no less."""
    held: dict[str, float] = {}
    for record in document()["projects"]:
        for activity, share in record.get("atlas", {}).get(2030, {}).items():
            held[activity] = held.get(activity, 0.0) + share * record["adds"][activity]
    shared = set(document()["shares"])
    for activity, column in capacity_at(2030).items():
        if activity not in shared:
            assert pipeline.capacity(2030)[activity] + held.get(activity, 0.0) == pytest.approx(column), activity


def test_tranches_add_up_to_their_project(pipeline: Pipeline) -> None:
    for record in document()["projects"]:
        parts = [p for p in pipeline.projects if p.name == record["id"]]
        for activity, size in record["adds"].items():
            assert sum(p.adds[activity] for p in parts) == pytest.approx(size)


def test_a_plant_delayed_by_a_year_moves_its_tonnes_by_a_year(pipeline: Pipeline) -> None:
    line = "mine.monazite_sand@AUS"
    late = Pipeline.of(central({f"start_delay:{line}": 1.0}))
    assert [late.capacity(y)[line] for y in range(2025, 2031)] == [
        pipeline.capacity(y)[line] for y in range(2024, 2030)
    ]
    assert pipeline.capacity(2028)[line] > pipeline.capacity(2027)[line]
    others = {a: c for a, c in late.capacity(2028).items() if a != line}
    assert others == {a: c for a, c in pipeline.capacity(2028).items() if a != line}


def test_a_delayed_project_opens_later_by_as_much() -> None:
    def when(values: dict[str, float]) -> int | None:
        project = next(p for p in Pipeline.of(central(values)).projects if p.name == "Blacksburg")
        return next(year for year in (project.opens(y) for y in SPREAD) if year is not None)

    assert when({"start_delay:Blacksburg": 2.0}) == (when({}) or 0) + 2


def test_a_delay_of_all_moves_plants_outside_china_alone(pipeline: Pipeline) -> None:
    late = Pipeline.of(central({"start_delay": 1.0}))
    for activity, c in late.capacity(2027).items():
        if activity.endswith("@CHN"):
            assert c == pipeline.capacity(2027)[activity]
    assert late.capacity(2027)["mine.clay_brazil@BRA"] == pipeline.capacity(2026)["mine.clay_brazil@BRA"]
    assert late.capacity(2027)["mine.clay_seasia@MMR"] == pipeline.capacity(2027)["mine.clay_seasia@MMR"]  # runs out


def test_a_project_ramps_up_to_its_size(pipeline: Pipeline) -> None:
    project = next(p for p in pipeline.projects if p.name == "Blacksburg")
    decision = Decision(project, 2026, 2029, 20.0)
    size = project.adds["magnet.ndfeb@USA"]
    added = [decision.capacity(y)["magnet.ndfeb@USA"] / size for y in range(2027, 2033)]
    assert added == pytest.approx([0.0, 0.0, 0.3, 0.7, 1.0, 1.0])
    with_it = pipeline.capacity(2030, [decision])["magnet.ndfeb@USA"]
    assert with_it == pytest.approx(pipeline.capacity(2030)["magnet.ndfeb@USA"] + 0.7 * size)


def test_the_old_line_of_a_shared_plant_has_what_the_new_one_leaves(pipeline: Pipeline) -> None:
    for year in SPREAD:
        c = pipeline.capacity(year)
        assert c["sep.mount_weld@MYS"] == pytest.approx(max(49000.0 - c["sep.mount_weld_hre@MYS"], 0.0))


def test_after_2030_china_goes_on_and_recycling_follows_magnets(pipeline: Pipeline) -> None:
    c = {y: pipeline.capacity(y) for y in (2028, 2030, 2034)}
    for name in ("mine.bayan_obo@CHN", "magnet.ndfeb@CHN"):
        assert c[2034][name] - c[2030][name] == pytest.approx(2 * (c[2030][name] - c[2028][name]))
    magnets = [sum(c[y][f"magnet.{m}@CHN"] for m in ("ndfeb", "ndfeb_hd")) for y in (2030, 2034)]
    swarf = [c[y]["recycle.swarf_hd@CHN"] for y in (2030, 2034)]
    assert swarf[1] / swarf[0] == pytest.approx(magnets[1] / magnets[0])
    assert c[2034]["mine.mount_weld@AUS"] == c[2030]["mine.mount_weld@AUS"]
    still = Pipeline.of(central({"china_pace_after_2030": 0.0}))
    assert still.capacity(2034) == still.capacity(2030)


def test_dearer_plants_shrink_what_is_built_in_its_years_alone(pipeline: Pipeline) -> None:
    line = "magnet.ndfeb@USA"
    cut = Dearer(frozenset({2027, 2028}), frozenset({"magnet"}), frozenset({"USA"}), 2.0)
    plain = {y: pipeline.capacity(y)[line] for y in range(2025, 2031)}
    dear = {y: pipeline.capacity(y, (), [cut])[line] for y in range(2025, 2031)}
    assert dear[2026] == plain[2026]
    assert dear[2028] == pytest.approx(plain[2026] + (plain[2028] - plain[2026]) / 2.0)
    assert dear[2030] - dear[2028] == pytest.approx(plain[2030] - plain[2028])
    assert pipeline.capacity(2028, (), [cut])["metal.NdPr@USA"] == pipeline.capacity(2028)["metal.NdPr@USA"]


def test_projects_name_plants_of_the_atlas_that_are_not_built_yet() -> None:
    plants = atlas.table("plants")
    known = dict(zip(plants["facility"], plants["status"], strict=True))
    for record in document()["projects"]:
        for name in record["plants"]:
            assert known[name] in ("planned", "ramp_up"), name


def test_contracts_name_measures_of_the_register() -> None:
    register = Register.default()
    for contract in document()["contracts"]:
        assert contract["measure"] in register


def test_every_number_has_a_source_or_says_that_it_is_an_estimate() -> None:
    for n in numbers().values():
        assert n.url or n.quality == "estimate", n.name
        assert n.low <= n.mid <= n.high


def test_a_delay_of_an_unknown_plant_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="clay_brasil@BRA") as caught:
        central({"start_delay:mine.clay_brasil@BRA": 1.0})
    assert "start_delay:mine.clay_brazil@BRA" in str(caught.value.hint)
