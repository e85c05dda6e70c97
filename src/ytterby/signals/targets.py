"""At whom does the text aim the measure? Only countries that it names as aim or addressee."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ytterby.signals.mentions import Mention
from ytterby.signals.rules import Rule

__all__ = ["targets_of"]

_TO = re.compile(r"\b(?:to|against|towards?|targeting|aimed at|bound for|destined for)\s(?:the\s)?$")
_ON = re.compile(r"\b(?:on|from|of|by|into|at|with)\s(?:the\s)?$")
_FIRM = re.compile(
    r"^(?:'s)?[\s-](?:state[- ])?(?:owned|linked|controlled|backed|compan\w+|firms?|entit\w+|investors?|investments?|funds?|shareholders?|buyers?|militar\w+|users?|bidder\w*|miners?|group|ownership|capital|holders?|defen[cs]e|carmakers?|manufacturers?|interests)"
)
_GOODS = re.compile(
    r"^(?:'s)?\s(?:\w+ ){0,2}(?:§|imports?|goods|products?|magnets?|supplies|exports?|export|dominance|curbs|controls?|restrictions)"
)


def targets_of(
    rule: Rule, masked: str, mentions: Sequence[Mention], actor: Mention | None, verb: int, end: int,
    others: Sequence[Mention],
) -> tuple[str, ...]:  # fmt: skip
    """Return the countries at which an act of `actor` is aimed, in the order of the text."""
    own = actor.country if actor else ""
    if rule.form == "parties":
        return tuple(dict.fromkeys(m.country for m in others if m.country))
    found: list[str] = []
    for m in mentions:
        if not m.country or m.country in {own, "WTO", *found} or m.kind not in {"country", "adjective", "government"}:
            continue
        before, after = masked[: m.start], masked[m.end : m.end + 40]
        if _aimed(rule, m, before, after, verb, end, actor):
            found.append(m.country)
    return tuple(found)


def _aimed(
    rule: Rule,
    m: Mention,
    before: str,
    after: str,
    verb: int,
    end: int,
    actor: Mention | None,
) -> bool:
    action = rule.action
    if re.search(
        r"\b(?:response|answer|reply|due|according|addition|retaliation|prior|loss|blow|counter|threat) to\s(?:the\s)?$",
        before,
    ):
        return False
    near = m.end <= end + 60 and m.start >= verb - 60
    if action in {"export_ban", "export_licensing", "export_quota", "easing"}:
        if _TO.search(before) and m.start >= verb - 40:
            return True
        return m.start >= verb - 5 and near and m.kind == "adjective" and bool(_FIRM.match(after))
    if action in {"tariff", "investigation"}:
        if m.start < verb - 70:
            return False
        if _GOODS.match(after) and m.kind in {"adjective", "country"}:
            return True
        return bool(_ON.search(before)) and m.start >= verb
    if action == "investment_curb":
        tied = re.search(
            r"\b(?:ties|links|linked|connected|connections|owned by|controlled by|based in|from) (?:to |in |with )?(?:the\s)?$",
            before,
        )
        return m.start >= verb - 5 and m.kind in {"adjective", "country"} and (bool(tied) or bool(_FIRM.match(after)))
    if action == "trade_dispute":
        if (
            re.search(r"\b(?:against|with|over|lost|losing|on)\s(?:the\s)?$", before)
            or m.possessive
            or _GOODS.match(after)
        ):
            return True
        return rule.form == "wto" and bool(re.match(r"\s(?:lost|loses|lose|has lost|violated|broke|failed|had)", after))
    if action == "statement":
        return m.start >= verb and bool(
            re.search(
                r"\b(?:urg\w+|warn\w*|call\w* on|accus\w*|critici[sz]\w*|condemn\w*|told|against|ask\w*|tell\w*|demand\w* that|request\w*|press\w*)\s(?:the\s)?$",
                before,
            )
        )
    return (
        bool(
            re.search(
                r"\b(?:against|counter|countering|targeting|aimed at)\s(?:the\s)?$",
                before,
            )
        )
        and m.start >= verb
    )
