"""Many shipments at once: the verdicts are those of `judge`, one by one."""

from __future__ import annotations

import copy
import json
import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.obligations.shipments import MOTOR, OXIDE
from tests.obligations.test_cases import CASES
from tests.obligations.test_properties import BASES

from ytterby.obligations import Facts, judge, rules
from ytterby.obligations.batch import judge_table

DAY = "2026-11-24"


def shipments(count: int) -> list[dict[str, Any]]:
    draw = random.Random(7)
    places = ["CHN", "DEU", "JPN", "USA", None]
    rows = []
    for _ in range(count):
        element, form = draw.choice(["Dy", "Nd", "Sm", "Ga", None]), draw.choice(["oxide", "magnet", "slurry", None])
        low = draw.choice([0, 0.5, 3])
        content = {
            "element": element,
            "form": form,
            "value_usd": draw.choice([None, [low, low], [low, None], [0, 0]]),
            "origin": draw.choice([None, {"separated": {"CHN": [0.1, draw.uniform(0.1, 1)]}}, {"magnet": {"JPN": 1}}]),
            "technology": draw.choice([None, {"magnet": "CHN"}]),
        }
        rows.append(
            {
                "exporter": draw.choice(places),
                "ship_from": draw.choice(places),
                "destination": draw.choice(places),
                "dates": draw.choice([None, {"left_china": "2025-10-01"}, {"delivery": "2027-02-01"}]),
                "item": {
                    "description": draw.choice(["rotor", "NdFeB magnet with Dy", "documents by e-mail", None]),
                    "form": draw.choice(["magnet", "assembly", "oxide", "technology", None]),
                    "foreign_made": draw.choice([True, False, None]),
                },
                "nodes": draw.choice([None, [{"id": "a", "value_usd": [100, 200], "contents": [content]}]]),
                "parties": draw.choice([None, [], [{"military": True}], [{"lists": ["CHN-CL-2025"], "owners": []}]]),
                "end_use": draw.choice([None, [], ["infantry radios"], ["electric motors"]]),
                "parameters": draw.choice([None, {"purity": 0.999}]),
            }
        )
    return rows


def flat(facts: dict[str, Any]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for field in ("exporter", "ship_from", "destination"):
        cells[field] = facts[field] or ""
    for name, value in facts["item"].items():
        cells[f"item.{name}"] = "" if value is None else str(value).lower() if value in (True, False) else value
    for field in ("dates", "nodes", "parties", "end_use", "parameters"):
        cells[field] = "" if facts[field] is None else json.dumps(facts[field])
    return cells


def mixed(count: int) -> list[dict[str, Any]]:
    """Return the facts of all cases and properties, then mixtures: fields of others, fields left out, other amounts."""
    draw = random.Random(11)
    known = [case["facts"] for case in CASES] + [facts for facts, _ in BASES.values()]
    rows = list(known)
    for _ in range(count):
        facts = copy.deepcopy(draw.choice(known))
        for field in draw.sample(list(Facts.model_fields), 3):
            facts.pop(field, None)
            if field in (other := draw.choice(known)):
                facts[field] = copy.deepcopy(other[field])
        for node in facts.get("nodes") or ():
            node["value_usd"] = draw.choice([None, [100, 100], [100, None], [50, 200], 0])
            for content in node.get("contents") or ():
                content["value_usd"] = draw.choice([None, 0, 0.1, 10, [0, 26], [0.05, None], 100])
                content["mass_kg"] = draw.choice([None, 0, 0.3, [0, 1]])
        rows.append(facts)
    return rows


@cache
def expected(made: str) -> list[tuple[Any, ...]]:
    return [verdict for k, facts in enumerate(MADE[made]) for verdict in judged(f"S{k}", facts)]


def judged(name: str, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (
            name,
            v.rule,
            v.limb,
            v.outcome,
            v.if_operative,
            list(v.could_be),
            {m.fact for m in v.missing if len(v.could_be) > 1},
            v.state.legal,
            v.state.political,
            v.knowledge_age_days,
        )
        for v in judge(Facts.model_validate(facts), DAY).verdicts
    ]


def tabled(path: Path, processes: int) -> list[tuple[Any, ...]]:
    return [
        (
            *(r[name] for name in ("id", "rule", "limb", "outcome", "if_operative")),
            json.loads(r["could_be"]),
            set(json.loads(r["missing"])),
            *(r[name] for name in ("legal", "political", "knowledge_age_days")),
        )
        for r in judge_table(path, DAY, processes=processes).table().to_pylist()
    ]


def as_json(facts: dict[str, Any]) -> dict[str, str]:
    return {field: json.dumps(facts[field], default=str) if field in facts else "" for field in Facts.model_fields} | {
        field: facts.get(field) or "" for field in ("exporter", "ship_from", "destination")
    }


MADE = {"dotted": shipments(150), "json": mixed(300)}
CELLS = {"dotted": flat, "json": as_json}


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("made", MADE)
def test_each_verdict_is_that_of_the_shipment_alone(tmp_path: Path, made: str, processes: int, suffix: str) -> None:
    path = tmp_path / f"shipments{suffix}"
    table = pd.DataFrame([{"id": f"S{k}", **CELLS[made](facts)} for k, facts in enumerate(MADE[made])])
    table.to_csv(path, index=False) if suffix == ".csv" else table.to_parquet(path)
    assert tabled(path, processes) == expected(made)


def test_the_made_up_shipments_reach_every_rule_and_outcome() -> None:
    found = [row for made in MADE for row in expected(made)]
    outcomes = {(rule, limb): {operative} for _, rule, limb, _, operative, *_ in found}
    for _, rule, limb, _, operative, *_ in found:
        outcomes[rule, limb].add(operative)
    assert {rule for rule, _ in outcomes} == set(rules())
    assert [limb for limb, given in outcomes.items() if len(given) == 1 and given != {None}] == []


PORTIONS = st.sampled_from([0.0, 1e-9, 0.3, 0.999, 1.0])
SHARES = st.dictionaries(
    st.sampled_from(["CHN", "JPN", "HKG"]), st.tuples(PORTIONS, PORTIONS).map(sorted), min_size=1, max_size=2
)


@given(base=st.sampled_from([MOTOR, OXIDE]), shares=st.lists(SHARES, min_size=2, max_size=6))
@settings(max_examples=25, deadline=None)
def test_shares_of_origin_give_the_verdicts_of_the_shipment_alone(base: dict[str, Any], shares: list[Any]) -> None:
    rows = []
    for share in shares:
        facts = copy.deepcopy(base)
        for content in facts["nodes"][-1]["contents"]:
            content["origin"] = dict.fromkeys(("separated", "metal", "magnet"), share)
        rows.append(facts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shipments.csv"
        pd.DataFrame([{"id": f"S{k}", **as_json(facts)} for k, facts in enumerate(rows)]).to_csv(path, index=False)
        assert tabled(path, 1) == [verdict for k, facts in enumerate(rows) for verdict in judged(f"S{k}", facts)]


def test_nested_columns_of_parquet_are_read(tmp_path: Path) -> None:
    facts = shipments(40)
    pd.DataFrame(facts).to_parquet(tmp_path / "nested.parquet")
    found = judge_table(tmp_path / "nested.parquet", DAY, processes=1)
    assert found.summaries() == [judge(Facts.model_validate(f), DAY).summary for f in facts]
    assert found.ids[0] == "1"


def test_dotted_columns_are_fields_of_lists(tmp_path: Path, run: Any) -> None:
    (tmp_path / "s.csv").write_text(
        "id,exporter,ship_from,destination,item.form,nodes.0.contents.0.element,nodes.0.contents.0.value_usd,end_use\n"
        'A,CHN,CHN,DEU,oxide,Dy,12.5,electric motors\nB,CHN,CHN,DEU,oxide,Fe,"[1, 2]",[]\n',
        encoding="utf-8",
    )
    text = run("batch", str(tmp_path / "s.csv"), "--on", DAY, "-o", str(tmp_path / "v.csv"))
    assert "licence_required: A" in text
    rows = pd.read_csv(tmp_path / "v.csv")
    a18 = rows[rows["rule"] == "CHN-A18-2025"]
    assert dict(zip(a18["id"], a18["outcome"], strict=True)) == {"A": "licence_required", "B": "not_applicable"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,destination\nA,DEU\nB,Germny\n", "row 3, column destination: 'Germny' is no country"),
        ("id,nodes.0.value_usd\nA,-1\n", "row 2, column nodes.0.value_usd.0: input should be greater than"),
        ("id,nodes\nA,[{\n", "row 2, column nodes: not JSON"),
        ("id,nodes,nodes.0.id\nA,[],x\n", "row 2, column nodes.0.id: 'nodes' has a column of its own already"),
        ("id,desination\nA,DEU\n", "did you mean 'destination'"),
        ("id,item.frm\nA,oxide\n", "row 2, column item: unknown field 'frm'"),
        ("id,destination\nA,DEU\nA,DEU\n", "the id 'A' stands twice"),
        ("id,destination\n", "the table has no rows"),
        ("", "cannot be read as a table"),
    ],
)
def test_a_broken_row_is_told_and_nothing_is_written(tmp_path: Path, run: Any, text: str, message: str) -> None:
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    assert message in run("batch", str(tmp_path / "s.csv"), "--on", DAY, "-o", str(tmp_path / "v.parquet"), code=3)
    assert not (tmp_path / "v.parquet").exists()


def test_words_that_are_off_are_told(tmp_path: Path, run: Any) -> None:
    assert "no such file" in run("batch", str(tmp_path / "s.csv"), "--on", DAY, code=3)
    assert "known: .parquet, .csv" in run("batch", "s.csv", "--on", DAY, "-o", "v.json", code=2)
