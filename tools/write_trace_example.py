"""Write the example of `ytterby trace`: an electric drive unit with declarations that have holes.

Run ``python tools/write_trace_example.py`` after an edit of ``trace_example.txt`` (the structure) or
``trace_example_answers.csv`` (what the suppliers said, as a percentage of the part's mass); parts that stand in
neither hold none. Values of rare earths are their mass as oxide at the lowest and highest of the yearly prices of 2024
and 2025 in the atlas.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ytterby import atlas
from ytterby.trace.source import DECLARATION_COLUMNS, ITEM_COLUMNS

HERE = Path(__file__).parent
FOLDER = HERE.parent / "src" / "ytterby" / "trace" / "data" / "example"
ASSEMBLY = 1.12
"""What an assembly is worth over its parts (illustrative)."""
_ASKED_ON = "2026-03-10"
_SHIPPED = {"EDU-210", "MOT-100", "INV-200", "PMP-351"}


def structure(text: str) -> tuple[list[tuple[str, str, int]], dict[str, dict[str, Any]]]:
    """Return the lines (parent, child, quantity) and the items of an indented text."""
    lines: list[tuple[str, str, int]] = []
    items: dict[str, dict[str, Any]] = {}
    above: list[str] = []
    for row in text.splitlines():
        if not row.strip() or row.startswith("#"):
            continue
        depth = (len(row) - len(row.lstrip())) // 2
        head, *cells = (cell.strip() for cell in row.split("|"))
        name, quantity = head.split(" x")
        if cells:
            title, form, grams, usd, supplier, hs = cells
            if name in items:
                raise ValueError(f"{name} is told twice")
            items[name] = {"item": name, "name": title, "form": form, "supplier": supplier, "hs": hs}
            if grams:
                items[name] |= {"mass_kg": float(grams) / 1000, "value_usd": float(usd)}
        elif name not in items:
            raise ValueError(f"{name} comes without its cells")
        above[depth:] = [name]
        if depth:
            lines.append((above[depth - 1], name, int(quantity)))
    for name in items:
        _add_up(name, items, lines)
    return lines, items


def _add_up(name: str, items: Mapping[str, dict[str, Any]], lines: Iterable[tuple[str, str, int]]) -> dict[str, Any]:
    """Return the item with its mass and value, those of an assembly added up from its parts."""
    item = items[name]
    if "mass_kg" not in item:
        parts = [(_add_up(child, items, lines), quantity) for parent, child, quantity in lines if parent == name]
        item["mass_kg"] = sum(quantity * part["mass_kg"] for part, quantity in parts)
        item["value_usd"] = ASSEMBLY * sum(quantity * part["value_usd"] for part, quantity in parts)
    return item


def declarations(items: Mapping[str, Mapping[str, Any]], answers: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the rows of the declarations: the answers in masses and values, and "none" of all other parts."""
    rows: list[dict[str, Any]] = []
    told = set()
    for answer in answers:
        told.add(answer["item"])
        if not answer["status"]:
            continue
        row: dict[str, Any] = {name: answer.get(name, "") for name in DECLARATION_COLUMNS if name in answer}
        grams = items[answer["item"]]["mass_kg"]
        row["form"] = {"magnet": "magnet", "compound": "compound"}.get(items[answer["item"]]["form"], "") * bool(
            answer["element"]
        )
        for end in ("low", "high"):
            if answer[f"{end}_pct"]:
                mass = grams * float(answer[f"{end}_pct"]) / 100
                row[f"mass_{end}_kg"] = mass
                row[f"value_{end}_usd"] = mass * _price(answer["element"])[end == "high"]
        rows.append(row)
    for name, item in items.items():
        if name not in told and item["form"] != "assembly" and name != "EDU-210":
            rows.append({"item": name, "status": "declared", "declared_on": _ASKED_ON, "supplier": item["supplier"]})
    return rows


def _price(element: str) -> tuple[float, float]:
    """Return the least and greatest yearly price of 2024 and 2025, USD per kg of the element in its oxide."""
    oxide = next(float(row["oxide_per_element"]) for row in atlas.rows("elements") if row["element"] == element)
    yearly = [
        float(row["price_mid"])
        for row in atlas.rows("prices")
        if (row["product"], row["form"], row["currency"]) == (element, "oxide", "USD")
        and row["period"] in ("2024", "2025")
        and row["source"].startswith("USGS Mineral Commodity Summaries 2026")
    ]
    return oxide * min(yearly), oxide * max(yearly)


def _write(name: str, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()})


def main() -> None:
    """Write the three tables."""
    lines, items = structure((HERE / "trace_example.txt").read_text(encoding="utf-8"))
    with (HERE / "trace_example_answers.csv").open(encoding="utf-8", newline="") as file:
        answers = list(csv.DictReader(file))
    FOLDER.mkdir(parents=True, exist_ok=True)
    table = [dict(zip(("parent", "child", "quantity", "unit"), (*line, "pcs"), strict=True)) for line in lines]
    _write("bom.csv", ("parent", "child", "quantity", "unit"), table)
    for name in _SHIPPED:
        items[name]["shipped"] = "yes"
    _write("items.csv", ITEM_COLUMNS, items.values())
    said = [name for name in DECLARATION_COLUMNS if name not in ("file", "row")]
    _write("declarations.csv", said, declarations(items, answers))


if __name__ == "__main__":
    main()
