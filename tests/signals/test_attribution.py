"""Whose act is it, and how firm? The points where event coders go wrong."""

import pytest

from ytterby.signals import read_text


def only(text: str, published: str, action: str):
    found = [s for s in read_text(text, published=published).signals if s.action == action and not s.background]
    assert found, read_text(text, published=published).signals
    return found[0]


@pytest.mark.parametrize(
    ("text", "published", "action", "actor", "country"),
    [
        # the person who announces, the ministry, the government
        (
            "Zimbabwe has suspended exports of lithium, Mines Minister Polite Kambamura said.",
            "2026-02-26",
            "export_ban",
            "Polite Kambamura",
            "ZWE",
        ),
        (
            "Exports of antimony will be restricted from Sept. 15, China's commerce ministry said.",
            "2024-08-15",
            "export_licensing",
            "Ministry of Commerce",
            "CHN",
        ),
        (
            "Gabon will ban the export of unprocessed manganese from 2029.",
            "2025-05-31",
            "export_ban",
            "Government of Gabon",
            "GAB",
        ),
        # a spokesperson who announces speaks for the ministry, one who defends for himself
        (
            "China approved some rare earth export applications, a commerce ministry spokesman said.",
            "2025-06-07",
            "easing",
            "Ministry of Commerce",
            "CHN",
        ),
        (
            "The rare earth controls are lawful, commerce ministry spokesperson He Yongqian said.",
            "2025-10-16",
            "statement",
            "He Yongqian",
            "CHN",
        ),
        # the one who is asked is not the one who acts
        (
            "Germany's Economy Minister Katherina Reiche urged China to ease its rare earth controls.",
            "2025-10-14",
            "statement",
            "Katherina Reiche",
            "DEU",
        ),
        # the rule's authority, where a duty names nobody
        (
            "Firms in China must apply for permits before they export graphite.",
            "2023-10-24",
            "export_licensing",
            "Ministry of Commerce",
            "CHN",
        ),
        # who held the office then
        (
            "President Trump ordered a probe into imports of critical minerals.",
            "2025-04-16",
            "investigation",
            "Donald Trump",
            "USA",
        ),
        # Chinese names in Chinese
        ("商务部新闻发言人何咏前表示，稀土出口管制不是禁止出口。", "2025-10-16", "statement", "He Yongqian", "CHN"),
        ("美国总统特朗普2日宣布启动关键矿产战略储备。", "2026-02-03", "stockpile", "Donald Trump", "USA"),
        (
            "工业和信息化部、自然资源部下达2024年第一批稀土开采总量控制指标。",
            "2024-02-06",
            "production_quota",
            "Ministry of Industry and Information Technology",
            "CHN",
        ),
    ],
)
def test_the_actor_is_the_one_that_the_text_makes_the_agent(text, published, action, actor, country):
    signal = only(text, published, action)
    assert (signal.actor, signal.actor_country) == (actor, country)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("China banned exports of antimony to the United States.", "in_force"),
        ("China will ban exports of antimony from March 1.", "announced"),
        ("China banned exports of antimony from November 1.", "in_force"),
        ("China is considering a ban on exports of antimony, sources said.", "proposed"),
        ("China threatened to ban exports of antimony.", "signalled"),
        ("China may ban exports of antimony, officials said.", "proposed"),
    ],
)
def test_status_follows_tense_cues_and_dates(text, status):
    assert only(text, "2025-01-15", "export_ban").status == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("China will suspend its export controls on rare earths for a year.", "suspended"),
        ("China has scrapped its export quotas on rare earths.", "ended"),
        ("China will lift its export ban on gallium.", "announced"),
        ("China granted export licences for rare earth magnets to some suppliers.", "in_force"),
        ("China promised to grant export licences for rare earth magnets.", "announced"),
        ("商务部公告，即日起暂停实施稀土出口管制措施。", "suspended"),
        ("中国正式取消稀土出口配额。", "ended"),
    ],
)
def test_easing_is_paused_ended_announced_or_granted(text, status):
    signal = only(text, "2025-11-07", "easing")
    assert (signal.status, signal.polarity) == (status, "loosen")


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("China banned exports of gallium to the United States.", ("USA",)),
        ("China banned exports of gallium in response to US chip curbs.", ()),
        ("China banned exports of dual-use rare earths to Japanese military users.", ("JPN",)),
        ("商务部公告，禁止含稀土的两用物项对日本军事用户出口。", ("JPN",)),
    ],
)
def test_a_target_is_named_as_aim_or_addressee(text, targets):
    assert only(text, "2026-01-06", "export_ban").target_country == targets


def test_each_government_of_a_deal_is_an_actor_and_the_other_its_addressee():
    text = "The United States and Kazakhstan signed a memorandum on critical minerals on Thursday."
    signals = read_text(text, published="2025-11-06").signals
    assert {(s.actor_country, s.target_country, s.event_date) for s in signals} == {
        ("USA", ("KAZ",), "2025-11-06"),
        ("KAZ", ("USA",), "2025-11-06"),
    }


def test_a_probe_that_may_end_in_duties_is_no_tariff_yet():
    text = "The US Commerce Department opened an anti-dumping investigation into graphite from China."
    assert {s.action for s in read_text(text, published="2024-12-18").signals} == {"investigation"}


def test_the_other_half_of_a_deal_counts_without_a_mineral():
    text = "China will suspend its export controls on rare earths for a year. The US will halve its fentanyl tariff."
    halves = [(s.actor_country, s.commodities) for s in read_text(text, published="2025-10-30").signals]
    assert halves == [("CHN", ("REE",)), ("USA", ())]


def test_traditional_characters_are_read_and_quoted_as_they_stand():
    text = "商務部9日公告，決定對稀土相關技術實施出口管制，即日起實施。"
    (signal,) = read_text(text, published="2025-10-09").signals
    assert (signal.actor, signal.action, signal.status) == ("Ministry of Commerce", "export_licensing", "in_force")
    assert signal.sentence == text


def test_of_bodies_that_act_together_the_first_named_counts():
    text = (
        "China's Ministry of Commerce and the General Administration of Customs announced export controls on antimony."
    )
    assert only(text, "2024-08-15", "export_licensing").actor == "Ministry of Commerce"
