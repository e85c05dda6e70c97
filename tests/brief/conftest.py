"""Small in-memory stand-ins for what the rooms below hand over: an article's signals and the world's outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ytterby.brief import Brief, _compose, brief
from ytterby.errors import SolveError
from ytterby.signals import Article, Relation, Signal

TEXT = """Premier inspects rare-earth plants

Premier Li Qiang inspected rare earth facilities in Jiangxi this week, Xinhua said.
Last year's export controls rattled global manufacturers.
One proposal would require companies using even minimal amounts of Chinese rare earths to report their plans.
Vice President JD Vance outlined plans to form a trade bloc with coordinated price mechanisms.
"""


def signal(number: int, sentence: str, **fields: Any) -> Signal:
    start = TEXT.find(sentence)
    given = {
        "id": f"s{number}",
        "actor": "Li Qiang",
        "actor_country": "CHN",
        "actor_rank": "head_of_government",
        "action": "visit_inspection",
        "status": "signalled",
        "polarity": "neutral",
        "target_country": (),
        "commodities": ("REE",),
        "event_date": None,
        "effective_date": None,
        "place": None,
        "bodies": (),
        "occasion": None,
        "voice": "state_media",
        "background": False,
        "sentence": sentence,
        "start": start if start >= 0 else None,
        "end": start + len(sentence) if start >= 0 else None,
        "measure_id": None,
        "measure_candidates": (),
        "relations": (),
        "rule": "test",
        "confidence": 0.9,
    }
    return Signal(**(given | fields))


def signals() -> tuple[Signal, ...]:
    lines = TEXT.splitlines()[2:]
    return (
        signal(1, lines[0]),
        signal(
            2,
            lines[1],
            actor="Government of China",
            actor_rank="government_unspecified",
            action="export_licensing",
            status="in_force",
            polarity="tighten",
            voice="reporter",
            background=True,
            measure_id="CHN-A18-2025",
            measure_candidates=("CHN-A18-2025", "CHN-A61-2025", "CHN-A62-2025"),
            relations=(Relation(to="s1", kind="after"),),
        ),
        signal(
            3,
            lines[2],
            actor="Ministry of Commerce",
            actor_rank="ministry",
            action="regulation",
            status="proposed",
            polarity="tighten",
            voice="analyst",
            measure_id="CHN-REPORT-PROP-2026",
        ),
        signal(
            4,
            lines[3],
            actor="JD Vance",
            actor_country="USA",
            actor_rank="deputy_head",
            action="bloc_formation",
            status="proposed",
            voice="reporter",
            commodities=("CM",),
            measure_id="USA-CMM-2026",
        ),
    )


def article(found: tuple[Signal, ...] | None = None, **fields: Any) -> Article:
    found = signals() if found is None else found
    given = {
        "id": "a1",
        "title": "Premier inspects rare-earth plants",
        "published": "2026-02-11",
        "published_basis": "given",
        "url": "https://example.org/a",
        "language": "en",
        "relevant": any(not s.background for s in found),
        "relevance": 0.9 if found else 0.0,
        "event_cluster": None,
        "segments": (),
        "signals": found,
        "proposed_measures": (),
    }
    return Article(**(given | fields))


@dataclass
class Outcome:
    """The fields of `ytterby.world.Outcome` that the brief reads."""

    name: str = "controls_revived"
    title: str = "China's suspended controls return"
    run_id: str = "0123456789ab"
    question: str = "What if the suspended controls came back?"
    year: int = 2024
    draws: int = 16
    banded: bool = True
    measures: tuple[str, ...] = ("CHN-A61-2025:art1_3_china_origin_items@2026-02-11..",)
    assumptions: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {
                "name": "licence_approval_share",
                "value": 0.5,
                "low": 0.2,
                "high": 0.9,
                "unit": "share",
                "source": "Reuters",
                "quality": "estimate",
                "note": None,
            }
        ]
    )
    why: list[str] = field(default_factory=lambda: ["Dy oxide outside China is scarce: the licence binds."])
    not_modelled: list[dict[str, str]] = field(
        default_factory=lambda: [{"measure": "CHN-A62-2025:all", "reason": "technology has no price in the model"}]
    )
    residual: float = 1e-9

    @property
    def prices(self) -> pd.DataFrame:
        table = pd.DataFrame(
            [
                ("oxide.Dy", "DEU", 257.0, 354.66, 287.84, 488.3, 1.0),
                ("oxide.Dy", "JPN", 257.0, 300.0, 260.0, 340.0, 1.0),
                ("oxide.Dy", "CHN", 227.4, 204.7, 181.9, 222.9, 0.9375),
                ("oxide.La", "DEU", 0.97, 0.97, 0.97, 0.97, 1.0),
            ],
            columns=["commodity", "region", "baseline", "scenario", "low", "high", "sign_share"],
        )
        return table if self.banded else table.assign(low=None, high=None, sign_share=None)

    @property
    def flows(self) -> pd.DataFrame:
        return pd.DataFrame(
            [("magnet.ndfeb_hd", "CHN", "DEU", 5200.0, 3900.0), ("oxide.Dy", "CHN", "JPN", 300.0, 299.0)],
            columns=["commodity", "from", "to", "baseline_t", "scenario_t"],
        )

    @property
    def shortages(self) -> pd.DataFrame:
        nan = float("nan")
        table = pd.DataFrame(
            [
                ("ev_motor", "DEU", 0.12, 0.05, 0.2, 6.0),
                ("ev_motor", "JPN", 0.03, 0.0, 0.08, nan),
                ("wind_turbine", "DEU", 0.07, 0.02, 0.1, nan),
                ("consumer_electronics", "VNM", 0.01, 0.0, 0.02, nan),
                ("defence", "USA", 0.3, 0.1, 0.5, 12.0),
                ("ev_motor", "WLD_exCHN", 0.06, 0.02, 0.1, nan),
                ("ev_motor", "EST", 0.9, 0.9, 0.9, nan),
                ("auto_other", "DEU", 0.5, 0.4, 0.6, nan),
            ],
            columns=["end_use", "region", "share", "low", "high", "weeks_of_cover"],
        )
        return table if self.banded else table.assign(low=None, high=None)


@dataclass
class World:
    """A world that answers every scenario at once; those named in `unsolved` have no solution."""

    unsolved: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def run(
        self, scenario: Any, *, draws: int, seed: int, workers: int | None, progress: Callable[[int, int], None]
    ) -> Outcome:
        assert seed >= 0
        assert workers is None
        progress(draws + 1, draws + 1)
        self.asked.append(scenario.name)
        if scenario.name in self.unsolved:
            raise SolveError("no equilibrium: a fixed demand cannot be served")
        return Outcome(name=scenario.name, title=scenario.title, draws=draws, banded=draws > 0)


Make = Callable[..., Brief]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a function that makes the brief of an article given as a record."""

    def made(given: Article | None = None, **options: Any) -> Brief:
        path = tmp_path / "article.txt"
        path.write_text(TEXT, encoding="utf-8")
        monkeypatch.setattr(_compose, "read", lambda _path: iter([given or article()]))
        options.setdefault("world", World())
        options.setdefault("draws", 16)
        return brief(path, **options)

    return made


@pytest.fixture
def make_world() -> Callable[..., World]:
    return World


@pytest.fixture
def make_article() -> Callable[..., Article]:
    return article


@pytest.fixture
def make_signal() -> Callable[..., Signal]:
    return signal


@pytest.fixture
def found(make: Make) -> Brief:
    return make()
