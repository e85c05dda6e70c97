"""How firm is the act, and does it tighten or loosen? The tables of the label guide (version 2), as code.

Cue words stand in ``data/cues_*.yaml``; what is left here is the order in which they decide.
"""

from __future__ import annotations

import re

from ytterby.signals import dates
from ytterby.signals.model import Action, Polarity, Status
from ytterby.signals.rules import Rule, cues

__all__ = ["chinese_polarity", "chinese_status", "polarity_of", "status_of"]

_ENACTED: dict[Action, Status] = {
    "export_ban": "in_force",
    "export_licensing": "in_force",
    "export_quota": "announced",
    "production_quota": "in_force",
    "regulation": "announced",
    "tariff": "announced",
    "investigation": "in_force",
    "trade_dispute": "in_force",
    "investment_curb": "in_force",
    "easing": "announced",
    "subsidy": "announced",
    "stockpile": "announced",
    "price_floor": "announced",
    "bloc_formation": "announced",
    "agreement": "announced",
}
_FUTURE = re.compile(r"\b(?:will|shall|would|to|plans?|going|set|due)\b")
_MODAL = re.compile(r"\b(?:may|might|could|can)\b(?! \d)")
_PAUSE = re.compile(r"suspend|paus|postpon|delay|defer|freez|froze|on hold|waiv|temporar")
_END = re.compile(
    r"scrap|abolish|remov|\bend|drop|repeal|withdr|revok|cancel|expire|lapse|terminat|lift|overturn|discontinu|axe|do away|does away|phas"
)
_DONE = re.compile(
    r"(?:ed|en|axed|withdrew|ended|dropped|has|have|had|were|was|scraps|ends|lifts|abolishes|removes|drops|cancels)\b"
)


def status_of(
    rule: Rule, masked: str, begin: int, verb: int, end: int, matched: str, effective: str, event: str | None,
    published: str | None,
) -> Status:  # fmt: skip
    """Return the status of an act from its rule, its tense, the cue words around it and its dates."""
    if rule.action in {"visit_inspection", "statement", "talks"}:
        return "signalled"
    before = masked[begin:verb]
    around = masked[max(0, begin) : min(len(masked), end + 70)]
    cue = cues("en")
    if rule.action == "agreement":
        return _agreement(before + matched, around, masked)
    if rule.status in {"in_force", "announced", "proposed", "suspended", "ended"}:
        fixed: Status = rule.status  # type: ignore[assignment]
        return fixed
    if rule.status == "signalled_threat":
        return "signalled"
    tentative = bool(cue["proposed"].search((before + matched).replace("may not", "must not"))) or bool(
        re.search(
            r"under (?:discussion|consideration)|without giving a date|public comment|\bproposal\b|\bbill\b(?!.{0,60}(?:signed|into law))|\bmay (?:be |also )?\w+\b(?=.{0,40}sources)",
            masked,
        )
    )
    threat = bool(cue["signalled"].search(before + matched[:20]))
    if rule.action == "easing":
        return _easing(rule, before, matched, around, tentative, threat)
    if threat and not re.search(r"\bwill\b.*\bfrom\b", around):
        return "signalled"
    if tentative and not re.search(r"already approved", masked):
        if rule.action == "trade_dispute" and re.search(r"weigh|consider|mull|threat", before + matched):
            return "signalled"
        return "proposed"
    if _MODAL.search(before):
        return "proposed"
    ref = dates.latest(published)
    day = dates.latest(effective) if effective else None
    if ref and day:
        return "announced" if day > ref else "in_force"
    if re.search(r"immediate effect|effective immediately", masked):
        return "in_force"
    if rule.id == "invest.exceptional":
        return "announced"
    if _FUTURE.search(before[-40:]) or re.match(r"(?:will|would|to|shall)\b", matched):
        return "announced"
    if cue["in_force"].search(around):
        return "in_force"
    if re.match(r"(?:announc|unveil|plan|propos|publish|outlin|decid|pledg)", masked[verb:end]):
        return "announced"
    if rule.id.endswith("crackdown"):
        return "in_force"
    return _ENACTED[rule.action]


def _agreement(head: str, around: str, masked: str) -> Status:
    if re.search(r"\b(?:entered into force|took effect|ratified|came into force)\b", masked):
        return "in_force"
    if re.search(
        r"\b(?:may|could|might|would|hope\w*|expect\w*|close to|near(?:ing)?|plan(?:s|ned)? to|aim\w* to|seek\w*|want\w*|likely|propos\w*|set to|will)\b",
        head,
    ):
        return "proposed" if not re.search(r"\bwill sign\b|\bset to sign\b", head) else "announced"
    return "announced"


def _easing(rule: Rule, before: str, matched: str, around: str, tentative: bool, threat: bool) -> Status:
    future = bool(_FUTURE.search(before[-40:])) or bool(re.match(r"(?:will|would|to)\b", matched))
    if rule.status == "licence":
        if re.search(
            r"\b(?:promis\w*|pledg\w*|will|would|agreed to|to (?:grant|issue|approve|speed)|vow\w*|commit\w*)\b",
            before + matched[:25],
        ):
            return "announced"
        if tentative and re.search(
            r"consider|may|might|could|weigh|mull|prepar|design|urg|ask|explor|stud",
            before + matched,
        ):
            return "signalled"
        return "in_force"
    if threat:
        return "signalled"
    if re.search(
        r"\b(?:urg\w+|call\w* (?:on|for)|ask\w*|demand\w*|consider\w*|may|might|could|weigh\w*|mull\w*|propos\w*|seek\w*|want\w*)\b",
        before[-60:],
    ):
        return "proposed"
    if _PAUSE.search(matched):
        return "suspended"
    if _END.search(matched) and not future and _DONE.search(matched):
        return "ended"
    if re.search(r"resum|restart|reopen|allow|permit|restor", matched) and not future:
        return "in_force"
    return "announced"


def polarity_of(rule: Rule, masked: str, matched: str, verb: int) -> Polarity:
    """Return whether the act tightens, loosens or does neither."""
    action = rule.action
    if rule.polarity:
        given: Polarity = rule.polarity  # type: ignore[assignment]
        return given
    if action == "easing":
        return "loosen"
    if action in {
        "visit_inspection",
        "statement",
        "talks",
        "subsidy",
        "stockpile",
        "bloc_formation",
        "price_floor",
    }:
        return "neutral"
    if action == "agreement":
        return (
            "loosen"
            if re.search(
                r"\b(?:lift|eas|resum|suspend|remov|exempt|scrap|speed up|relax)\w*",
                masked[verb:],
            )
            else "neutral"
        )
    if action in {"export_quota", "production_quota"}:
        up = re.search(
            r"\b(?:rais\w+|increas\w+|boost\w*|lift\w*|add(?:s|ed|ing)?|additional|higher|rose|rises?|up \d+|extra|hik\w+|expand\w*|grew|more than last)\b",
            masked[max(0, verb - 10) :],
        ) and not re.match(r"replac", masked[verb:])
        down = re.search(
            r"\b(?:cut|cuts|slash\w*|reduc\w+|lower\w*|fell|falls|down|trim\w*|shrink\w*|drop\w*)\b",
            masked,
        )
        return "loosen" if up and not down else "tighten"
    if action == "regulation":
        soft = re.search(
            r"support|promot|develop(?:ment)?|permit(?:s|ting)? (?:faster|reform|process)|fast[- ]track|speed|streamlin|accelerat|incentiv|boost|encourag|strateg|centre|center|mission|domestic (?:supply|production|processing)|secure supply|invest|research|action plan|list of|roadmap|recycl|dependen|relian",
            masked,
        )
        hard = re.search(
            r"must|require|traceab|control|restrict|ban|prohibit|crack|illegal|smuggl|quota|penalt|fine|oblig|tight|protect|belong|state[- ]owned|nationali|total amount|supervis|declare|report|consolidat|ecolog|environment",
            masked,
        )
        return "neutral" if soft and not hard else "tighten"
    if action == "trade_dispute":
        return "loosen" if not re.search(r"\b(?:subsid|tariffs? by|investment)\w*", masked) else "loosen"
    return "tighten"


_ZH_DONE = re.compile(r"已|了|正式|起(?:取消|废止|解除)|宣布(?:取消|解除|废止|终止)|被")


def chinese_status(
    rule: Rule, masked: str, clause: int, verb: int, end: int, matched: str, effective: str | None, event: str | None,
    published: str | None,
) -> Status:  # fmt: skip
    """Return the status of an act in a Chinese sentence, by the same tables."""
    if rule.action in {"visit_inspection", "statement", "talks"}:
        return "signalled"
    before = masked[clause:verb]
    cue = cues("zh")
    if rule.action == "agreement":
        return (
            "proposed" if re.search(r"拟|计划|有望|将(?:签|达成)|寻求|希望|商讨", before + matched[:4]) else "announced"
        )
    if rule.status in {"in_force", "announced", "proposed", "suspended", "ended"}:
        fixed: Status = rule.status  # type: ignore[assignment]
        return fixed
    tentative = bool(cue["proposed"].search(before + matched[:6]))
    if rule.action == "easing":
        return _chinese_easing(rule, masked, before, matched, tentative, effective, published)
    if cue["signalled"].search(masked[max(0, verb - 40) : verb] + matched[:4]):
        return "signalled"
    if re.search(r"提议|拟|计划", masked[max(0, verb - 40) : verb]) and not re.search(
        r"宣布|决定|公布|公告", masked[:verb]
    ):
        return "proposed"
    if tentative and not re.search(r"宣布|决定", before):
        return "proposed"
    if re.search(r"即日起|公布之日起|发布之日起|今日起|当日起", masked):
        return "in_force"
    ref, day = dates.latest(published), dates.latest(effective)
    if ref and day:
        return "announced" if day > ref else "in_force"
    if re.search(r"(?:^|[^、])将(?!其|部分|¤|§|@)", before + matched[:1]):
        return "announced"
    if cue["in_force"].search(masked[clause : end + 12]):
        return "in_force"
    if rule.action in {"export_licensing", "export_ban"} and re.search(
        r"宣布|公布|决定|公告|发布", before + matched[:6]
    ):
        return "announced" if "宣布" in before + matched[:6] else "in_force"
    if rule.id.endswith("crackdown"):
        return "in_force"
    return _ENACTED[rule.action]


def _chinese_easing(
    rule: Rule,
    masked: str,
    before: str,
    matched: str,
    tentative: bool,
    effective: str | None,
    published: str | None,
) -> Status:
    if rule.status == "licence":
        if re.search(r"将|承诺|同意|加快", before + matched[:4]):
            return "announced"
        return "signalled" if tentative else "in_force"
    if tentative:
        return "proposed"
    ref, day = dates.latest(published), dates.latest(effective)
    if re.match(r"(?:恢复|重启|放开|放行|允许)", matched):
        return "announced" if "将" in before else "in_force"
    if re.search(r"取消|废止|废除|终止|解除|撤销", matched):
        if ref and day:
            return "announced" if day > ref else "ended"
        return "announced" if re.search(r"将|同意|承诺", before) and not _ZH_DONE.search(before) else "ended"
    return "announced"


def chinese_polarity(rule: Rule, masked: str, verb: int, end: int) -> Polarity:
    """Return whether an act in a Chinese sentence tightens, loosens or does neither."""
    action = rule.action
    if action == "easing" or action == "trade_dispute":
        return "loosen"
    if action in {
        "visit_inspection",
        "statement",
        "talks",
        "subsidy",
        "stockpile",
        "bloc_formation",
        "price_floor",
    }:
        return "neutral"
    if action == "agreement":
        return "loosen" if re.search(r"解除|放宽|恢复|暂停|取消", masked[verb:]) else "neutral"
    if action in {"export_quota", "production_quota"}:
        up = re.search(r"增加|追加|上调|提高|增长|同比增|调增|第[二三]批", masked)
        down = re.search(r"减少|削减|下调|下降|调减|缩减", masked)
        return "loosen" if up and not down else "tighten"
    if action == "regulation":
        soft = re.search(
            r"支持|促进|鼓励|加快审批|研发|创新|发展战略|本土|国内供应|行动计划|清单|规划|高质量发展",
            masked,
        )
        hard = re.search(
            r"管理条例|管控|打击|走私|追溯|禁止|限制|须|必须|应当|总量|整顿|非法|专项|监管|办法",
            masked,
        )
        return "neutral" if soft and not hard else "tighten"
    return "tighten"
