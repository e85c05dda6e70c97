"""Passive voice, people spoken to, denials and years ahead."""

import pytest

from ytterby.signals import read_text


def found(text, published):
    """Return country, act, actor and status of what an article reports as news."""
    signals = read_text(text, published=published).signals
    return [(s.actor_country, s.action, s.actor, s.status) for s in signals if not s.background]


PASSIVE = [
    ("Three Chinese companies were ordered by Ottawa to divest their stakes in Canadian lithium miners.", "2022-11-02",
     ("CAN", "investment_curb", "Government of Canada", "in_force")),
    ("Chinese-linked fund Yuxiao was blocked by Australia's treasurer from raising its stake in rare earths firm "
     "Northern Minerals.", "2023-02-27", ("AUS", "investment_curb", "Government of Australia", "in_force")),
    ("MP Materials was awarded $35 million by the Defense Department to build a heavy rare earth separation plant.",
     "2022-02-22", ("USA", "subsidy", "Department of Defense", "announced")),
    ("An investigation into imports of processed critical minerals was ordered by President Donald Trump under "
     "Section 232.", "2025-04-15", ("USA", "investigation", "Donald Trump", "in_force")),
    ("Shipments of rare earths to Japan have been blocked by Chinese customs, traders said.", "2010-09-23",
     ("CHN", "export_ban", "Government of China", "in_force")),
    ("Exports of raw nickel ore will be banned from 2014, Indonesia said.", "2012-03-13",
     ("IDN", "export_ban", "Government of Indonesia", "announced")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "published", "expected"), PASSIVE)
def test_who_acts_in_the_passive_voice(text, published, expected):
    assert found(text, published) == [expected]


SPOKEN_TO = [
    ("China told the World Trade Organization that it had scrapped its export quota system for rare earths.",
     "2015-01-05", ("CHN", "easing", "Government of China", "ended")),
    ("Indonesia told the EU it would keep its ban on nickel ore exports.", "2020-01-20",
     ("IDN", "export_ban", "Government of Indonesia", "announced")),
    ("The minister told the Indonesian parliament that nickel ore exports would be banned from June 2013.",
     "2012-03-13", ("IDN", "export_ban", "Government of Indonesia", "announced")),
    ("Tokyo called on Beijing to speed up approvals of rare earth export licences.", "2025-06-13",
     ("JPN", "statement", "Government of Japan", "signalled")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "published", "expected"), SPOKEN_TO)
def test_who_is_spoken_to_does_not_act(text, published, expected):
    assert found(text, published) == [expected]


def test_what_is_denied_is_no_act():
    text = "China denied on Thursday that it had banned rare earth exports to Japan."
    assert found(text, "2010-09-23") == [("CHN", "statement", "Government of China", "signalled")]


def test_rules_of_the_wto_are_no_dispute():
    text = "China said on Monday that it would manage rare earth exports in line with WTO rules."
    assert not [a for a in found(text, "2012-03-13") if a[1] == "trade_dispute"]
    text = "The WTO rules that China's export duties on tungsten and molybdenum break trade law."
    assert found(text, "2014-03-26") == [("WTO", "trade_dispute", "WTO", "in_force")]


def test_a_year_ahead_is_when_the_act_holds_and_no_history():
    text = "Tariffs on Chinese permanent magnets will rise to 25 percent in 2026, the White House said."
    (signal,) = read_text(text, published="2024-05-14").signals
    assert (signal.effective_date, signal.event_date, signal.background) == ("2026", None, False)


@pytest.mark.parametrize(
    "text",
    [
        "习近平来到江西金力永磁科技公司，了解稀土产业发展情况。",
        "习近平总书记走进金力永磁的车间，察看稀土永磁产品。",
    ],
)
def test_chinese_visits_pass_the_gate(text):
    assert found(text, "2019-05-20") == [("CHN", "visit_inspection", "Xi Jinping", "signalled")]


def test_chinese_short_form_of_a_licence():
    text = "商务部公告含有中国成分的境外稀土物项出口须获许可，12月1日起实施。"
    assert found(text, "2025-10-09") == [("CHN", "export_licensing", "Ministry of Commerce", "announced")]


NEWS = [
    ("China, which has been blocking shipments of crucial minerals to Japan for the last month, has now quietly halted "
     "some shipments of those materials to the United States and Europe.", "2010-10-19",
     {("CHN", "export_ban", "Government of China", "in_force")}),
    ("Indonesia will stop nickel ore exports from Jan. 1, 2020, two years earlier than planned, said Bambang Gatot "
     "Ariyono, director general of coal and minerals.", "2019-08-30",
     {("IDN", "export_ban", "Government of Indonesia", "announced")}),
    ("The Ministry of Industry and Information Technology said it would eliminate small rare earth mines.",
     "2012-08-22",
     {("CHN", "regulation", "Ministry of Industry and Information Technology", "announced")}),
    ("China will review and approve rare earth export applications in accordance with the law, China's commerce "
     "ministry said on Friday.", "2025-06-27", {("CHN", "easing", "Ministry of Commerce", "announced")}),
    ("The EU and China agreed an upgraded export supply mechanism for rare earths.", "2025-07-24",
     {("CHN", "agreement", "Government of China", "announced"),
      ("EU", "agreement", "Government of the European Union", "announced")}),
    ("Japan and India will jointly develop rare earths, Japanese trade minister Yukio Edano said during a visit to New "
     "Delhi.", "2012-01-25",
     {("JPN", "agreement", "Yukio Edano", "announced"), ("IND", "agreement", "Government of India", "announced")}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "published", "expected"), NEWS)
def test_what_words_of_time_and_law_leave_news(text, published, expected):
    assert set(found(text, published)) == expected


def test_an_act_that_another_official_speaks_of_is_history():
    text = (
        "Japan is examining the impact of China's decision to restrict gallium exports and could respond if it "
        "violates WTO rules, industry minister Yasutoshi Nishimura said."
    )
    assert found(text, "2023-07-06") == [("JPN", "statement", "Yasutoshi Nishimura", "signalled")]


def test_who_is_named_after_since_or_after_is_no_party_to_talks():
    text = (
        "South Korea's industry ministry held an emergency meeting with battery makers after China announced graphite "
        "curbs."
    )
    assert found(text, "2023-10-20") == [
        ("KOR", "talks", "Ministry of Trade, Industry and Energy", "signalled"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Kazakhstan has discovered a large rare earth deposit, the industry ministry says.",
        "Floods halted rare earth mining in Myanmar's Kachin state, residents said.",
    ],
)
def test_finds_and_floods_are_no_policy(text):
    assert found(text, "2025-04-02") == []
