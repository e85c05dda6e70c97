"""Write the part of `docs/reference/atlas.md` that the schema of the atlas decides, between the page's two markers.

Usage: ``python tools/write_atlas_reference.py`` (a test of the atlas fails while the page is out of step).
"""

from __future__ import annotations

from pathlib import Path

from ytterby import atlas
from ytterby.atlas import FieldSpec, TableSpec

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "atlas.md"
BEGIN = "<!-- begin: written by tools/write_atlas_reference.py -->"
END = "<!-- end -->"
SHARED = ("source", "url", "year", "quality", "preferred", "access", "note")


def page(text: str) -> str:
    """Return the page with the part between the markers written anew."""
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{PAGE}: the markers are missing")
    parts = [_shared(atlas.tables()), *(_section(spec) for spec in atlas.tables())]
    return f"{before}{BEGIN}\n\n" + "\n".join(parts) + f"\n{END}{after}"


def _shared(specs: tuple[TableSpec, ...]) -> str:
    fields = {field.name: field for spec in specs for field in spec.fields if field.name in SHARED}
    return "### Fields of every table\n\n" + _fields([fields[name] for name in SHARED])


def _section(spec: TableSpec) -> str:
    own = [field for field in spec.fields if field.name not in SHARED]
    preferred = ", `preferred`" if any(f.name == "preferred" for f in spec.fields) else ""
    head = f"### `{spec.name}`\n\n{spec.title}. {spec.meaning}. Vintage {spec.vintage}, "
    head += f"{len(atlas.rows(spec.name))} rows, key {', '.join(f'`{k}`' for k in spec.key)}; "
    return f"{head}and the fields of every table{' with' + preferred[1:] if preferred else ''}.\n\n" + _fields(own)


def _fields(fields: list[FieldSpec]) -> str:
    lines = ["| field | type | unit | required | allowed | meaning |", "|---|---|---|---|---|---|"]
    for f in fields:
        allowed = f.allowed if len(f.allowed) < 120 else f"{len(f.words)} words, e.g. {', '.join(f.words[:4])}"
        cells = (f"`{f.name}`", f.type, f.unit, "yes" if f.required else "", _code(f, allowed), f.meaning)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _code(field: FieldSpec, allowed: str) -> str:
    return f"like `{field.pattern}`" if field.pattern else allowed.replace("<", "\\<").replace("{}", "…")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
