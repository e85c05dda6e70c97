import subprocess
import sys
import time

import pandas as pd
import pytest

from ytterby.errors import InputError
from ytterby.market.ensemble import read_ensemble, run_ensemble


def squares(key):
    return pd.DataFrame({"square": [key**2], "half": [key / 2]})


def fails_at_two(key):
    if key == 2:
        raise RuntimeError("killed here")
    return squares(key)


def test_result_is_the_same_for_any_number_of_workers(tmp_path):
    def by_value(key):  # a local function travels to the workers with its code
        return pd.DataFrame({"square": [key**2]})

    for workers in (1, 2):
        run_ensemble(by_value, range(7), tmp_path / str(workers), label="squares", workers=workers)
    one, two = (read_ensemble(tmp_path / w) for w in ("1", "2"))
    pd.testing.assert_frame_equal(one, two)
    assert one["square"].tolist() == [k**2 for k in range(7)]


def test_a_run_that_broke_goes_on_where_it_stopped(tmp_path):
    with pytest.raises(RuntimeError):
        run_ensemble(fails_at_two, range(4), tmp_path, label="squares", workers=1)
    assert read_ensemble(tmp_path)["key"].tolist() == [0, 1]
    assert run_ensemble(squares, range(4), tmp_path, label="squares", workers=1) == 2
    assert read_ensemble(tmp_path)["square"].tolist() == [0, 1, 4, 9]


def test_a_killed_process_leaves_whole_files_only(tmp_path):
    script = (
        "import sys, time, pandas as pd\n"
        "from ytterby.market.ensemble import run_ensemble\n"
        "def slow(key):\n"
        "    time.sleep(0.05)\n"
        "    return pd.DataFrame({'square': [key**2]})\n"
        "run_ensemble(slow, range(1000), sys.argv[1], label='squares', workers=1)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)])
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("key-*.parquet"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    found = read_ensemble(tmp_path)["key"].tolist()
    assert len(found) >= 3
    assert found == list(range(len(found)))


def test_progress_counts_what_was_there_already(tmp_path):
    run_ensemble(squares, [0, 1], tmp_path, label="squares", workers=1)
    seen = []
    run_ensemble(squares, [0, 1, 2], tmp_path, label="squares", workers=1, progress=lambda d, n: seen.append((d, n)))
    assert seen == [(2, 3), (3, 3)]


def test_a_folder_of_another_ensemble_is_refused(tmp_path):
    run_ensemble(squares, [0], tmp_path, label="squares", workers=1)
    with pytest.raises(InputError, match="holds the ensemble 'squares', not 'cubes'"):
        run_ensemble(squares, [0], tmp_path, label="cubes", workers=1)


def test_a_folder_without_an_ensemble_is_named(tmp_path):
    with pytest.raises(InputError, match="no ensemble here"):
        read_ensemble(tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the cluster's own making
def test_a_dask_cluster_gives_the_same_rows(tmp_path):
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        run_ensemble(squares, range(4), tmp_path / "dask", label="squares", client=client)
    run_ensemble(squares, range(4), tmp_path / "here", label="squares", workers=1)
    pd.testing.assert_frame_equal(read_ensemble(tmp_path / "dask"), read_ensemble(tmp_path / "here"))
