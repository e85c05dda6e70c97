"""`ytterby market solve`: exit codes, the JSON on standard output, errors on standard error, timings, bytes."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import pytest

approx = pytest.approx

WHEAT = {
    "format": "ytterby-network/1",
    "supplies": [
        {
            "id": "s",
            "commodity": "wheat",
            "region": "foreign",
            "curve": {"form": "linear", "intercept": 0, "slope": 1},
        }
    ],
    "demands": [
        {"id": "d", "commodity": "wheat", "region": "home", "curve": {"form": "linear", "intercept": 100, "slope": 1}}
    ],
    "routes": [{"id": "r", "commodity": "wheat", "from": "foreign", "to": "home", "cost": 10}],
    "measures": [{"id": "m", "instrument": "import_tariff", "importer": "home", "specific": 20}],
}


@pytest.fixture
def ytterby(tmp_path):
    def call(network, *options: str):
        path = tmp_path / "network.json"
        path.write_text(network if isinstance(network, str) else json.dumps(network), encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-m", "ytterby", "market", "solve", str(path), *options],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return call


def test_the_whole_result_is_on_standard_output(ytterby):
    done = ytterby(WHEAT, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    record = json.loads(done.stdout)
    rows = {
        "prices": {"commodity", "region", "segment", "period", "price"},
        "price_paid": {"commodity", "region", "segment", "period", "price"},
        "supply": {"id", "period", "quantity"},
        "demand": {"id", "period", "quantity", "unserved"},
        "flows": {"route", "commodity", "from", "to", "period", "quantity"},
        "measures": {"id", "region", "period", "binding", "wedge", "rent", "revenue", "attained"},
    }
    for table, fields in rows.items():
        assert record[table], table
        for row in record[table]:
            assert set(row) >= fields, table
    for table in ("processes", "stocks", "firms"):
        assert record[table] == []
    assert record["status"] == "optimal"
    assert set(record["welfare"]) >= {"consumer", "producer", "government", "rent", "total", "by_region"}
    assert record["unique_flows"] is True
    assert record["instrument_class"] == "qp"
    assert record["residual"] <= 1e-6
    price = {row["region"]: row["price"] for row in record["prices"]}
    assert price == approx({"foreign": 35, "home": 65})


def test_rows_of_every_table_have_the_fields_of_the_contract(ytterby):
    network = {
        **WHEAT,
        "processes": [{"id": "p", "region": "home", "inputs": {"wheat": 1}, "outputs": {"flour": 0.8}, "cost": 1}],
        "stocks": [{"id": "k", "commodity": "wheat", "region": "home", "carrying_cost": 1, "initial": 2}],
    }
    record = json.loads(ytterby(network, "--format", "json").stdout)
    assert all(set(row) >= {"id", "period", "level"} for row in record["processes"])
    assert all(set(row) >= {"id", "period", "quantity"} for row in record["stocks"])
    assert record["processes"]
    assert record["stocks"]


def test_the_same_call_gives_the_same_bytes(ytterby):
    first, second = (ytterby(WHEAT, "--format", "json") for _ in range(2))
    assert first.stdout == second.stdout != ""


def test_numbers_have_nine_significant_digits(ytterby):
    network = json.loads(json.dumps(WHEAT))
    network["routes"][0]["cost"] = 10 / 3
    price = {row["region"]: row["price"] for row in json.loads(ytterby(network, "--format", "json").stdout)["prices"]}
    assert price["foreign"] == float(f"{(80 - 10 / 3) / 2:.9g}")


def test_a_floor_that_is_not_attained_is_exit_1(ytterby):
    network = json.loads(json.dumps(WHEAT))
    network["supplies"].append({**WHEAT["supplies"][0], "id": "own", "region": "home"})
    floor = {"id": "f", "instrument": "price_floor", "commodity": "wheat", "members": "home"}
    network["measures"] = [{**floor, "price": 80, "upheld_by": "adjustable_tariff"}]
    done = ytterby(network, "--format", "json")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["measures"][0]["attained"] is False
    network["measures"][0]["price"] = 45
    done = ytterby(network, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["measures"][0]["attained"] is True


def test_words_that_are_off_are_exit_2(ytterby):
    for options in (("--format", "xml"), ("--no-such-option",)):
        done = ytterby(WHEAT, *options)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "network.json"),
        ("{", "network.json"),
        ('{"supplies": [', "network.json"),
        ("[]", "network.json"),
        ('{"supplies": [{"id": "s"}]}', "supplies"),
        ('{"format": "other/1"}', "ytterby-network/1"),
        (json.dumps(WHEAT).replace("100", "NaN"), "intercept"),
        (json.dumps(WHEAT).replace('"importer": "home"', '"importer": "hom"'), "'home'"),
        (json.dumps(WHEAT).replace("import_tariff", "import_tarif"), "import_tariff"),
    ],
)
def test_bad_input_is_exit_3_and_says_where(ytterby, content, says):
    done = ytterby(content, "--format", "json")
    assert done.returncode == 3
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_exit_3(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "ytterby", "market", "solve", str(tmp_path / "none.json"), "--format", "json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert "none.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_equilibrium_is_exit_4(ytterby):
    network = json.loads(json.dumps(WHEAT))
    network["demands"][0]["curve"] = {"form": "fixed", "quantity": 50}
    network["measures"] = [{"id": "m", "instrument": "import_quota", "importer": "home", "quantity": 20}]
    done = ytterby(network, "--format", "json")
    assert done.returncode == 4
    assert done.stdout == ""
    assert "wheat" in done.stderr
    assert "Traceback" not in done.stderr


def test_timings_are_one_line_of_json_on_standard_error(ytterby):
    done = ytterby(WHEAT, "--format", "json", "--timings")
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    timings = json.loads(line)
    assert set(timings) >= {"start_s", "parse_s", "build_s", "solve_s", "verify_s"}
    assert all(isinstance(value, float | int) and value >= 0 for value in timings.values())
    assert done.stdout == ytterby(WHEAT, "--format", "json").stdout


def test_a_table_is_the_default_and_a_file_name_chooses_json(ytterby, tmp_path):
    table = ytterby(WHEAT)
    assert table.returncode == 0
    assert "wheat" in table.stdout
    with pytest.raises(json.JSONDecodeError):
        json.loads(table.stdout)
    out = tmp_path / "result.json"
    done = ytterby(WHEAT, "-o", str(out))
    assert done.returncode == 0
    assert json.loads(out.read_text(encoding="utf-8")) == json.loads(ytterby(WHEAT, "--format", "json").stdout)


def test_a_network_may_come_from_standard_input():
    done = subprocess.run(
        [sys.executable, "-m", "ytterby", "market", "solve", "-", "--format", "json"],
        input=json.dumps(WHEAT),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "optimal"


def test_the_result_is_valid_by_its_printed_schema(ytterby):
    schema = subprocess.run(
        [sys.executable, "-m", "ytterby", "schema", "equilibrium"], capture_output=True, text=True, check=True
    ).stdout
    jsonschema.validate(json.loads(ytterby(WHEAT, "--format", "json").stdout), json.loads(schema))
