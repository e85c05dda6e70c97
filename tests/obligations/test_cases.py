"""Cases drawn from official answers, rule texts and law firms' notes: each YAML file is a regime, each entry a case.

A case names its source and gives one or more expectations. `outcome_in` stands where the law leaves more than one
answer open; `none` says that the limb need not be in the verdicts at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from tests.obligations.test_properties import cleared, outcomes, paths, without

from ytterby.obligations import Facts, judge

Case = dict[str, Any]
FOLDER = Path(__file__).parent / "cases"


def cases() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("*.yaml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))


CASES = list(cases())


def test_each_case_has_its_own_id_and_names_its_source() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES) >= 100
    assert all(case["source"] and case["asks"] for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_verdict_is_what_the_source_says(case: Case) -> None:
    judged = judge(
        Facts.model_validate(case["facts"]),
        case["on"],
        known_on=case.get("known_on"),
        assume=case.get("assume"),
        readings=case.get("reading"),
    )
    found = {(v.rule, v.limb): v for v in judged.verdicts}
    for expected in case["expect"]:
        verdict = found.get((expected["rule"], expected["limb"]))
        outcome = verdict.outcome if verdict else "none"
        allowed = expected["outcome_in"] if "outcome_in" in expected else [expected["outcome"]]
        assert outcome in allowed, expected
        if "if_operative" in expected:
            assert verdict is not None
            assert (verdict.if_operative or outcome) == expected["if_operative"], expected


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_no_fact_taken_from_a_case_ends_its_duty(case: Case) -> None:
    options = {"known_on": case.get("known_on"), "assume": case.get("assume"), "readings": case.get("reading")}
    before = outcomes(case["facts"], case["on"], **options)
    for path in paths(case["facts"]):
        try:
            after = outcomes(without(case["facts"], path), case["on"], **options)
        except ValidationError:  # a node without its id is no FACTS
            continue
        for limb, (outcome, if_operative) in before.items():
            assert not cleared(outcome, after[limb][0]), (path, limb)
            assert not cleared(if_operative, after[limb][1]), (path, limb)
