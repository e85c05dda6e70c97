"""`ytterby schema NAME`: the JSON Schema of a public format."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from ytterby.cli._output import write, write_rows
from ytterby.errors import UnknownNameError

__all__ = ["MODELS", "app", "schema_of"]

app = App(
    name="schema",
    help="JSON Schemas of the public formats.",
    help_format="markdown",
    help_epilogue="Example: `ytterby schema network`",
)

MODELS: dict[str, str] = {
    "brief": "ytterby.brief:Brief",
    "article": "ytterby.signals:Article",
    "signal": "ytterby.signals:Signal",
    "measure": "ytterby.measures:Measure",
    "event": "ytterby.measures:Event",
    "network": "ytterby.market:Network",
    "equilibrium": "ytterby.market:EquilibriumRecord",
    "exposure": "ytterby.exposure:Exposed",
    "facts": "ytterby.obligations:Facts",
    "verdict": "ytterby.obligations:JudgementRecord",
    "scenario": "ytterby.world:Scenario",
    "bom": "ytterby.trace:BomRow",
    "declarations": "ytterby.trace:DeclarationRow",
    "content": "ytterby.trace:ContentRecord",
}
"""Format name -> ``module:Model`` (a pydantic model)."""


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one public format.

    Raises
    ------
    UnknownNameError
        If there is no format of that name.

    Examples
    --------
    >>> schema_of("network")["title"]
    'Network'
    """
    if name not in MODELS:
        raise UnknownNameError("schema", name, MODELS)
    module, model = MODELS[name].split(":")
    schema: dict[str, Any] = getattr(importlib.import_module(module), model).model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


@app.default
def schema(
    name: Annotated[str | None, Parameter(help="a format; without it, the formats are listed")] = None,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
) -> None:
    """Print the JSON Schema of a public format.

    Example: `ytterby schema network`
    """
    if name is None:
        write_rows([{"schema": n, "model": m} for n, m in sorted(MODELS.items())], "table", output)
        return
    import json

    write(json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n", output)
