"""How an outcome follows from answers: order of rows, unknowns, details nobody told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.obligations._answers import Answer, every, opposite, some
from ytterby.obligations._decide import decide, possible
from ytterby.obligations._model import LimbRule

LIMB = LimbRule.model_validate(
    {
        "limb": "all",
        "asks": "?",
        "applies": ["within"],
        "outcomes": [
            {"outcome": "denial_in_principle", "when": ["denied"]},
            {"outcome": "exempt", "when": ["free"]},
            {"outcome": "licence_required"},
        ],
    }
)
YES, NO, UNKNOWN = (Answer(value, "") for value in (True, False, None))
DETAIL = Answer(None, "", (), True)


def asked(within: Answer = YES, denied: Answer = NO, free: Answer = NO) -> Callable[[str], Answer]:
    return {"within": within, "denied": denied, "free": free}.__getitem__


@pytest.mark.parametrize(
    ("answers", "outcome", "could_be"),
    [
        ({}, "licence_required", ["licence_required"]),
        ({"within": NO, "denied": UNKNOWN}, "not_applicable", ["not_applicable"]),
        ({"denied": YES, "free": YES}, "denial_in_principle", ["denial_in_principle"]),
        ({"free": YES}, "exempt", ["exempt"]),
        ({"within": UNKNOWN}, "incomplete", ["licence_required", "not_applicable"]),
        ({"free": UNKNOWN}, "incomplete", ["licence_required", "exempt"]),
        ({"denied": UNKNOWN}, "incomplete", ["denial_in_principle", "licence_required"]),
        # only a detail nobody told: the duty that is certain stands, and the graver one is named
        ({"denied": DETAIL}, "licence_required", ["denial_in_principle", "licence_required"]),
        # but no such detail ever ends in a permission
        ({"denied": DETAIL, "free": YES}, "incomplete", ["denial_in_principle", "exempt"]),
        ({"within": DETAIL}, "incomplete", ["licence_required", "not_applicable"]),
    ],
)
def test_rows_are_read_from_the_top(answers: dict[str, Answer], outcome: str, could_be: list[str]) -> None:
    assert decide(LIMB, asked(**answers)) == (outcome, tuple(could_be))


ANSWERS = st.sampled_from([YES, NO, UNKNOWN])


@given(ANSWERS, ANSWERS, ANSWERS)
def test_the_possible_outcomes_are_those_of_every_way_to_settle_the_unknown(a: Answer, b: Answer, c: Answer) -> None:
    ends = [[YES, NO] if answer.value is None else [answer] for answer in (a, b, c)]
    settled = {possible(LIMB, asked(x, y, z)) for x in ends[0] for y in ends[1] for z in ends[2]}
    assert set(possible(LIMB, asked(a, b, c))) == {outcome for end in settled for outcome in end}


@given(st.lists(ANSWERS, min_size=1))
def test_and_or_not_are_those_of_kleene(answers: list[Answer]) -> None:
    values = [a.value for a in answers]
    assert every(answers).value == (False if False in values else None if None in values else True)
    assert some(answers).value == opposite(every([opposite(a) for a in answers])).value
