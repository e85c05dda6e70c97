"""The tables of a ladder: steps, what each side gains, payoffs of every state, how often such moves were answered."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ytterby.measures import Rate, Register, response_rates
from ytterby.world._payoffs import Game, State, largest_loss
from ytterby.world.scenario import named

if TYPE_CHECKING:
    from ytterby.market import Equilibrium
    from ytterby.world.ladder import Ladder

__all__ = ["payoffs", "reply_rates", "rung_names", "side_gains", "steps"]


def _frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a table in which what is unknown is None."""
    frame = pd.DataFrame(rows).astype(object)
    return frame.where(frame.notna(), None)


def steps(ladder: Ladder, game: Game, solved: Mapping[State, Equilibrium], register: Register) -> pd.DataFrame:
    rows = []
    path = ladder.path()
    for n, state in enumerate(path):
        move = ladder.moves[n - 1] if n else None
        loser, loses = largest_loss(game.central[state]) or (None, None)
        floors = [a for a in solved[state].tables["measures"]["attained"] if a is not None]
        row = {
            "step": n,
            "move": move.name if move else ladder.start,
            "title": move.title if move else named(ladder.start).title,
            "by": move.side if move else None,
            "day": min(register[m.limb.partition(":")[0]].day for m in move.measures).isoformat() if move else None,
            "move_gain": game.gain(state, move.side) - game.gain(path[n - 1], move.side) if move else None,
            "loses_most": loser,
            "loses": loses,
            "floors": len(floors),
            "floors_attained": sum(floors),
        }
        other = next(side for side in game.players if move and side != move.side) if move else None
        rows.append({**row, **_reply(ladder, game, state, other)})
    return _frame(rows)


def _reply(ladder: Ladder, game: Game, state: State, side: str | None) -> dict[str, Any]:
    if side is None:
        return dict.fromkeys(("reply_by", "reply", "reply_gain", "reply_share"))
    reply = game.reply(state, side)
    return {
        "reply_by": side,
        "reply": rung_names(ladder, reply)[side],
        "reply_gain": game.gain(reply, side) - game.gain(state, side),
        "reply_share": game.reply_share(state, side),
    }


def rung_names(ladder: Ladder, state: State) -> dict[str, str]:
    """Return the name of each side's last move, or of the start."""
    return {s: ladder.rungs(s)[n - 1].name if n else ladder.start for s, n in zip(ladder.sides, state, strict=True)}


def side_gains(ladder: Ladder, game: Game) -> pd.DataFrame:
    rows = []
    for n, state in enumerate(ladder.path()):
        for side in game.sides:
            low, high, sign = game.band(state, side)
            told = {"gain": game.gain(state, side), "low": low, "high": high, "sign_share": sign}
            rows.append({"step": n, "side": side, **told, **game.accounts(state, side)})
    return _frame(rows)


def payoffs(ladder: Ladder, game: Game) -> pd.DataFrame:
    rows = []
    for state in game.central:
        for side in game.sides:
            low, high, _ = game.band(state, side)
            best = game.reply(state, side) == state if side in game.players else None
            told = {"gain": game.gain(state, side), "low": low, "high": high, "best": best}
            rows.append({**rung_names(ladder, state), "side": side, **told})
    return _frame(rows)


def reply_rates(ladder: Ladder, register: Register) -> pd.DataFrame:
    """Return how often the governments of one side answered the issuers of the other side's moves."""
    known: dict[tuple[str, str], Rate] = {
        (r.trigger_jurisdiction, r.responder): r for r in response_rates(register) if r.response == "rare_earth"
    }
    rows = []
    for name in ladder.sides:
        limbs = (m.limb for move in ladder.rungs(name) for m in move.measures)
        issuers = dict.fromkeys(register[limb.partition(":")[0]].issuer.jurisdiction for limb in limbs)
        others = (j for other, s in ladder.sides.items() if other != name for j in s.jurisdictions)
        for pair in itertools.product(issuers, others):
            r = known[pair]
            told = {"probability": r.rate, "low": r.low, "high": r.high, "refused": r.refused}
            rows.append({"trigger": pair[0], "responder": pair[1], "n": r.n, "hits": r.hits, **told})
    return _frame(rows)
