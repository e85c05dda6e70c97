"""Must I license, report, notify, and when? Duties of the rules in the register, each with the state of its limb.

The rules are data: one YAML file a measure in ``data/rules/`` (limb, who, what, article, where, form, deadline, source
and whether its text was read). The state is asked of the register on its two clocks; a duty whose limb is suspended,
only proposed or of unknown state is listed and says so: suspended is not absent, and unknown is not a permission.

>>> from ytterby.measures import Register
>>> from ytterby.obligations import duties
>>> for d in duties(["CHN-REPORT-PROP-2026"], Register.default(), "2026-02-11"):
...     print(d.what, "|", d.operative, "|", d.state_says)
report of its plans to China's commerce ministry | no | only reported as a proposal; no text exists and nothing is owed
"""

from __future__ import annotations

from ytterby.obligations._duties import duties
from ytterby.obligations._load import read_rules, rules
from ytterby.obligations._model import OUTCOMES, Duty, DutyRule, RuleFile, Source, StateMeaning, Tier
from ytterby.obligations.facts import Facts, read_facts
from ytterby.obligations.judge import Judgement, Verdict, judge
from ytterby.obligations.record import JudgementRecord

__all__ = [
    "OUTCOMES",
    "Duty",
    "DutyRule",
    "Facts",
    "Judgement",
    "JudgementRecord",
    "RuleFile",
    "Source",
    "StateMeaning",
    "Tier",
    "Verdict",
    "duties",
    "judge",
    "read_facts",
    "read_rules",
    "rules",
]
