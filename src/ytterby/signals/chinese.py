"""Which signals does a Chinese article report?"""

from __future__ import annotations
from collections.abc import Sequence
from ytterby.signals.model import Signal
from ytterby.signals.sentences import Sentence

__all__ = ["read_article"]


def read_article(found: Sequence[Sentence], title: str | None, published: str | None) -> tuple[Signal, ...]:
    return ()
