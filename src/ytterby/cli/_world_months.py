"""The months of a scenario in the terminal: what operates, prices paid and spot, who runs short, what is left."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from ytterby.cli._output import rows_text

if TYPE_CHECKING:
    from ytterby.world import Months

__all__ = ["months_text"]

_PRICES = (
    ("oxide.NdPr", "CHN"),
    ("oxide.Dy", "CHN"),
    ("oxide.Dy", "DEU"),
    ("oxide.Y", "USA"),
    ("magnet.ndfeb_hd", "DEU"),
    ("magnet.ndfeb_hd", "USA"),
)
_USES = ("ev_motor", "wind_turbine", "consumer_electronics", "semiconductor", "defence")
_MAGNETS = ("magnet.ndfeb", "magnet.ndfeb_hd")
_PLACES = ("USA", "DEU", "JPN", "KOR", "IND")


def months_text(m: Months) -> str:
    """Return what a person reads of the months: the tables that matter, why, and what is not in them."""
    names = [str(x) for x in m.path.months]
    parts = [f"{m.title} ({names[0]} to {names[-1]}; run {m.run_id})\n{m.question}\n".replace("\n\n", "\n")]
    parts.append("Operates\n" + "".join(f"- {line}\n" for line in _spans(m, names)))
    price = m.prices.set_index(["commodity", "region", "month"])
    parts.append(
        rows_text(
            [{"month": t, **{f"{c} {r}": _paid(price, c, r, t) for c, r in _PRICES}} for t in names],
            title="Price paid, USD/kg (after the slash: users without a licence)",
        )
    )
    trade = m.flows[m.flows["commodity"].isin(_MAGNETS) & (m.flows["from"] == "CHN")]
    sums = trade.groupby(["month", "to"])["quantity_t"].sum()
    whole = trade.groupby("month")[["baseline_t", "quantity_t"]].sum()
    parts.append(
        rows_text(
            [
                {
                    "month": t,
                    "all": round(whole["quantity_t"].get(t, 0.0)),
                    "without measures": round(whole["baseline_t"].get(t, 0.0)),
                    **{r: round(sums.get((t, r), 0.0)) for r in _PLACES},
                }
                for t in names
            ],
            title="NdFeB magnets that leave China, t",
        )
    )
    outside = m.shortages[m.shortages["region"] == "WLD_exCHN"].set_index(["end_use", "month"])
    parts.append(
        rows_text(
            [{"month": t, **{u: _short(outside, u, t) for u in _USES}} for t in names],
            title="Use lost outside China, share of ordinary use (after the slash: weeks of magnets held)",
        )
    )
    if m.why:
        parts.append("Why\n" + "".join(f"- {w}\n" for w in m.why))
    if m.not_modelled:
        parts.append("Not modelled\n" + "".join(f"- {n['measure']}: {n['reason']}\n" for n in m.not_modelled))
    return "\n".join(parts)


def _spans(m: Months, names: list[str]) -> list[str]:
    """Return for each limb the stretches of months in which it operates."""
    found = []
    for limb in dict.fromkeys(m.operates["limb"]):
        here = set(m.operates.loc[m.operates["limb"] == limb, "month"])
        spans = [list(g) for on, g in groupby(names, key=here.__contains__) if on]
        found.append(f"{limb}: " + ", ".join(s[0] if len(s) == 1 else f"{s[0]} to {s[-1]}" for s in spans))
    return found or ["nothing: no measure is in force in these months"]


def _paid(price: Any, commodity: str, region: str, month: str) -> str | None:
    if (commodity, region, month) not in price.index:
        return None
    row = price.loc[commodity, region, month]
    return f"{row['paid']:.3g}" if row["spot"] is None else f"{row['paid']:.3g} / {row['spot']:.3g}"


def _short(outside: Any, use: str, month: str) -> str | None:
    if (use, month) not in outside.index:
        return None
    row = outside.loc[use, month]
    weeks = row["weeks_of_cover"]
    return f"{row['share']:.1%}" + ("" if weeks is None or weeks != weeks else f" / {weeks:.1f}")
