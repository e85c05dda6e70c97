"""The brief as Markdown: one template whose words every other format renders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from ytterby.brief import _words as words
from ytterby.brief._model import Brief
from ytterby.brief._once import assumption_rows, imposed, left_out, model_limits, plain
from ytterby.brief._rows import change_rows, duty_groups, limb_rows, past_rows, quoted, summary, suspended_by, view

__all__ = ["escape", "link", "to_markdown"]

REASONS = 7
"""Reasons of a scenario that are shown at once."""

_MARKS = re.compile(r"([\\`*_\[\]<>|~#])")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def to_markdown(brief: Brief) -> str:
    """Return the brief as Markdown (CommonMark with tables), without figures.

    Text that comes from the article is escaped: it can neither make a heading nor a link nor steer a terminal.
    """
    return render(brief, figure=lambda *_: "", state=words_only, folds=False)


def render(brief: Brief, *, figure: Callable[..., str], state: Callable[[str | None], str], folds: bool) -> str:
    """Return the Markdown of a brief.

    Parameters
    ----------
    brief
        The brief.
    figure
        Called with the kind of a figure and the scenario's name; returns Markdown that stands for it, or nothing.
    state
        Says a state of the register.
    folds
        Whether a fourth-level heading is a fold that a reader opens, so that long lists can stand there in full.
    """
    text = _template().render(
        brief=brief,
        folds=folds,
        reasons=REASONS,
        model_limits=model_limits(brief.scenarios),
        left_out=left_out(brief.scenarios),
        assumptions=assumption_rows(brief.scenarios),
        imposed=imposed,
        plain=plain,
        news=quoted([s for s in brief.signals if not s.background]),
        background=quoted([s for s in brief.signals if s.background]),
        changes=change_rows(brief.since_then),
        suspended_by=suspended_by(brief.measures),
        duty_groups=duty_groups(brief, state),
        past=past_rows(brief.outlook),
        view=view,
        limbs=lambda m: limb_rows(m, state),
        figure=lambda *a: figure(*a),
        status=lambda s: state(s.status),
        voice=_voice,
        quote=lambda s: f"“{escape(s.sentence).strip()}”",
        value=_value,
        link=link,
        day=words.day,
        say=words.say,
        region=words.region,
        listing=words.listing,
        name=lambda key: next((words.measure(m.id, m.title) for m in brief.measures if m.id == key), key),
        names=lambda keys: words.names(
            [next((words.measure(m.id, m.title) for m in brief.measures if m.id == key), key) for key in keys]
        ),
        upper=words.large,
        summary=summary,
        counted=words.count,
    )
    return _spaced(text)


_KINDS = (("|", "table"), ("#", "heading"), ("- ", "item"), ("  > ", "quote"), ("```", "fence"))


def _spaced(text: str) -> str:
    """Return Markdown with one blank line between blocks of different kinds, and nowhere two."""
    kept: list[str] = []
    before, fenced = "", False
    for line in text.splitlines():
        kind = next((kind for mark, kind in _KINDS if line.startswith(mark)), "text")
        if line and not fenced and before and (kind == "heading" or kind != before) and kept[-1:] != [""]:
            kept.append("")
        if line or fenced or kept[-1:] != [""]:
            kept.append(line)
        fenced = fenced != (kind == "fence")
        before = kind if line else before
    return "\n".join(kept).strip() + "\n"


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    env = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    env.filters["md"] = escape
    env.filters["tight"] = lambda text: re.sub(r"(?<=\d) %", "%", text)
    env.filters["within"] = lambda days: f"{days} days"
    text = (files(__package__) / "data" / "templates" / "brief.md.j2").read_text(encoding="utf-8")
    return env.from_string(text)


def escape(text: str) -> str:
    r"""Return text as inline Markdown that shows exactly that text, on one line, without invisible characters.

    Examples
    --------
    >>> print(escape("# a *bold*\n<b>claim</b> \x1b[31m| x"))
    \# a \*bold\* \<b\>claim\</b\> \[31m\| x
    """
    shown = "".join(
        " " if c in "\n\r\t" else c for c in text if c in "\n\r\t" or unicodedata.category(c) not in _INVISIBLE
    )
    return _MARKS.sub(r"\\\1", re.sub(r" {2,}", " ", shown))


def link(title: str, url: str | None) -> str:
    """Return a Markdown link, or the bare title where there is no web address.

    Examples
    --------
    >>> link("MOFCOM", "https://www.mofcom.gov.cn/a b"), link("MOFCOM", "javascript:alert(1)")
    ('[MOFCOM](<https://www.mofcom.gov.cn/a%20b>)', 'MOFCOM')
    """
    if url is None or not re.match(r"https?://", url):
        return escape(title)
    safe = "".join(c for c in url.replace(" ", "%20") if c not in "<>\\" and unicodedata.category(c) not in _INVISIBLE)
    return f"[{escape(title)}](<{safe}>)"


def words_only(state: str | None) -> str:
    """Return a state in the words of a reader."""
    return words.say("states", state)


def _voice(signal: Any) -> str:
    return f"Said by {words.say('voices', signal.voice)}."


def _value(value: float | str | None) -> str:
    if value is None:
        return "not set"
    return escape(value) if isinstance(value, str) else words.number(float(value))
