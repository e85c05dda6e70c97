"""The schema says of every field what it is, and every table can say who said so."""

import pytest

from ytterby.atlas import _schema, tables
from ytterby.errors import DataError

CONTRACT = {
    "regions",
    "commodities",
    "processes",
    "capacity",
    "demand",
    "flows",
    "balance",
    "anchors",
    "price_check",
    "costs",
    "elasticities",
    "prices",
    "stocks",
    "intensity",
    "bloc",
    "shocks",
    "plants",
    "mine_production",
    "stage_shares",
    "ore_composition",
    "reserves",
    "china_quotas",
    "trade",
    "region_groups",
}


def test_the_agreed_tables_are_there():
    assert {spec.name for spec in tables()} >= CONTRACT


@pytest.mark.parametrize("spec", tables(), ids=lambda spec: spec.name)
def test_every_table_requires_a_source_its_year_quality_and_access(spec):
    for name in ("source", "year", "quality", "access"):
        assert spec.field(name).required
    assert "recall" not in spec.field("access").words


@pytest.mark.parametrize("spec", tables(), ids=lambda spec: spec.name)
def test_every_field_says_what_it_means_and_every_number_its_unit(spec):
    unitless = {"year", "atomic_number", "start_year", "reported", "base", "ratio"}
    for field in spec.fields:
        assert field.meaning
        if field.type in ("int", "float"):
            assert field.unit or field.name in unitless, field.name


def test_no_column_of_a_table_is_named_twice():
    for spec in tables():
        names = [field.name for field in spec.fields]
        assert len(names) == len(set(names))


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """Give a function that writes a schema and reads it."""

    def read(fields: str, shared: str = ""):
        (tmp_path / "schema").mkdir()
        header = "table,field,type,unit,required,allowed,references,meaning\n"
        (tmp_path / "schema" / "fields.csv").write_text(header + fields)
        text = f"table,title,key,vintage,shared,meaning\nfirst,First,a,2024,{shared},rows\n"
        (tmp_path / "schema" / "tables.csv").write_text(text)
        monkeypatch.setattr(_schema, "DATA", tmp_path)
        return _schema.schema.__wrapped__()

    return read


def test_a_sound_schema_is_read(broken):
    spec = broken("first,a,float,t,yes,0..,,amount\n")["first"]
    assert spec.field("a").allowed == "at least 0"
    with pytest.raises(KeyError):
        spec.field("b")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("first,a,number,,yes,,,x\n", "unknown type 'number'"),
        ("first,a,category,,yes,,,x\n", "a category needs its words"),
        ("first,a,float,,yes,low,,x\n", "'low' is not a range"),
        ("first,a,str,,yes,,first.a,x\n", "no table before it"),
        ("first,a,str,,yes,,,x\nother,b,str,,yes,,,x\n", "fields of unknown tables: other"),
        ("first,b,str,,yes,,,x\n", "lacks its fields or its key"),
    ],
)
def test_a_schema_that_contradicts_itself_is_refused(broken, fields, message):
    with pytest.raises(DataError, match=message):
        broken(fields)


def test_a_shared_field_that_is_nowhere_is_refused(broken):
    with pytest.raises(DataError, match="no shared field 'source'"):
        broken("first,a,str,,yes,,,x\n", shared="source")
