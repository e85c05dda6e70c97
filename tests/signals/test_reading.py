"""What comes in: text, web pages, JSON Lines, folders, standard input; and what is wrong with it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.errors import InputError
from ytterby.signals import read, read_stream, read_text
from ytterby.signals.sentences import segments, sentences
from ytterby.signals.webpage import flatten

BAN = "China banned exports of antimony to the United States, its commerce ministry said."
PAGE = """<!DOCTYPE html><html><head><title>China bans antimony - News</title>
<meta property="article:published_time" content="2024-12-03T10:00:00Z"></head><body><nav><a href="/">Home</a></nav>
<article><h1>China bans antimony</h1><p>BEIJING &mdash; China on <b>Tuesday</b> banned exports of antimony&nbsp;and
gallium to the United States, its commerce ministry said. Buyers are looking for other sources of both metals.</p>
<p>Analysts said that prices would rise, because the United States has few other suppliers of these metals, which go
into batteries, night vision equipment and semiconductors, and stocks are low.</p></article>
<aside><h3>Related</h3><ul><li><a href="/1">Indonesia Plans Export Ban on Bauxite From June</a></li>
<li><a href="/2">EU Launches Probe Into Chinese Graphite Imports</a></li></ul></aside></body></html>"""


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_text_may_begin_with_its_title_and_offsets_count_the_whole_file(tmp_path):
    text = f"Beijing bans antimony\n\n{BAN}\n"
    (article,) = read(write(tmp_path / "a.txt", text), published="2024-12-03")
    (signal,) = article.signals
    assert article.title == "Beijing bans antimony"
    assert text[signal.start : signal.end] == BAN


def test_a_text_without_title_is_all_story(tmp_path):
    (article,) = read(write(tmp_path / "a.txt", BAN))
    assert article.title is None
    assert article.signals[0].start == 0


def test_json_lines_keep_ids_and_order_and_offsets_count_the_text_field(tmp_path):
    records = [
        {"id": "x", "title": "T", "text": f"First. {BAN}", "date": "2024-12-03", "lang": "en"},
        {"id": "y", "title": "Band", "excerpt": "The band tours.", "date": None},
    ]
    path = write(tmp_path / "a.jsonl", "".join(json.dumps(r) + "\n" for r in records))
    articles = list(read(path))
    assert [a.id for a in articles] == ["x", "y"]
    assert articles[0].signals[0].start == len("First. ")
    assert not articles[1].relevant
    assert articles[1].event_cluster is None


def test_a_page_is_read_without_its_teasers_and_quotes_its_source(tmp_path):
    (article,) = read(write(tmp_path / "a.html", PAGE))
    assert (article.published, article.published_basis) == ("2024-12-03", "markup")
    (signal,) = [s for s in article.signals if not s.background]
    assert (signal.action, signal.target_country) == ("export_ban", ("USA",))
    source = PAGE[signal.start : signal.end]
    assert source.startswith("BEIJING &mdash; China on <b>Tuesday</b>")
    assert source.endswith("ministry said.")


def test_a_page_that_the_gate_rejects_keeps_its_title_and_day(tmp_path):
    head = "<head><title>Football &amp; more</title><meta name='date' content='2024-05-01'></head>"
    page = f"<html>{head}<body>Goal.</body></html>"
    (article,) = read(write(tmp_path / "a.html", page))
    assert (article.title, article.published, article.relevant) == ("Football & more", "2024-05-01", False)


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><title>Antimony</title><link>https://example.org/1</link><guid>one</guid>
<pubDate>Tue, 03 Dec 2024 10:00:00 GMT</pubDate>
<description>&lt;p&gt;China banned exports of antimony to the United States.&lt;/p&gt;</description></item>
<item><title>Band</title><link>https://example.org/2</link><pubDate>Tue, 03 Dec 2999 10:00:00 GMT</pubDate>
<description>It tours.</description></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><title>Antimony</title><link href="https://example.org/1"/>
<updated>2024-12-03T10:00:00Z</updated><summary>China banned exports of antimony.</summary></entry></feed>"""


def test_a_feed_is_read_entry_by_entry_and_no_day_lies_ahead(tmp_path):
    first, second = read(write(tmp_path / "a.rss", RSS))
    assert (first.id, first.url, first.published) == ("one", "https://example.org/1", "2024-12-03")
    assert first.signals[0].sentence == "China banned exports of antimony to the United States."
    assert (second.id, second.published, second.relevant) == ("https://example.org/2", None, False)
    (entry,) = read(write(tmp_path / "b.atom", ATOM))
    assert (entry.id, entry.published, entry.relevant) == ("a", "2024-12-03", True)


def test_a_folder_is_read_by_name_and_several_paths_in_the_order_given(tmp_path):
    for name in ("b.txt", "a.txt"):
        write(tmp_path / name, BAN)
    write(tmp_path / "skipped.csv", "x")
    assert [a.id for a in read(tmp_path)] == ["a", "b"]
    assert [a.id for a in read_stream([tmp_path / "b.txt", tmp_path / "a.txt"])] == ["b", "a"]


def test_the_same_input_gives_the_same_records(tmp_path):
    path = write(tmp_path / "a.txt", BAN)
    assert list(read(path)) == list(read(path))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.txt", None, "no such file"),
        ("empty.txt", b"", "the file is empty"),
        ("blank.txt", b" \n\n", "the file is empty"),
        ("binary.txt", b"\x89PNG\x00\x01", "the file is binary"),
        ("gb.txt", "商务部公告\n稀土".encode("gb18030"), "no UTF-8"),
        ("bad.jsonl", b'{"id": 1, "text": "x"}\n{"id"', "no JSON"),
        ("list.jsonl", b"[1]\n", "one JSON object"),
        ("none.jsonl", b'{"id": 1, "title": "x"}\n', "`text` or `excerpt`"),
        ("date.jsonl", b'{"id": 1, "text": "x", "date": "May 3"}\n', "ISO 8601"),
        ("type.jsonl", b'{"id": 1, "text": "x", "url": 3}\n', "`url` must be a string"),
        ("cut.rss", RSS[:200].encode(), "no well-formed XML"),
        ("bomb.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><rss><item/></rss>', "declares entities"),
        ("bare.rss", b"<rss><channel/></rss>", "no entry"),
        ("void.html", b"<html><script>1</script></html>", "no text"),
    ],
)
def test_bad_input_is_named_with_its_file_and_what_was_expected(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        list(read(path))
    assert message in caught.value.message
    assert name in caught.value.where


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="no article"):
        list(read(tmp_path))


def test_a_line_number_leads_to_the_broken_record(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"id": 1, "text": "x"}\n\n{"id": 2}\n')
    with pytest.raises(InputError) as caught:
        list(read(path))
    assert caught.value.where.endswith("a.jsonl, line 3")


def test_an_article_without_a_signal_is_a_record_that_says_so(tmp_path):
    (article,) = read(write(tmp_path / "a.txt", "The council opened a new library on Monday."))
    assert (article.relevant, article.relevance, article.signals, article.event_cluster) == (False, 0.0, (), None)


@given(st.text(max_size=400))
def test_segments_and_sentences_lie_in_the_text_and_in_order(text):
    last = 0
    for part in segments(text, title=False):
        assert last <= part.start < part.end <= len(text)
        last = part.end
        for sentence in sentences(text, part.start, part.end):
            assert part.start <= sentence.start < sentence.end <= part.end
            assert text[sentence.start : sentence.end] == sentence.text


WORDS = st.sampled_from(
    [
        "China",
        "Beijing",
        "the",
        "banned",
        "exports",
        "of",
        "rare",
        "earths",
        "to",
        "Japan",
        "said",
        "minister",
        "on",
        "Friday",
        "from",
        "December",
        "1",
        "will",
        "export",
        "controls",
        "licences",
        "Trump",
        "US",
        ",",
        ".",
        ";",
        "suspend",
        "quota",
        "§",
        "¤",
        "稀土",
        "商务部",
        "出口管制",
        "’s",
        "(",
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=40).map(" ".join))
def test_any_text_is_read_and_every_quote_stands_in_it(text):
    article = read_text(text, published="2025-10-09")
    for signal in article.signals:
        assert text[signal.start : signal.end] == signal.sentence
        assert {r.to for r in signal.relations} <= {s.id for s in article.signals}


@given(st.text(alphabet="<>/ab &;#x27\"'!-\n\u00a0p", max_size=200))
def test_a_page_of_any_markup_is_laid_out_with_places_in_it(source):
    flat = flatten(source)
    assert len(flat.text) == len(flat.places)
    assert all(0 <= p < len(source) for p in flat.places)
    assert flat.places == sorted(flat.places)
