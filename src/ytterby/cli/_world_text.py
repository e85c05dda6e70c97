"""Results of the world as rows and text for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ytterby.cli._output import rows_text

if TYPE_CHECKING:
    import pandas as pd

    from ytterby.world import Outcome

__all__ = ["GOODS", "PLACES", "by_place", "outcome_text", "records", "rounded", "side_by_side"]

GOODS = ("oxide.NdPr", "oxide.Dy", "oxide.Tb", "oxide.Y", "magnet.ndfeb", "magnet.ndfeb_hd", "magnet.smco")
PLACES = ("CHN", "USA", "DEU", "JPN", "KOR", "IND")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as records."""
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False, name=None)]


def by_place(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return prices with a row a commodity and a column a region."""
    price = {(r["commodity"], r["region"]): r["price"] for r in rows}
    return [{"commodity": c, **{r: rounded(price.get((c, r))) for r in PLACES}} for c in sorted({c for c, _ in price})]


def rounded(value: float | None) -> float | None:
    """Return a number as it is shown: four significant digits."""
    return None if value is None else float(f"{value:.4g}")


def side_by_side(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """Return prices and shortages of scenarios beside the baseline, a row an item and region."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for o in outcomes:
        for r in o.prices.to_dict("records"):
            row = rows.setdefault((r["commodity"], r["region"]), {"item": r["commodity"], "region": r["region"]})
            row["baseline"], row[o.name] = rounded(r["baseline"]), rounded(r["scenario"])
        for r in o.shortages.to_dict("records"):
            row = rows.setdefault((r["end_use"], r["region"]), {"item": r["end_use"], "region": r["region"]})
            row["baseline"], row[o.name] = round(r["baseline"], 4), round(r["share"], 4)
    names = ["item", "region", "baseline", *(o.name for o in outcomes)]
    return [{n: r.get(n) for n in names} for r in rows.values()]


def outcome_text(o: Outcome) -> str:
    """Return what a person reads of a scenario: prices, use lost, who gains, why, and what is not in it."""
    from ytterby.world.gains import grouped

    parts = [f"{o.title} ({o.year}; run {o.run_id})\n{o.question}\n".replace("\n\n", "\n")]
    p = o.prices[o.prices["commodity"].isin(GOODS) & o.prices["region"].isin(PLACES)]
    rows = []
    for r in p.to_dict("records"):
        change = r["scenario"] / r["baseline"] - 1
        row = {k: rounded(r[k]) for k in ("baseline", "scenario", "low", "high", "spot", "quantity_t")}
        sign = None if r["sign_share"] is None else f"{r['sign_share']:.0%}"
        rows.append(
            {"commodity": r["commodity"], "region": r["region"], **row, "change": f"{change:+.1%}", "sign": sign}
        )
    parts.append(
        rows_text(
            rows,
            title="Price paid, USD/kg (spot: users without a licence; quantity_t: in the baseline; band 10-90 %)",
        )
    )
    s = o.shortages[o.shortages["region"] == "WLD_exCHN"]
    keep = ["end_use", "baseline", "share", "low", "high", "weeks_of_cover", "scarcest", "scarcest_share"]
    rows = [{k: rounded(r[k]) if isinstance(r[k], float) else r[k] for k in keep} for r in s.to_dict("records")]
    parts.append(rows_text(rows, title=f"Use lost outside China, share of {o.year} at prices of 2024"))
    rows = [{k: rounded(v) if isinstance(v, float) else v for k, v in r.items()} for r in records(grouped(o.gains))]
    parts.append(
        rows_text(rows, title="Gains and losses, million USD a year (consumer: users; rent: holders of permits)")
    )
    if o.why:
        parts.append("Why\n" + "".join(f"- {w}\n" for w in o.why))
    if o.not_modelled:
        parts.append("Not modelled\n" + "".join(f"- {n['measure']}: {n['reason']}\n" for n in o.not_modelled))
    return "\n".join(parts)
