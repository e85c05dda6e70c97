"""What does the law say of a hundred thousand shipments? The verdicts of `judge`, a row for each shipment and limb."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ytterby.errors import DataError
from ytterby.measures import Register, as_day
from ytterby.obligations._decide import gravity
from ytterby.obligations._found import Found, Result, Rows, grouped
from ytterby.obligations._load import rules as shipped
from ytterby.obligations._model import OUTCOMES, RuleFile
from ytterby.obligations._table import Problem, chunks, read_table, told_by_rows
from ytterby.obligations.judge import Law

__all__ = ["Batch", "judge_table"]

_ROWS = 5_000
"""So many shipments are judged at once by a process."""
_TOLD = 20
"""So many broken rows are told."""


@dataclass(frozen=True)
class Batch:
    """Verdicts of many shipments: for each shipment (row) and limb (column) the number of its result."""

    ids: list[str]
    limbs: list[tuple[str, str]]
    results: list[Result]
    numbers: npt.NDArray[np.int32]

    def table(self) -> pa.Table:
        """Return the verdicts, a row for each shipment and limb; `could_be` and `missing` are JSON text."""
        from ytterby.canonical import dumps

        shipments, limbs = self.numbers.shape
        flat = pa.array(self.numbers.ravel())
        limb = pa.array(np.tile(np.arange(limbs, dtype=np.int32), shipments))

        def worded(words: list[Any], indices: Any = flat) -> Any:
            values, codes = np.unique(np.array([str(w) for w in words], dtype=object), return_inverse=True)
            mask = np.array([word is None for word in words])
            codes = pa.array(codes.astype(np.int32), mask=mask).take(indices)
            return pa.DictionaryArray.from_arrays(codes, pa.array(values, pa.string()))

        columns = {
            "id": pa.DictionaryArray.from_arrays(
                pa.array(np.repeat(np.arange(shipments, dtype=np.int32), limbs)), pa.array(self.ids, pa.string())
            ),
            "rule": worded([rule for rule, _ in self.limbs], limb),
            "limb": worded([name for _, name in self.limbs], limb),
            "outcome": worded([r.outcome for r in self.results]),
            "if_operative": worded([r.if_operative for r in self.results]),
            "could_be": worded([dumps(r.could_be) for r in self.results]),
            "missing": worded([dumps(r.missing) for r in self.results]),
            "legal": worded([r.legal for r in self.results]),
            "political": worded([r.political for r in self.results]),
            "knowledge_age_days": pa.array([r.knowledge_age_days for r in self.results], pa.int32()).take(flat),
        }
        return pa.table(columns)

    def summaries(self) -> list[str]:
        """Return the gravest outcome of each shipment."""
        return [OUTCOMES[k] for k in self._ranks().min(axis=1, initial=len(OUTCOMES) - 1).tolist()]

    def by_rule(self) -> list[dict[str, Any]]:
        """Return for each rule how many shipments have which gravest outcome under it."""
        ranks, found = self._ranks(), []
        for rule in dict.fromkeys(rule for rule, _ in self.limbs):
            mine = [k for k, (name, _) in enumerate(self.limbs) if name == rule]
            counts = Counter(ranks[:, mine].min(axis=1).tolist())
            found += [{"rule": rule, "outcome": OUTCOMES[k], "shipments": counts[k]} for k in sorted(counts)]
        return found

    def _ranks(self) -> npt.NDArray[np.int64]:
        ranks: npt.NDArray[np.int64] = np.array([gravity(r.outcome) for r in self.results], dtype=np.int64)  # type: ignore[arg-type]
        found: npt.NDArray[np.int64] = ranks[self.numbers]
        return found


def judge_table(
    path: Path,
    on: dt.date | str,
    *,
    known_on: dt.date | str | None = None,
    assume: Mapping[str, str] | None = None,
    readings: Mapping[str, str | float] | None = None,
    rules: Mapping[str, RuleFile] | None = None,
    register: Register | None = None,
    processes: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> Batch:
    """Return the verdicts of all shipments of a CSV or Parquet file; the parameters are those of `judge`.

    Columns are the fields of FACTS by dotted path (``item.form``, ``nodes.0.contents.0.element``) and `id`; without
    `id`, a shipment is named by the number of its row.

    Raises
    ------
    DataError
        Rows are broken (row, column and what is the matter), or an id stands twice: nothing is judged then.
    """
    from joblib import Parallel, delayed

    table = read_table(path)
    first = 2 if path.suffix.lower() != ".parquet" else 1
    ids = [str(v) for v in table["id"]] if "id" in table else [str(first + k) for k in range(len(table))]
    twice = next((name for name, count in Counter(ids).items() if count > 1), None)
    if twice is not None:
        raise DataError(f"the id '{twice}' stands twice", where=f"{path.name}, column id")
    law = Law.of(rules or shipped(), register or Register.default(), as_day(on), known_on, readings or {}, assume or {})
    size = min(_ROWS, max(1, -(-len(table) // processes)))
    name = uuid4().hex
    pieces = list(chunks(table, size))
    running = Parallel(n_jobs=min(processes, len(pieces)), return_as="generator")(
        delayed(_judged)(piece, first + begin, law, name) for begin, piece in pieces
    )
    results: dict[Result, int] = {}
    blocks: list[npt.NDArray[np.int32]] = []
    problems: list[Problem] = []
    done = 0
    for (found, numbers, broken), (_, piece) in zip(running, pieces, strict=True):
        problems += broken
        renamed = np.array([results.setdefault(result, len(results)) for result in found], dtype=np.int32)
        if not problems:
            blocks.append(renamed[numbers])
        done += len(piece)
        if progress is not None:
            progress(done, len(table))
    if problems:
        raise _broken(path, problems)
    limbs = [(file.rule, limb.limb) for file, limb in law.limbs]
    return Batch(ids, limbs, list(results), np.concatenate(blocks))


_kept: dict[str, Found] = {}
"""What a process found, kept between the pieces of one table."""


def _judged(
    piece: pd.DataFrame, first: int, law: Law, table: str
) -> tuple[list[Result], npt.NDArray[np.int64], list[Problem]]:
    told, problems = told_by_rows(piece, first)
    if problems:
        return [], np.zeros((0, 0), dtype=np.int64), problems
    if table not in _kept:
        _kept.clear()
        _kept[table] = Found(law)
    found = _kept[table]
    return *grouped(Rows(told, found), found), []


def _broken(path: Path, problems: list[Problem]) -> DataError:
    said = [f"row {row}, column {column or '-'}: {message}" for row, column, message in problems[:_TOLD]]
    more = len(problems) - _TOLD
    return DataError(
        f"{len(problems)} rows cannot be read; nothing was judged\n  "
        + "\n  ".join([*said, *([f"and {more} more"] if more > 0 else [])]),
        where=path.name,
    )
