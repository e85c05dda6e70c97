r"""What would each step of an escalation be worth to each side? A ladder of two sides over measures of the library.

Two sides have moves in a declared order (`data/ladder.yaml`). Each side's own moves are its rungs; a state is a pair of
rungs, and its measures are those of all moves so far. For every state :math:`(i,j)` the model is solved once, and side
:math:`s` with regions :math:`R_s` gains against the start

.. math:: G_s(i,j) = \sum_{r \in R_s} \left[ W_r(i,j) - W_r(0,0) \right], \qquad
          W_r = \mathrm{CS}_r + \mathrm{PS}_r + T_r + \mathrm{rent}_r,

consumers' and producers' surplus, treasury and the rent of scarce permits, in million USD a year. The gain of a move is
the difference of its side's :math:`G` after and before it; the best reply to the other side's rung is the own rung of
largest :math:`G`. Payoffs are those of the rare-earth market alone.

>>> from ytterby.world.ladder import declared
>>> [move.name for move in declared().moves][:2]
['magnet_tariff', 'tight_licences']
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import ytterby
from ytterby import atlas
from ytterby.canonical import run_id
from ytterby.errors import DataError, SolveError
from ytterby.market import Equilibrium, solve
from ytterby.world import _files, parameters
from ytterby.world._ladder_tables import payoffs, reply_rates, rung_names, side_gains, steps
from ytterby.world._payoffs import ACCOUNTS, Gains, Game, State, states
from ytterby.world.calibration import Calibration
from ytterby.world.draws import in_order
from ytterby.world.gains import gain_table
from ytterby.world.impose import Plan, impose, make_plan
from ytterby.world.limits import limits
from ytterby.world.scenario import Imposed, Scenario, named

if TYPE_CHECKING:
    from ytterby.world.model import World

__all__ = ["OTHERS", "Ladder", "LadderOutcome", "Move", "Side", "declared", "run_ladder"]

_FILE = "ladder.yaml"
OTHERS = "others"
"""Name of the regions that belong to no side."""
_PRECISION = 1e-6
"""Relative precision to which an equilibrium is solved: payoffs that differ by less of a side's welfare are equal."""
_MILLION = 1e-3
"""Million USD in t times USD/kg, the money of an equilibrium."""
NOTES = (
    "Payoffs are those of the rare-earth market in one year with the capacities of 2024: no politics, no security, no "
    "other trade, no later years. A best reply is best among the moves listed, by these payoffs alone.",
    "Probabilities are past rates of any rare-earth response by that government within 180 days, not of the move on "
    "the ladder; below three cases there is none (`ytterby measures rates`).",
)


class Side(BaseModel):
    """One of the two sides: the regions whose gains it counts, the jurisdictions whose responses are counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    regions: tuple[str, ...] = Field(min_length=1)
    jurisdictions: tuple[str, ...]

    def within(self, regions: tuple[str, ...]) -> tuple[str, ...]:
        """Return the side's regions among those of a calibration, groups written out."""
        wanted = {r for name in self.regions for r in ([name] if name in regions else atlas.group(name))}
        return tuple(r for r in regions if r in wanted)


class Move(BaseModel):
    """A step up: measures that come beside those before, and the numbers they take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    side: str
    title: str
    measures: tuple[Imposed, ...] = Field(min_length=1)
    scopes: Mapping[str, str] = Field(default_factory=dict)
    values: Mapping[str, float] = Field(default_factory=dict)


class Ladder(BaseModel):
    """A start, two sides, and moves in the order in which they are taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    start: str
    sides: Mapping[str, Side] = Field(min_length=2, max_length=2)
    moves: tuple[Move, ...] = Field(min_length=1)
    left_out: tuple[str, ...] = ()

    def rungs(self, side: str) -> tuple[Move, ...]:
        """Return the moves of one side in their order."""
        return tuple(m for m in self.moves if m.side == side)

    def states(self) -> list[State]:
        """Return every pair of rungs, the start first."""
        first, second = self.sides
        return states((len(self.rungs(first)), len(self.rungs(second))))

    def path(self) -> list[State]:
        """Return the state after each move in the declared order, the start first."""
        path: list[State] = [(0, 0)]
        first = next(iter(self.sides))
        for move in self.moves:
            i, j = path[-1]
            path.append((i + 1, j) if move.side == first else (i, j + 1))
        return path

    def scenario(self, state: State) -> Scenario:
        """Return the scenario of a state: the start with the moves of both sides so far."""
        start = named(self.start)
        taken = [m for side, n in zip(self.sides, state, strict=True) for m in self.rungs(side)[:n]]
        measures = dict.fromkeys([*start.measures, *(x for m in taken for x in m.measures)])
        told: list[Scenario | Move] = [start, *taken]
        scopes = {name: scope for x in told for name, scope in x.scopes.items()}
        values = {name: value for x in told for name, value in x.values.items()}  # noqa: PD011
        title = ", ".join(m.title for m in taken) or start.title
        return Scenario(name="ladder", title=title, measures=tuple(measures), scopes=scopes, values=values)


@functools.cache
def declared() -> Ladder:
    """Return the ladder that ships with Ytterby; DataError names the field of the first mistake."""
    record = _files.document(_FILE)
    try:
        moves = [{**m, "measures": [Imposed.parse(words) for words in m["measures"]]} for m in record["moves"]]
        found = Ladder(**{**record, "moves": moves})
    except ValidationError as error:
        first = error.errors()[0]
        place = _files.where(_FILE, f"field {'.'.join(map(str, first['loc']))}")
        raise DataError(first["msg"], where=place) from None
    for n, move in enumerate(found.moves):
        if move.side not in found.sides:
            place = _files.where(_FILE, f"field moves.{n}.side")
            raise DataError(f"unknown side '{move.side}'", where=place, hint=f"valid: {sorted(found.sides)}")
    return found


@dataclass(frozen=True)
class LadderOutcome:
    """What the steps of a ladder are worth.

    Attributes
    ----------
    steps
        ``step, move, title, by, day`` (on which its first measure became public), ``move_gain`` (what the move changed
        for the side that made it), ``loses_most, loses`` (the region worst off against the start), ``floors,
        floors_attained`` (counts by good and region), ``reply_by, reply, reply_gain, reply_share``: the other side's
        best reply, what it gains by it against staying, and the share of draws in which it is the best.
    gains
        ``step, side, gain, low, high, sign_share, consumer, producer, government, rent``: against the start in million
        USD a year; an account is None where it has no bound, and `gain` is then the sum of the others.
    payoffs
        Every state: a column a side with the name of its rung, then ``side, gain, low, high, best``.
    stable
        Pairs of rungs that are best replies to each other, by the payoffs of the model alone.
    rates
        ``trigger, responder, n, hits, probability, low, high, refused``: how often one side's governments answered the
        other's with a rare-earth measure (see `ytterby.measures.rates`); none below three cases.
    unsolved
        Draws in which some state has no equilibrium; they are not in the bands.
    """

    run_id: str
    title: str
    start: str
    sides: Mapping[str, str]
    steps: pd.DataFrame
    gains: pd.DataFrame
    payoffs: pd.DataFrame
    stable: list[dict[str, str]]
    rates: pd.DataFrame
    not_modelled: list[dict[str, str]]
    notes: tuple[str, ...]
    residual: float
    draws: int
    unsolved: int

    def to_dict(self) -> dict[str, Any]:
        """Return the public record."""
        frames = ("steps", "gains", "payoffs", "rates")
        return {
            "run_id": self.run_id,
            "title": self.title,
            "start": self.start,
            "sides": dict(self.sides),
            "unit": "million USD a year",
            **{name: getattr(self, name).to_dict("records") for name in frames},
            "stable": self.stable,
            "not_modelled": self.not_modelled,
            "notes": list(self.notes),
            "residual": self.residual,
            "draws": self.draws,
            "unsolved_draws": self.unsolved,
        }


@dataclass(frozen=True, eq=False)
class _States:
    """All states of one draw of the numbers; the same numbers in each."""

    calibration: Calibration
    plans: Mapping[State, Plan]
    numbers: list[dict[str, float]]

    def __call__(self, n: int) -> dict[State, Gains] | None:
        """Return the gains of every state in draw `n`; None where one has no equilibrium."""
        try:
            solved = {s: solve(self.network(s, self.numbers[n])[0]) for s in self.plans}
        except SolveError:
            return None
        return {s: _gains(solved[0, 0], e) for s, e in solved.items()}

    def network(self, state: State, numbers: dict[str, float]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Return the network of a state, and what of its measures is not modelled."""
        return impose(self.plans[state], self.calibration.network(numbers), self.calibration, numbers)


def _gains(start: Equilibrium, now: Equilibrium) -> Gains:
    rows = gain_table(start, now).to_dict("records")
    return {row["region"]: {a: None if pd.isna(row[a]) else float(row[a]) for a in ACCOUNTS} for row in rows}


def _tolerance(start: Equilibrium, regions: Iterable[str]) -> float:
    levels = (start.welfare["by_region"][r][a] for r in regions for a in ACCOUNTS)
    return float(_PRECISION * sum(abs(v) for v in levels if v is not None) * _MILLION)


def run_ladder(
    world: World,
    ladder: Ladder | None = None,
    *,
    draws: int = 0,
    seed: int = 1,
    workers: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> LadderOutcome:
    """Return what each step of a ladder is worth to each side.

    Parameters
    ----------
    world
        Calibration and register.
    ladder
        The shipped one if not given.
    draws
        Number of joint draws of elasticities and assumptions for the bands; all states share the numbers of a draw.
    seed, workers
        As in `World.run`.
    progress
        Called with (done, of): states, then draws.

    Raises
    ------
    UnknownNameError
        A scenario, side, measure, limb or assumption that does not exist.
    SolveError
        A state has no equilibrium at central values.
    """
    ladder = ladder or declared()
    plans = {s: make_plan(ladder.scenario(s), world.register) for s in ladder.states()}
    ranges: dict[str, tuple[float, float, float]] = {}
    for plan in plans.values():
        ranges |= plan.ranges()
    drawn = parameters.draw(ranges, draws, seed) if draws else []
    task = _States(world.calibration, plans, drawn)
    found = in_order(task, draws, workers)
    solved: dict[State, Equilibrium] = {}
    left: dict[tuple[str, str], None] = {}
    for state, plan in plans.items():
        network, not_modelled = task.network(state, {k: mid for k, (_, mid, _) in plan.ranges().items()})
        solved[state] = solve(network)
        left |= dict.fromkeys([*not_modelled, *plan.notes])
        if progress:
            progress(len(solved), len(plans) + draws)
    done: list[Mapping[State, Gains] | None] = []
    for drawn_gains in found:
        done.append(drawn_gains)
        if progress:
            progress(len(plans) + len(done), len(plans) + draws)
    kept = [w for w in done if w is not None]
    regions = world.calibration.regions
    sides = {name: side.within(regions) for name, side in ladder.sides.items()}
    taken = {r for inside in sides.values() for r in inside}
    game = Game(
        sides={**sides, OTHERS: tuple(r for r in regions if r not in taken)},
        central={s: _gains(solved[0, 0], e) for s, e in solved.items()},
        draws=kept,
        tolerance={name: _tolerance(solved[0, 0], inside) for name, inside in sides.items()},
    )
    kinds = {"year", *(str(step.rule["kind"]) for plan in plans.values() for step in plan.steps)}
    no_prices = pd.DataFrame({"commodity": [], "baseline": [], "scenario": []})
    return LadderOutcome(
        run_id=run_id(
            ladder=ladder.model_dump(mode="json"),
            year=world.calibration.year,
            draws=draws,
            seed=seed,
            ranges=ranges,
            atlas=atlas.version(),
            version=ytterby.__version__,
        ),
        title=ladder.title,
        start=named(ladder.start).title,
        sides={name: side.title for name, side in ladder.sides.items()} | {OTHERS: "others"},
        steps=steps(ladder, game, solved, world.register),
        gains=side_gains(ladder, game),
        payoffs=payoffs(ladder, game),
        stable=[rung_names(ladder, s) for s in game.stable()],
        rates=reply_rates(ladder, world.register),
        not_modelled=[
            *({"measure": m, "reason": r} for m, r in left),
            *({"measure": "ladder", "reason": r} for r in ladder.left_out),
            *({"measure": "model", "reason": r} for r in limits(kinds, no_prices)),
        ],
        notes=NOTES,
        residual=max(e.residual for e in solved.values()),
        draws=draws,
        unsolved=len(done) - len(kept),
    )
