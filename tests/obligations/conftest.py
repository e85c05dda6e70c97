"""A shipment that a licence is due for, and the command line."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ytterby.cli import main

OXIDE: dict[str, Any] = {
    "exporter": "CHN",
    "ship_from": "CHN",
    "destination": "DEU",
    "dates": {"export": "2026-11-24"},
    "transfer": {"kind": "goods", "means": "sea freight"},
    "item": {"description": "dysprosium oxide", "form": "oxide", "foreign_made": False},
    "nodes": [{"id": "oxide", "value_usd": [900, 1000], "contents": [{"element": "Dy", "form": "oxide"}]}],
    "parties": [{"role": "end_user", "name": "Motorenwerk", "country": "DEU", "lists": [], "owners": []}],
    "end_use": ["electric motors"],
}


@pytest.fixture
def oxide() -> dict[str, Any]:
    return copy.deepcopy(OXIDE)


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def write(facts: Any) -> str:
        path = tmp_path / "facts.yaml"
        path.write_text(facts if isinstance(facts, str) else yaml.safe_dump(facts, sort_keys=False), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Any:
    def call(*words: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as caught:
            main(["obligations", *words])
        out, err = capfd.readouterr()
        assert caught.value.code == code, err or out
        return err if code in (2, 3) else out

    return call
