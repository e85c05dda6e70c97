"""Tests of parties: lists, ownership through owners, military, country."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ytterby.measures import Register
from ytterby.obligations._answers import Answer, every, some, untold
from ytterby.obligations._case import Asked, Case, Number, group_of, lists_of, percent
from ytterby.obligations._names import lists_naming, similar_name
from ytterby.obligations._words import speaks
from ytterby.obligations.facts import Owner, Party

if TYPE_CHECKING:
    from ytterby.obligations._model import RuleFile

__all__ = ["PartyTest"]


class PartyTest(Asked):
    """The parties: whether one is on a list, held by listed owners, military, or of a country.

    `list_words`: the vocabulary of names of lists that count besides; `speak_of`: that of the party's role and name.
    """

    kind: Literal["party"]
    on_lists: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()
    held_least: Number | None = None
    aggregate: bool | str = True
    military: bool | None = None
    countries: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    list_words: str | None = None
    speak_of: str | None = None
    not_roles: tuple[str, ...] = ()

    def ask(self, case: Case, file: RuleFile) -> Answer:  # noqa: ARG002
        if case.facts.parties is None:
            return untold("parties")
        wanted = [
            (k, p)
            for k, p in enumerate(case.facts.parties)
            if p.role is None or ((not self.roles or p.role in self.roles) and p.role not in self.not_roles)
        ]
        answers = [self._of(case, f"parties.{k}", party) for k, party in wanted]
        return some(answers or [Answer(False, "there is no such party")])

    def _of(self, case: Case, path: str, party: Party) -> Answer:
        asked = []
        if self.on_lists:
            asked.append(_named(path, party, lists_of(self.on_lists), self.list_words))
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
        if self.speak_of is not None:
            asked.append(_spoken(path, party, self.speak_of))
        if self.countries:
            field = f"{path}.country"
            inside = None if party.country is None else party.country in group_of(self.countries)
            asked.append(untold(field) if inside is None else Answer(inside, f"{field} is {party.country}"))
        if self.outside:
            field = f"{path}.country"
            abroad = None if party.country is None else party.country not in group_of(self.outside)
            asked.append(untold(field) if abroad is None else Answer(abroad, f"{field} is {party.country}"))
        return every(asked)

    def _held(self, case: Case, path: str, owners: tuple[Owner, ...] | None) -> Answer:
        if owners is None:
            return Answer(None, f"{path}.owners is not told", (f"{path}.owners",), True)
        assert self.held_least is not None
        line = case.number(self.held_least)
        low = high = 0.0
        missing: list[str] = []
        detail = True
        for k, owner in enumerate(owners):
            at = f"{path}.owners.{k}"
            listed = _named(at, owner, lists_of(self.held_by), self.list_words)
            if listed.value is not True:
                listed = some([listed, self._held(case, at, owner.owners)])
            if listed.value is False:
                continue
            share = owner.share or (0.0, 1.0)
            if owner.share is None or share[0] != share[1]:
                missing.append(f"{at}.share")
                detail = False
            missing += listed.missing
            detail = detail and (listed.value is not None or listed.detail)
            least = share[0] if listed.value else 0.0
            if self._adds_up(case):
                low, high = low + least, high + share[1]
            else:
                low, high = max(low, least), max(high, share[1])
        fact = f"{path}: listed owners hold {percent(low)} to {percent(min(high, 1.0))}"
        if low >= line - 1e-12:
            return Answer(True, fact)
        if high < line - 1e-12:
            return Answer(False, fact)
        # who owns an owner is a detail; what share a listed one holds is not
        return Answer(None, fact, tuple(dict.fromkeys(missing)), detail)

    def _adds_up(self, case: Case) -> bool:
        if isinstance(self.aggregate, str):
            return case.readings[self.aggregate.removeprefix("reading:")] == "aggregate"
        return self.aggregate


def _spoken(path: str, party: Party, vocabulary: str) -> Answer:
    said = {field: speaks(text, vocabulary) for field in ("role", "name") if (text := getattr(party, field))}
    field, value = next(((f, v) for f, v in said.items() if v), (None, None))
    if value:
        return Answer(True, f"{path}.{field}: '{getattr(party, str(field))}'")
    if None in said.values() or not said:
        return Answer(None, f"{path}: who it is is not told", (f"{path}.name",))
    return Answer(False, f"{path}: '{party.name or party.role}'")


def _named(path: str, party: Party | Owner, wanted: frozenset[str], list_words: str | None = None) -> Answer:
    """Whether a party is on one of the lists (``MEASURE_ID`` or ``MEASURE_ID:limb``), as told or by its name."""
    if list_words is not None and (said := next((n for n in party.lists or () if speaks(n, list_words)), None)):
        return Answer(True, f"{path} is on '{said}'")
    by_name = lists_naming(party.name) if party.name else frozenset()
    if found := [name for name in by_name if _is_among(name, wanted)]:
        return Answer(True, f"{path}: '{party.name}' is named in {', '.join(sorted(found))}")
    if party.lists is None:
        if near := similar_name(party.name, wanted) if party.name else None:
            return Answer(None, f"{path}: '{party.name}' is like '{near}', which is listed", (f"{path}.lists",))
        return untold(f"{path}.lists")
    own = {name.partition(":")[0] for name in by_name}
    # a list has several limbs; a party that the list's names place in one is in that one
    on = [name for name in party.lists if _is_among(name, wanted) and (":" in name or name not in own)]
    if on:
        return Answer(True, f"{path} is on {', '.join(on)}")
    strange = [name for name in party.lists if name.partition(":")[0] not in Register.default()]
    if strange:
        return Answer(None, f"{path} is on '{strange[0]}', a list that the register does not have", (f"{path}.lists",))
    return Answer(False, f"{path} is on none of these lists")


def _is_among(name: str, wanted: frozenset[str]) -> bool:
    measure, mark, _ = name.partition(":")
    if name in wanted or measure in wanted:
        return True
    return not mark and any(w.partition(":")[0] == measure for w in wanted)
