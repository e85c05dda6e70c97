"""Many solves at once: draws or scenarios on all cores or on a Dask cluster, kept as they come, resumed after a kill.

Each key's rows go to a Parquet file of their own, written whole or not at all, so that a run that was killed goes on
where it stopped, and the result does not depend on the number of workers.

>>> import tempfile
>>> import pandas as pd
>>> from ytterby.market.ensemble import read_ensemble, run_ensemble
>>> def squares(key):
...     return pd.DataFrame({"square": [key**2]})
>>> with tempfile.TemporaryDirectory() as folder:
...     _ = run_ensemble(squares, range(3), folder, label="squares", workers=1)
...     read_ensemble(folder)["square"].tolist()
[0, 1, 4]
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_ensemble", "run_ensemble"]

Task = Callable[[int], "pd.DataFrame"]

_MANIFEST = "ensemble.json"


def run_ensemble(
    task: Task,
    keys: Iterable[int],
    folder: str | Path,
    *,
    label: str,
    workers: int | None = None,
    client: Any = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Run a task for every key and keep its rows; return how many keys were run now.

    Parameters
    ----------
    task
        Key to a frame; picklable, and a function of its key alone.
    keys
        Whole numbers, e.g. the numbers of draws.
    folder
        Where the files go; made if it is not there. Keys that are there already are not run again.
    label
        What the ensemble is, e.g. its run id; a folder that holds another label is refused.
    workers
        Processes on this machine; default all cores. Ignored with a client.
    client
        A ``dask.distributed`` client whose workers have this package.
    progress
        Called with (done, of) after each key, those found in the folder included.

    Raises
    ------
    InputError
        The folder holds another ensemble, or cannot be written.
    """
    place = Path(folder)
    _claim(place, label)
    wanted = list(dict.fromkeys(keys))
    todo = [k for k in wanted if not _part(place, k).exists()]
    done = len(wanted) - len(todo)
    if progress:
        progress(done, len(wanted))
    for key, frame in _results(task, todo, workers, client):
        _keep(frame, _part(place, key), key)
        done += 1
        if progress:
            progress(done, len(wanted))
    return len(todo)


def read_ensemble(folder: str | Path) -> pd.DataFrame:
    """Return the rows of all keys in the order of keys, with the key in the column ``key``.

    Raises
    ------
    InputError
        There is no ensemble in the folder.
    """
    import pandas as pd

    place = Path(folder)
    parts = sorted(place.glob("key-*.parquet"))
    if not (place / _MANIFEST).exists() or not parts:
        raise InputError("no ensemble here", where=str(place), hint="expected ensemble.json and key-*.parquet")
    return pd.concat([pd.read_parquet(p) for p in parts], ignore_index=True)


def _part(place: Path, key: int) -> Path:
    return place / f"key-{key:08d}.parquet"


def _claim(place: Path, label: str) -> None:
    manifest = place / _MANIFEST
    try:
        place.mkdir(parents=True, exist_ok=True)
        if not manifest.exists():
            _whole(manifest, json.dumps({"label": label}).encode())
        found = json.loads(manifest.read_text(encoding="utf-8")).get("label")
    except OSError as error:
        raise InputError(f"cannot write the ensemble: {error.strerror}", where=str(place)) from error
    except (json.JSONDecodeError, AttributeError):
        raise InputError("not the manifest of an ensemble", where=str(manifest)) from None
    if found != label:
        raise InputError(
            f"the folder holds the ensemble '{found}', not '{label}'", where=str(place), hint="name another folder"
        )


def _whole(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)


def _keep(frame: pd.DataFrame, path: Path, key: int) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    frame.assign(key=key).to_parquet(draft, index=False)
    draft.replace(path)


def _results(task: Task, keys: Sequence[int], workers: int | None, client: Any) -> Iterator[tuple[int, pd.DataFrame]]:
    if client is not None:
        import distributed

        futures = {client.submit(task, k, pure=False): k for k in keys}
        in_order_of_arrival: Any = distributed.as_completed
        for future in in_order_of_arrival(futures):
            yield futures[future], future.result()
    elif workers == 1 or len(keys) <= 1:
        for key in keys:
            yield key, task(key)
    else:
        from joblib import Parallel, delayed

        pool = Parallel(n_jobs=workers or -1, return_as="generator_unordered", pre_dispatch="2*n_jobs")
        yield from pool(delayed(_with_key)(task, k) for k in keys)


def _with_key(task: Task, key: int) -> tuple[int, pd.DataFrame]:
    return key, task(key)
