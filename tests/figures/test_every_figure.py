"""What must hold of every picture, whatever it shows."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from ytterby.errors import DataError
from ytterby.figures._canvas import Box, box_of

SVG = "{http://www.w3.org/2000/svg}"


def both(figure):
    return [ET.fromstring(figure.svg), ET.fromstring(figure.narrow)]


def boxes(root):
    """Return the area of every text as (text, box), but for what stands in definitions."""
    out = []
    for node in root.findall(f"./{SVG}text"):
        size, x, y = (float(node.get(k)) for k in ("font-size", "x", "y"))
        bold = node.get("font-weight") == "700"
        out.append((node.text, box_of(x, y, node.text, size=size, anchor=node.get("text-anchor", "start"), bold=bold)))
    return out


def overlaps(root):
    found = boxes(root)
    slack = 0.5
    inner = [(t, Box(b.x + slack, b.y + slack, b.width - 2 * slack, b.height - 2 * slack)) for t, b in found]
    return [(a, b) for i, (a, one) in enumerate(inner) for b, two in inner[i + 1 :] if one.meets(two)]


def test_it_is_well_formed_and_says_what_it_is(figure):
    for root in both(figure):
        assert root.get("role") == "img"
        title, desc = root[0], root[1]
        assert (title.tag, title.text) == (f"{SVG}title", figure.title)
        assert (desc.tag, desc.text) == (f"{SVG}desc", figure.alt)
        assert root.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]


def test_it_needs_nothing_from_outside(figure):
    for svg, root in zip((figure.svg, figure.narrow), both(figure), strict=True):
        for node in root.iter():
            assert node.tag.removeprefix(SVG) in {
                "svg", "title", "desc", "style", "defs", "pattern", "clipPath", "rect", "path", "circle", "text",
            }  # fmt: skip
            for name in node.attrib:
                assert not name.lower().startswith("on")
                assert "href" not in name
        assert not re.search(r"@import|javascript:|data:|//(?!www\.w3\.org/2000/svg)", svg)
        assert all(target.startswith("#") for target in re.findall(r"url\((.*?)\)", svg))


def test_its_ids_are_its_own_and_every_reference_is_met(figure):
    for svg, root in zip((figure.svg, figure.narrow), both(figure), strict=True):
        ids = [node.get("id") for node in root.iter() if node.get("id")]
        assert len(ids) == len(set(ids))
        assert all(i == root.get("id") or i.startswith(f"{root.get('id')}-") for i in ids)
        assert set(re.findall(r"url\(#(.*?)\)", svg)) <= set(ids)


def test_every_class_is_styled_and_every_style_is_used(figure):
    for svg, root in zip((figure.svg, figure.narrow), both(figure), strict=True):
        used = {c for node in root.iter() if node.tag != f"{SVG}svg" for c in node.get("class", "").split()}
        assert used <= set(re.findall(r"\.(yf-[fs]-[a-z_]+)\{", svg))


def test_texts_lie_inside_and_none_covers_another(figure):
    for root in both(figure):
        width, height = float(root.get("width")), float(root.get("height"))
        for text, box in boxes(root):
            assert box.inside(Box(0, 0, width, height)), text
        assert overlaps(root) == []


def test_no_text_is_too_small_to_read(figure):
    for root in both(figure):
        assert min(float(node.get("font-size")) for node in root.iter(f"{SVG}text")) >= 11


def test_the_source_is_in_the_picture(figure):
    for root in both(figure):
        said = " ".join(t for t, _ in boxes(root))
        assert (f"Source: {figure.source}" in said) == bool(figure.source)


def test_the_same_table_gives_the_same_bytes(sample):
    table, draw = sample
    one, two = draw(table), draw(table.copy())
    assert (one.svg, one.narrow, one.to_html()) == (two.svg, two.narrow, two.to_html())


def test_bytes_do_not_hang_on_the_hash_seed():
    code = f"""if True:
        import hashlib, runpy
        here = runpy.run_path({str(Path(__file__).with_name("conftest.py"))!r})
        text = "".join(draw(table).to_html() for table, draw in here["DRAW"].values())
        print(hashlib.sha256(text.encode()).hexdigest())"""
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_the_table_given_is_left_alone(sample):
    table, draw = sample
    before = table.copy(deep=True)
    draw(table)
    pd.testing.assert_frame_equal(table, before)


def test_an_empty_table_gives_a_picture_that_says_no_data(sample):
    table, draw = sample
    figure = draw(table.iloc[:0])
    for root in both(figure):
        assert "no data" in [t for t, _ in boxes(root)]
    assert figure.table.empty
    assert figure.alt.endswith("no data.")
    assert ">no data<" in figure.table_html()


def test_one_row_is_enough(sample):
    table, draw = sample
    for i in range(len(table)):
        for root in both(draw(table.iloc[[i]].reset_index(drop=True))):
            assert overlaps(root) == []


def test_a_missing_column_is_named(sample):
    table, draw = sample
    for column in table.columns.drop("commodity") if "from" in table and "commodity" in table else table.columns:
        with pytest.raises(DataError, match=f"column '{column}' is missing|column 't' is missing"):
            draw(table.rename(columns={column: "x"}))


class Outline(HTMLParser):
    """Collects ids and rows and checks that tags close in order."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.rows = [], [], 0

    def handle_starttag(self, tag, attrs):
        self.ids += [v for k, v in attrs if k == "id"]
        self.rows += tag == "tr"
        self.open.append(tag)

    def handle_startendtag(self, _tag, attrs):
        self.ids += [v for k, v in attrs if k == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_many_stand_on_one_page_without_a_clash(every_figure):
    page = Outline()
    page.feed("".join(f.to_html() for f in every_figure))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))


def test_the_very_same_picture_stands_twice_under_two_prefixes(figure):
    page = Outline()
    page.feed(figure.to_html(prefix="a") + figure.to_html(prefix="b"))
    assert len(page.ids) == len(set(page.ids))
    assert not any(i.startswith("yf") for i in page.ids)


def test_the_html_holds_the_words_and_a_row_for_every_row_of_the_table(figure):
    html = figure.to_html()
    page = Outline()
    page.feed(html)
    assert page.rows == len(figure.table) + 1
    assert "<figcaption>" in html
    assert "<details>" in html


def test_without_its_style_sheet_it_has_the_same_shapes_in_daylight_colours(figure):
    for narrow in (False, True):
        root = ET.fromstring(figure.plain(narrow=narrow))
        assert root.find(f"{SVG}style") is None
        assert "var(" not in figure.plain(narrow=narrow)
        for node in root.iter():
            if node.tag in {f"{SVG}rect", f"{SVG}path", f"{SVG}circle", f"{SVG}text"} and "class" in node.attrib:
                assert node.get("fill")


HOSTILE = "<script>alert(\"1\")</script> & 'x' \x00\x1b\ud800 名前 " + "long " * 30


def test_names_cannot_break_out_of_the_picture_or_the_page(sample):
    table, draw = sample
    table = table.copy()
    for column in set(table.columns) & {"title", "limb", "end_use", "period"}:
        table[column] = table[column].astype("object")
        table.loc[0, column] = HOSTILE
    figure = draw(table)
    for root in both(figure):
        assert root.find(f".//{SVG}script") is None
        assert overlaps(root) == []
    page = Outline()
    page.feed(figure.to_html())
    assert page.open == []
    assert "<script" not in figure.to_html()
