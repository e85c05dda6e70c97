"""Why? What binds, where goods go instead, who gives way: the equilibrium in words.

Each sentence is read off the two equilibria: dual prices of permits, levies and floors, changed flows, output and
prices. A sentence is left out where its cause is too small to matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ytterby.market import Equilibrium
from ytterby.world import _words as words
from ytterby.world._next import next_limit
from ytterby.world._tracing import CLEAN
from ytterby.world.outcome import paid_prices, trade

__all__ = ["reasons", "why"]

_KEY_GOODS = (
    "magnet.ndfeb_hd",
    "magnet.smco",
    "magnet.ndfeb",
    "oxide.Dy",
    "oxide.Tb",
    "oxide.Y",
    "oxide.NdPr",
)

_LEAST_T = 1.0
"""Changes of trade or output below this many tonnes are not told."""

_LEAST_SHARE = 0.005
"""A good's trade that changes by less than this share hardly changes."""

_LEAST_MOVE = 0.03
"""Relative changes of output below this are not told; of prices and of a good's largest lane, half of it."""


def reasons(
    base: Equilibrium,
    hit: Equilibrium,
    prices: pd.DataFrame,
    flows: pd.DataFrame,
    titles: Mapping[str, str],
    span: str = "a year",
) -> list[str]:
    """Return what drives a scenario as sentences: measures first, then trade, output, prices.

    Parameters
    ----------
    base, hit
        Equilibria without and with the measures.
    prices, flows
        The outcome's tables.
    titles
        Title of each measure by its id.
    span
        For how long rents and revenues are, in words.
    """
    measures = _effects(hit)
    told = [
        *_permits(measures, titles, span),
        *_tariffs(measures, prices, titles, span),
        *_floors(measures),
        *_scarcity(prices),
        *_diversion(flows),
        *_ways_around(base, hit),
        *_output(base, hit),
        *_china(prices),
    ]
    return told if len(told) > 1 else [*told, *_quiet(prices)]


def _effects(hit: Equilibrium) -> pd.DataFrame:
    """Return the measures' table without those of the base year, with measure and good taken from the id."""
    m = hit.measures
    parts = [(*str(i).split(":"), *[None] * 4)[:4] for i in m["id"]]
    names = pd.DataFrame(parts, columns=["measure", "limb", "good", "lane"], index=m.index, dtype=object)
    return m.join(names)[~names["measure"].str.startswith("base.")]


def _permits(m: pd.DataFrame, titles: Mapping[str, str], span: str) -> list[str]:
    """Rights that are scarce: in how many regions, and what one is worth where most of the value is."""
    m = m[m["rent"].notna() & (m["rent"] > 0)]
    m = m.assign(good=m["good"].fillna(""))
    worth = m.groupby(["measure", "good"])["rent"].sum().sort_values(ascending=False, kind="stable")
    told = []
    for measure, good in worth.head(3).index.to_list():
        rows = m[(m["measure"] == measure) & (m["good"] == good)]
        top = rows.sort_values("rent", ascending=False, kind="stable").iloc[0]
        places = rows["region"].nunique()
        name = words.commodity(good) if good else "all its goods together"
        scarce = f"permits are scarce in {places} regions" if places > 1 else "permits are scarce"
        where = words.region(str(top["region"]), article=True)
        told.append(
            f"{words.upper(name)}: {scarce} ({words.title(titles.get(measure, measure))}); in {where} one is worth "
            f"{words.number(float(top['wedge']))} USD/kg, all together "
            f"{words.number(float(rows['rent'].sum()) / 1000)} million USD {span}."
        )
    return told


def _tariffs(m: pd.DataFrame, prices: pd.DataFrame, titles: Mapping[str, str], span: str) -> list[str]:
    """Tell of the two largest levies how much of them the buyer pays."""
    m = m[m["lane"].notna() & (m["revenue"] > 0)].sort_values("revenue", ascending=False, kind="stable")
    change = prices.assign(d=prices["scenario"] - prices["baseline"]).set_index(["commodity", "region"])["d"]
    told = []
    for r in m.head(2).to_dict("records"):
        origin, _, destination = str(r["lane"]).partition(">")
        rise, fall = change.get((r["good"], destination)), change.get((r["good"], origin))
        if rise is None or fall is None:
            continue
        there, here = (words.region(x, article=True) for x in (destination, origin))
        told.append(
            f"{words.upper(words.commodity(r['good']))} from {here} pay {words.number(r['wedge'])} USD/kg in {there} "
            f"({words.title(titles.get(r['measure'], r['measure']))}): the price {words.moves(rise)} USD/kg there and "
            f"{words.moves(fall)} USD/kg in {here}; revenue {words.number(r['revenue'] / 1000)} million USD {span}."
        )
    return told


def _floors(m: pd.DataFrame) -> list[str]:
    """Floors: where they hold and by which levy, and where they do not."""
    m = m[m["attained"].notna()]
    held, missed = [], []
    for good in dict.fromkeys(m["good"]):
        # where a content rule has made copies, the floor is on both: it holds where it holds for both
        rows = m[m["good"] == good].groupby("region", sort=False)
        is_held, levy = rows["attained"].agg(lambda a: bool(all(a))), rows["wedge"].max()
        name, levies = words.commodity(good), levy[is_held & (levy > 0)]
        if len(levies):
            least, most = words.number(levies.min()), words.number(levies.max())
            size = least if least == most else f"{least} to {most}"
            held.append(f"{name} in {is_held.sum()} of {len(is_held)} members ({size} USD/kg)")
        if not is_held.all():
            places = [words.region(str(r), article=True) for r in is_held.index[~is_held]]
            some = words.listing(places) if len(places) <= 4 else f"{len(places)} of {len(is_held)} members"
            missed.append(f"{name} in {some}")
    told = []
    if held:
        told.append(f"Floors held by a levy on imports from outside the bloc: {'; '.join(held)}.")
    if missed:
        told.append(
            f"Floors not attained: {'; '.join(missed)}. Even with no imports from outside, the bloc's own supply meets "
            "what is still bought there below the floor."
        )
    return told


def _scarcity(prices: pd.DataFrame) -> list[str]:
    """Tell what those pay who compete for what is left, for the two key goods where most value is at stake."""
    p = prices[prices["spot"].notna() & prices["commodity"].isin(_KEY_GOODS)]
    if p.empty:
        return []
    p = p.assign(gap=(p["spot"].astype(float) - p["scenario"]) * p["quantity_t"])
    p = p[p["spot"].astype(float) > p["scenario"] * (1 + _LEAST_MOVE)].sort_values(
        "gap", ascending=False, kind="stable"
    )
    return [
        f"Users whom licences leave out pay more: {words.number(r['spot'])} USD/kg for "
        f"{words.commodity(r['commodity'])} in {words.region(r['region'], article=True)}, against "
        f"{words.number(r['scenario'])} on average and {words.number(r['baseline'])} in the baseline."
        for r in p.drop_duplicates("commodity").head(2).to_dict("records")
    ]


def _diversion(flows: pd.DataFrame) -> list[str]:
    """Which lanes lose and which gain most, by key good."""
    key = flows[flows["commodity"].isin(_KEY_GOODS)]
    by_good: dict[str, list[dict[str, Any]]] = {}
    for r in key.to_dict("records"):
        row = {str(k): v for k, v in r.items()}
        by_good.setdefault(row["commodity"], []).append({**row, "change": row["scenario_t"] - row["baseline_t"]})
    told = []
    for good in _KEY_GOODS:
        rows = by_good.get(good, [])
        most = max((abs(r["change"]) for r in rows), default=0.0)
        if most < max(_LEAST_T, _LEAST_MOVE / 2 * max((r["baseline_t"] for r in rows), default=0.0)):
            continue
        down, up = min(rows, key=lambda r: r["change"]), max(rows, key=lambda r: r["change"])
        parts = []
        if down["change"] < -max(_LEAST_T, 0.05 * most):
            parts.append(f"most is lost on {_lane(down)}")
        if up["change"] > max(_LEAST_T, 0.05 * most):
            parts.append(f"most is gained on {_lane(up)}")
        total = sum(r["change"] for r in rows)
        share = total / sum(r["baseline_t"] for r in rows)
        size = f"{abs(total):,.0f} t ({words.percent(share)})"
        moves = f"{'falls' if total < 0 else 'rises'} by {size}" if abs(share) >= _LEAST_SHARE else "hardly changes"
        told.append(f"World trade in {words.commodity(good)} {moves}: {', '.join(parts)}.")
    return told


def _lane(row: Mapping[str, Any]) -> str:
    lane = f"{words.region(row['from'])}–{words.region(row['to'])}"
    if row["baseline_t"] <= _LEAST_T:
        return f"{lane} ({words.signed(row['change'])}, new)"
    return f"{lane} ({words.signed(row['change'])}, {words.percent(row['change'] / row['baseline_t'])})"


def _ways_around(base: Equilibrium, hit: Equilibrium) -> list[str]:
    """Ways around: magnets inside finished rotors, and one material in the place of another."""
    told = []
    rotors = [e.flows[e.flows["commodity"].str.startswith("product.")]["quantity"].sum() for e in (base, hit)]
    if rotors[1] - rotors[0] > _LEAST_T:
        told.append(f"{rotors[1] - rotors[0]:,.0f} t of magnets cross borders inside finished rotors instead.")
    levels = _levels(hit)
    for recipe, text in (
        ("magnet.ndfeb_hd", "Users take {} t of magnets without heavy rare earths in the place of those with them."),
        ("magnet.ndfeb", "Where magnets with heavy rare earths get cheaper, users take {} t more of them."),
        ("metal.Dy", "Where Dy is the scarcer, magnet makers put Tb in the place of {} t of it."),
        ("metal.Tb", "Where Tb is the scarcer, magnet makers put {} t of Dy in its place."),
    ):
        amount = levels[levels.index.str.startswith(f"substitute.{recipe}@")].sum()
        if amount > _LEAST_T:
            told.append(text.format(f"{amount:,.0f}"))
    return told


def _output(base: Equilibrium, hit: Equilibrium) -> list[str]:
    """Which mines, separators and magnet makers outside China grow or shrink most."""
    table = pd.DataFrame({"before": _levels(base), "after": _levels(hit)}).fillna(0.0)
    table = table[table.index.str.startswith(("magnet.", "metal.", "sep.", "mine."))]
    table = table[~table.index.str.endswith("@CHN")]
    table["change"] = table["after"] - table["before"]
    moves = table["change"].abs() > _LEAST_MOVE * table["before"].clip(lower=_LEAST_T)
    table = table[moves & (table["change"].abs() > _LEAST_T)]
    told = []
    for verb, rows in (
        ("grows", table[table["change"] > 0].nlargest(2, "change")),
        ("shrinks", table[table["change"] < 0].nsmallest(2, "change")),
    ):
        if len(rows):
            told.append(
                f"Outside China, what {verb} most in tonnes is "
                + words.listing(_change(str(i), r) for i, r in rows.iterrows())
                + "."
            )
    return told


def _levels(equilibrium: Equilibrium) -> pd.Series:
    levels: dict[str, float] = {}
    p = equilibrium.tables["processes"]
    for name, level in zip(p["id"], p["level"], strict=True):
        plain = name.partition("|")[0].removesuffix(CLEAN)
        levels[plain] = levels.get(plain, 0.0) + level
    return pd.Series(levels, dtype=float)


def _change(name: str, row: pd.Series) -> str:
    if row["before"] <= _LEAST_T:
        return f"{words.process(name)} ({words.signed(row['change'])}, idle in the baseline)"
    return f"{words.process(name)} ({words.signed(row['change'])}, {words.percent(row['change'] / row['before'])})"


def _china(prices: pd.DataFrame) -> list[str]:
    """Tell how prices move inside China."""
    rows = prices[(prices["region"] == "CHN") & prices["commodity"].isin(_KEY_GOODS)]
    changed = rows.assign(change=rows["scenario"] / rows["baseline"] - 1)
    changed = changed[changed["change"].abs() > _LEAST_MOVE / 2].sort_values("change", kind="stable")
    if changed.empty:
        return []
    told = (
        f"{words.commodity(c)} {words.percent(x)}" for c, x in zip(changed["commodity"], changed["change"], strict=True)
    )
    return [f"Prices inside China: {', '.join(told)}."]


def _quiet(prices: pd.DataFrame) -> list[str]:
    """Say that nothing moves much, and what moves most among the key goods."""
    rows = prices[prices["commodity"].isin(_KEY_GOODS)]
    change = (rows["scenario"] / rows["baseline"] - 1).abs()
    if rows.empty or change.max() < 1e-5:
        return ["Nothing changes: what is imposed does not bind in this year."]
    top = rows.iloc[int(change.to_numpy().argmax())]
    return [
        "Little moves: of the main goods' prices none changes more than that of "
        f"{words.commodity(top['commodity'])} in {words.region(top['region'], article=True)} "
        f"({words.percent(top['scenario'] / top['baseline'] - 1)})."
    ]


def why(
    base: Equilibrium, hit: Equilibrium, region: str, commodity: str, permits: Mapping[str, str] | None = None
) -> list[str]:
    """Return why a commodity's price in a region changed: supply by source, what binds there, what would bind next.

    Parameters
    ----------
    base, hit
        Equilibria without and with the measures.
    region, commodity
        The place, e.g. ``"DEU"``, ``"magnet.ndfeb_hd"``.
    permits
        Permits of `hit` whose holders are the importers (see `ytterby.world.outcome.held_permits`).
    """
    told = []
    place, good = words.region(region, article=True), words.upper(words.commodity(commodity))
    paid = [paid_prices(e, p)["paid"].get((commodity, region)) for e, p in ((base, {}), (hit, permits or {}))]
    before, after = paid
    if before is not None and after is not None:
        told.append(
            f"{good} in {place}: {words.number(before)} to {words.number(after)} USD/kg paid "
            f"({words.percent(after / before - 1)})."
        )
    flows = [trade(e) for e in (base, hit)]
    arrivals = [f[f.index.get_level_values("commodity") == commodity] for f in flows]
    arrivals = [f[f.index.get_level_values("to") == region].groupby("from").sum() for f in arrivals]
    moved = arrivals[1].sub(arrivals[0], fill_value=0.0).sort_values(key=abs, ascending=False, kind="stable")
    told += [
        f"Arrivals from {words.region(str(origin), article=True)}: {words.signed(change)}."
        for origin, change in moved[moved.abs() > _LEAST_T].head(4).items()
    ]
    m = _effects(hit)
    here = m[(m["good"] == commodity) & (m["region"] == region) & m["binding"].astype(bool) & m["wedge"].notna()]
    told += [
        f"{r['measure']} binds here: {words.number(r['wedge'])} USD/kg on {r['lane'] or 'imports'}."
        for r in here.to_dict("records")
    ]
    return told + next_limit(hit, region, commodity)
