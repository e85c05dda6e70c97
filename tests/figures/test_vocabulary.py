"""The words and colours that pictures share: complete, distinct, readable in grey."""

import itertools

import pytest

from ytterby import atlas
from ytterby.errors import DataError
from ytterby.figures import _vocabulary
from ytterby.figures._vocabulary import groups, name_of, palette, stages


def luminance(colour):
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, two):
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


THEMES = ("light", "dark")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", ["ink", "muted", "loss", "gain"])
def test_text_reads_on_paper(role, theme):
    assert contrast(getattr(palette()[role], theme), getattr(palette()["surface"], theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", ["flow", "loss", "gain", "china", "axis"])
def test_marks_stand_out_from_paper_and_land(role, theme):
    for ground in ("surface", "land", "land_active"):
        least = 3.0 if ground == "surface" else 2.2
        assert contrast(getattr(palette()[role], theme), getattr(palette()[ground], theme)) >= least


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("one", "two"), [("flow", "loss"), ("flow", "gain"), ("china", "rest"), ("band", "ink")])
def test_what_is_set_against_each_other_differs_in_grey(one, two, theme):
    assert contrast(getattr(palette()[one], theme), getattr(palette()[two], theme)) >= 1.8


def test_every_region_of_the_atlas_is_in_one_group():
    regions = [r for g in groups() for r in g.regions]
    assert len(regions) == len(set(regions))
    assert set(atlas.table("regions")["region"]) <= set(regions)
    assert groups()[0].group == "CHN"


def test_every_region_and_commodity_of_the_atlas_has_a_short_name():
    known = _vocabulary._names()
    ids = [*atlas.table("regions")["region"], *atlas.table("commodities")["commodity"]]
    assert [i for i in ids if i not in known] == []
    assert len(set(known.values())) == len(known)


def test_a_name_given_wins_over_the_short_name():
    assert name_of("CHN", {"CHN": "PRC"}) == "PRC"


def test_stages_have_an_order():
    assert [s.stage for s in sorted(stages().values(), key=lambda s: s.order)] == list(stages())
    assert all(a.order < b.order for a, b in itertools.pairwise(stages().values()))


@pytest.mark.parametrize(
    ("text", "where"),
    [("role,light,dark,meaning\nink,#000,,text\n", "line 2, field dark"), ("role,light\nink,#0\nink,#1\n", "line 3")],
)
def test_a_broken_table_is_named_by_file_line_and_field(tmp_path, monkeypatch, text, where):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "palette.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(_vocabulary, "files", lambda _: tmp_path)
    fields = tuple(text.splitlines()[0].split(","))
    with pytest.raises(DataError, match=f"figures/data/palette.csv, {where}"):
        _vocabulary._rows("palette", fields)
