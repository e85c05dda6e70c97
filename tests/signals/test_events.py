"""One decision is one event, across outlets and languages; a pause, a prolongation, another actor is another."""

from ytterby.signals import clustered, linked, read_text


def names(*items):
    articles = [linked(read_text(text, id=f"a{i}", published=day)) for i, (day, text) in enumerate(items)]
    return [a.event_cluster for a in clustered(articles)]


def test_outlets_and_languages_tell_of_one_event():
    one, two, three = names(
        ("2024-12-03", "China banned exports of antimony to the United States on Tuesday."),
        ("2024-12-04", "Beijing has blocked shipments of antimony and gallium to the US, its commerce ministry said."),
        ("2024-12-03", "商务部3日公告，禁止镓、锑相关两用物项对美国出口。"),
    )
    assert one == two == three


def test_another_actor_another_act_and_another_month_are_other_events():
    found = names(
        ("2024-12-03", "China banned exports of antimony to the United States."),
        ("2024-12-03", "Zimbabwe banned exports of lithium."),
        ("2024-12-03", "China set export quotas for rare earths at 15,000 tonnes."),
        ("2025-06-03", "China banned exports of antimony to Japan."),
    )
    assert len(set(found)) == 4


def test_a_suspension_is_an_event_of_its_own():
    ban, pause = names(
        ("2025-10-30", "China imposed export controls on rare earths."),
        ("2025-11-07", "China will suspend its export controls on rare earths for one year."),
    )
    assert ban != pause


def test_both_sides_of_a_deal_lead_to_one_event():
    one, two = names(
        ("2025-04-30", "The United States and Ukraine signed an agreement on critical minerals."),
        ("2025-05-01", "Ukraine and the United States signed a deal on critical minerals, Yulia Svyrydenko said."),
    )
    assert one == two


def test_articles_without_news_have_no_event():
    assert names(("2025-01-01", "The band Rare Earth plays tonight.")) == [None]


def test_names_do_not_depend_on_what_comes_later():
    first = ("2024-12-03", "China banned exports of antimony to the United States.")
    later = ("2024-12-05", "China banned exports of gallium to the United States.")
    assert names(first)[0] == names(first, later)[0]
