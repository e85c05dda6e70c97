"""What is in force, since when, says who? Dated policy measures, the events they answered, and the register of both.

A measure has limbs; a limb has states with two clocks: the days for which a state holds, and the day from which that
was known. Suspended is not absent, and unknown is not clear.

>>> from ytterby.measures import Register
>>> register = Register.default()
>>> state = register["CHN-A61-2025"].state(on="2026-12-01", known_on="2026-11-24")
>>> state["art1_3_china_origin_items"].legal, state["art1_3_china_origin_items"].political
('revives_by_text', 'suspended')
>>> "CHN-A18-2025:all" in register.in_force("2026-11-24")
True
"""

from __future__ import annotations

from ytterby.measures.check import Finding, check
from ytterby.measures.event import Event
from ytterby.measures.model import RARE_EARTHS, STATES, Interval, Limb, Link, Measure, Parameter, Threshold
from ytterby.measures.rates import Rate, response_rates
from ytterby.measures.reactions import Answer, Reaction, Relation
from ytterby.measures.register import Register
from ytterby.measures.states import LimbState, Reading, as_day

__all__ = [
    "RARE_EARTHS",
    "STATES",
    "Answer",
    "Event",
    "Finding",
    "Interval",
    "Limb",
    "LimbState",
    "Link",
    "Measure",
    "Parameter",
    "Rate",
    "Reaction",
    "Reading",
    "Register",
    "Relation",
    "Threshold",
    "as_day",
    "check",
    "response_rates",
]
