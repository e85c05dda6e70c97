"""Tests of parties: lists, ownership through owners, military, country."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ytterby.measures import Register
from ytterby.obligations._answers import Answer, every, some, untold
from ytterby.obligations._case import Asked, Case, Number, group_of, lists_of, percent
from ytterby.obligations.facts import Owner, Party

if TYPE_CHECKING:
    from ytterby.obligations._model import RuleFile

__all__ = ["PartyTest"]


class PartyTest(Asked):
    """The parties: whether one is on a list, held by listed owners, military, or of a country."""

    kind: Literal["party"]
    on_lists: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()
    held_least: Number | None = None
    aggregate: bool | str = True
    military: bool | None = None
    countries: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def ask(self, case: Case, file: RuleFile) -> Answer:  # noqa: ARG002
        if case.facts.parties is None:
            return untold("parties")
        wanted = [
            (k, p) for k, p in enumerate(case.facts.parties) if not self.roles or p.role is None or p.role in self.roles
        ]
        return some([*(self._of(case, f"parties.{k}", party) for k, party in wanted), Answer(False, "no such party")])

    def _of(self, case: Case, path: str, party: Party) -> Answer:
        asked = []
        if self.on_lists:
            asked.append(_named(path, party.lists, lists_of(self.on_lists)))
        if self.held_least is not None:
            asked.append(self._held(case, path, party.owners))
        if self.military is not None:
            field = f"{path}.military"
            told = party.military
            asked.append(
                Answer(None, f"{field} is not told", (field,), True)
                if told is None
                else Answer(told is self.military, f"{field} is {str(told).lower()}")
            )
        if self.countries:
            field = f"{path}.country"
            inside = None if party.country is None else party.country in group_of(self.countries)
            asked.append(untold(field) if inside is None else Answer(inside, f"{field} is {party.country}"))
        return every(asked)

    def _held(self, case: Case, path: str, owners: tuple[Owner, ...] | None) -> Answer:
        if owners is None:
            return Answer(None, f"{path}.owners is not told", (f"{path}.owners",), True)
        assert self.held_least is not None
        line = case.number(self.held_least)
        low = high = 0.0
        missing: list[str] = []
        for k, owner in enumerate(owners):
            at = f"{path}.owners.{k}"
            listed = _named(at, owner.lists, lists_of(self.held_by))
            if listed.value is not True and owner.owners:
                listed = some([listed, self._held(case, at, owner.owners)])
            if listed.value is False:
                continue
            share = owner.share or (0.0, 1.0)
            if owner.share is None or share[0] != share[1]:
                missing.append(f"{at}.share")
            missing += listed.missing
            least = share[0] if listed.value else 0.0
            if self._adds_up(case):
                low, high = low + least, high + share[1]
            else:
                low, high = max(low, least), max(high, share[1])
        fact = f"{path}: listed owners hold {percent(low)} to {percent(min(high, 1.0))}"
        if low >= line - 1e-12:
            return Answer(True, fact)
        return Answer(False, fact) if high < line - 1e-12 else Answer(None, fact, tuple(dict.fromkeys(missing)))

    def _adds_up(self, case: Case) -> bool:
        if isinstance(self.aggregate, str):
            return case.readings[self.aggregate.removeprefix("reading:")] == "aggregate"
        return self.aggregate


def _named(path: str, lists: tuple[str, ...] | None, wanted: frozenset[str]) -> Answer:
    if lists is None:
        return untold(f"{path}.lists")
    on = [name for name in lists if name in wanted]
    if on:
        return Answer(True, f"{path} is on {', '.join(on)}")
    strange = [name for name in lists if name not in Register.default()]
    if strange:
        return Answer(None, f"{path} is on '{strange[0]}', a list that the register does not have", (f"{path}.lists",))
    return Answer(False, f"{path} is on none of these lists")
