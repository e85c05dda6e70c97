"""What are governments about to do? Articles in, policy signals out, each with the sentence that says so.

A signal is who does what about which minerals, how firmly: an inspection, a threat, a proposal, a licence duty, a
pause. It quotes its sentence with its place in the text and is linked to the measure of the register that it is
about, or a measure is drafted for it. The words are those of the taxonomy (`ytterby schema signal`).

>>> from ytterby.signals import read_text
>>> article = read_text(
...     "Malaysia will ban exports of raw rare earths, Minister Chang Lih Kang said on Tuesday.", published="2023-10-24"
... )
>>> [(s.actor, s.actor_country, s.action, s.status, s.commodities) for s in article.signals]
[('Chang Lih Kang', 'MYS', 'export_ban', 'announced', ('REE',))]
"""

from __future__ import annotations

from ytterby.signals.events import Events, clustered
from ytterby.signals.link import linked
from ytterby.signals.model import Article, ProposedMeasure, Relation, Segment, Signal
from ytterby.signals.outlook import outlook
from ytterby.signals.reading import read_text
from ytterby.signals.score import read_items, score
from ytterby.signals.sources import read, read_stream

__all__ = [
    "Article",
    "Events",
    "ProposedMeasure",
    "Relation",
    "Segment",
    "Signal",
    "clustered",
    "linked",
    "outlook",
    "read",
    "read_items",
    "read_stream",
    "read_text",
    "score",
]
