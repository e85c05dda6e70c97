"""Markdown, terminal and HTML say the same, whole and safe."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ytterby.brief import Brief, to_html, to_markdown, to_terminal
from ytterby.brief._markdown import escape, link

Make = Callable[..., Brief]
SECTIONS = [
    "Bottom line",
    "What was signalled",
    "What the law is on that day",
    "What would follow",
    "Who would have to act",
    "What followed such moves before",
    "Limits",
    "Sources",
]
HOSTILE = "<script>alert(1)</script> | # [x](javascript:alert(2)) `code` \x1b[31mred\x1b[0m \u202egnp **bold**"


class Page(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href":
                self.links.append(value or "")
            elif name in ("src", "srcset", "data", "action", "poster"):
                self.loads.append(value or "")
            assert not name.startswith("on"), f"an event handler: {name}"

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def hostile(make: Make, make_article: Any, make_signal: Any) -> Brief:
    bad = make_signal(1, HOSTILE, actor=HOSTILE, measure_id="CHN-A18-2025", status="in_force")
    return make(make_article((bad,), title=HOSTILE, url="javascript:alert(3)"))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_in_markdown_html_and_terminal(found: Brief, section: str) -> None:
    assert f"\n## {section}\n" in to_markdown(found)
    assert section in to_terminal(found, colour=False)
    assert section in "".join(Page(to_html(found)).words)


def test_markdown_names_quotes_states_ranges_and_the_five_end_uses(found: Brief) -> None:
    text = to_markdown(found)
    for signal in found.signals:
        assert f"“{escape(signal.sentence)}”" in text
    for words in (
        "suspended",
        "in force",
        "+1.2% to +32%",
        "−10%",
        "all 16",
        "no data",
        "military",
        "semiconductor",
        "phone",
    ):
        assert words in text


def test_every_table_of_the_markdown_is_one(found: Brief) -> None:
    text = to_markdown(found)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    rules = len(re.findall(r"^\| --", text, flags=re.MULTILINE))
    assert rules > 5
    assert sum(t.type == "table_open" for t in tokens) == rules
    assert all(" |" not in t.content for t in tokens if t.type == "inline" and t.level == 1)


def test_the_terminal_stays_within_a_hundred_columns(found: Brief) -> None:
    assert max(map(len, to_terminal(found, width=240, colour=False).splitlines())) <= 100
    assert max(map(len, to_terminal(found, width=60, colour=False).splitlines())) <= 60
    assert "\x1b" not in to_terminal(found, colour=False)


def test_html_is_one_file_that_asks_for_nothing(found: Brief) -> None:
    text = to_html(found)
    page = Page(text)
    assert page.loads == []
    assert not {"script", "link", "iframe", "img", "object", "form"} & set(page.tags)
    assert "url(" not in text.replace("url(#", "")
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_html_anchors_are_unique_and_every_inner_link_has_its_target(found: Brief) -> None:
    page = Page(to_html(found))
    assert len(page.ids) == len(set(page.ids))
    inner = {href[1:] for href in page.links if href.startswith("#")}
    assert inner <= set(page.ids)
    assert "bottom-line" in inner


def test_html_has_the_figures_and_their_tables(found: Brief) -> None:
    page = Page(to_html(found))
    assert page.tags.count("figure") == 2 + 3 * len(found.scenarios)
    assert page.tags.count("table") >= page.tags.count("figure")


def test_html_is_well_formed_in_its_nesting(found: Brief) -> None:
    text = to_html(found)
    for tag in ("section", "details", "table", "figure", "blockquote", "ol", "ul", "div", "main"):
        assert len(re.findall(rf"<{tag}[ >]", text)) == text.count(f"</{tag}>"), tag


def test_a_hostile_article_makes_no_markup(make: Make, make_article: Any, make_signal: Any) -> None:
    found = hostile(make, make_article, make_signal)
    page = Page(to_html(found))
    assert "script" not in page.tags
    assert not any(href.lower().startswith("javascript") for href in page.links)
    assert any("<script>alert(1)</script>" in words for words in page.words)


def test_a_hostile_article_cannot_steer_a_terminal(make: Make, make_article: Any, make_signal: Any) -> None:
    found = hostile(make, make_article, make_signal)
    for text in (to_terminal(found, colour=False), to_markdown(found)):
        assert "\x1b" not in text
        assert "\u202e" not in text


@given(st.text())
def test_escaped_text_is_shown_as_it_is_and_as_nothing_else(text: str) -> None:
    md = MarkdownIt("commonmark").enable("table")
    tokens = md.parse(f"“{escape(text)}”")
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = {t.type for t in tokens[1].children or []}
    assert kinds <= {"text", "text_special"}


@given(st.text())
def test_a_link_leads_to_the_web_or_nowhere(url: str) -> None:
    for address in (url, f"https://example.org/{url}"):
        html = MarkdownIt("commonmark").render(link("title", address))
        assert html.count("<a ") <= 1
        for href in re.findall(r'href="([^"]*)"', html):
            assert re.match(r"https?://", href)


def test_without_draws_no_range_is_claimed(make: Make) -> None:
    found = make(draws=0)
    text = to_markdown(found)
    assert "No draws were made" in text
    assert "Same sign" not in text
    assert "Range" not in text
    assert "(central run, no draws)" in found.bottom_line[2]
    assert to_html(found).count("<figure") == 2 + 3 * len(found.scenarios)


def test_markdown_of_an_empty_brief_is_short_and_says_so(make: Make, make_article: Any) -> None:
    text = to_markdown(make(make_article(())))
    assert "Nothing in the article raises a scenario" in text
    assert "## Who would have to act" not in text
    assert to_html(make(make_article(())))
