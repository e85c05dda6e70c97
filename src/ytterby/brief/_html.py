"""The brief as one HTML file: the words of the Markdown, the figures inline, no script and no outside request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import ytterby
from ytterby.brief import _words as words
from ytterby.brief._figures import figure_of
from ytterby.brief._markdown import render
from ytterby.brief._model import Brief

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["to_html"]

_STATE = "state:"
_DAY = re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b")


def to_html(brief: Brief) -> str:
    """Return the brief as one HTML document with its figures and their tables inside.

    It asks for nothing outside of itself (a content security policy forbids it), follows the reader's light or dark
    setting, prints, and every heading can be linked to.
    """
    text = render(
        brief,
        figure=lambda *which: "\n\n```figure\n" + " ".join(which) + "\n```\n\n",
        state=lambda key: f"`{_STATE}{key}`" if key else words.say("states", key),
        folds=True,
    )
    from markupsafe import Markup

    body, toc = _body(text, lambda which: _figure_html(brief, which))
    return str(
        _template().render(
            headline=brief.headline,
            version=ytterby.__version__,
            css=Markup(_read("brief.css")),
            toc=toc,
            body=Markup(body),  # made from Markdown in which HTML is off
            run_id=brief.run_id,
            as_of=words.day(brief.as_of),
        )
    )


def _figure_html(brief: Brief, which: Sequence[str]) -> str:
    figure = figure_of(brief, *which)
    return "" if figure is None else figure.to_html(prefix="-".join(["yf", *which]).replace("_", "-"))


def _read(name: str) -> str:
    return (files(__package__) / "data" / "templates" / name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    env = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=True)
    return env.from_string(_read("brief.html.j2"))


class _Entry(NamedTuple):
    anchor: str
    title: str
    children: list[Any]


def _body(text: str, figure: Callable[[Sequence[str]], str]) -> tuple[str, list[_Entry]]:
    """Return the HTML of a Markdown text and its table of contents."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    rules: dict[str, Callable[..., str]] = {
        "fence": lambda tokens, i, *_: figure(tokens[i].content.split()) + "\n",
        "text": lambda tokens, i, *_: _DAY.sub(_unbroken, escape(tokens[i].content, quote=False)),
        "code_inline": lambda tokens, i, *_: _code(tokens[i].content),
        "table_open": lambda *_: '<div class="table" tabindex="0"><table>\n',
        "table_close": lambda *_: "</table></div>\n",
    }
    parser.renderer.rules.update(rules)  # type: ignore[attr-defined]  # the protocol of the base class has no rules
    toc: list[_Entry] = []
    html = "".join(_pieces(parser, tokens, toc))
    return html, toc


def _unbroken(found: re.Match[str]) -> str:
    """Return a date that no line end can part."""
    return found[0].replace(" ", "\u00a0")


def _code(content: str) -> str:
    if content.startswith(_STATE):
        key = content.removeprefix(_STATE)
        return f'<span class="state state-{escape(key)}">{escape(words.say("states", key))}</span>'
    return f"<code>{escape(content)}</code>"


def _pieces(parser: Any, tokens: Sequence[Token], toc: list[_Entry]) -> Iterator[str]:
    """Yield the HTML: a section for each second-level heading, a fold for each fourth-level one."""
    section, fold = False, False
    used: set[str] = set()
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type != "heading_open":
            end = _block_end(tokens, at)
            yield parser.renderer.render(tokens[at:end], parser.options, {})
            at = end
            continue
        level, inline = int(token.tag[1]), tokens[at + 1]
        inner = parser.renderer.render([inline], parser.options, {})
        if fold:
            yield "</details>\n"
            fold = False
        if level == 4 and inline.content == "/":
            at += 3
            continue
        if level == 4:
            yield f"<details><summary>{inner}</summary>\n"
            fold = True
        else:
            title = _plain(inline)
            anchor = _anchor(title, used)
            if level == 2:
                yield "</section>\n" if section else ""
                yield f'<section class="{anchor}" aria-labelledby="{anchor}">\n'
                section = True
                toc.append(_Entry(anchor, title, []))
            elif level == 3 and toc:
                toc[-1].children.append(_Entry(anchor, title, []))
            mark = "" if level == 1 else f'<a class="anchor" href="#{anchor}" aria-label="Link to this section">#</a>'
            yield f'<h{level} id="{anchor}">{inner}{mark}</h{level}>\n'
        at += 3
    yield ("</details>\n" if fold else "") + ("</section>\n" if section else "")


def _block_end(tokens: Sequence[Token], start: int) -> int:
    depth = 0
    for i in range(start, len(tokens)):
        depth += tokens[i].nesting
        if depth == 0:
            return i + 1
    return len(tokens)


def _plain(inline: Token) -> str:
    return "".join(t.content for t in inline.children or [])


def _anchor(title: str, used: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "part"
    anchor, n = base, 2
    while anchor in used:
        anchor, n = f"{base}-{n}", n + 1
    used.add(anchor)
    return anchor
