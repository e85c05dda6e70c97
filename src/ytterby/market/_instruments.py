"""Measures: the instruments of `ytterby-network/1`, as values."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ytterby.market._curves import NonNegative, Positive, Value

__all__ = [
    "Activity",
    "ExportBan",
    "ExportQuota",
    "ExportTax",
    "ImportQuota",
    "ImportTariff",
    "Licence",
    "Measure",
    "PriceFloor",
    "ProductionQuota",
    "Stockpile",
    "Subsidy",
    "TariffRateQuota",
]

Names = str | tuple[str, ...]
RentTo = Literal["exporter", "importer", "treasury", "dissipated"]


class Instrument(Value):
    """What every measure has: an id and the periods in which it holds."""

    id: str
    period: Names = "*"


class _TradeInstrument(Instrument):
    commodity: Names = "*"
    importer: Names = "*"
    exporter: Names = "*"
    segment: Names | None = None


class _Levy(_TradeInstrument):
    specific: NonNegative | None = None
    ad_valorem: NonNegative | None = None
    base: Literal["cif", "fob"] = "cif"

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if (self.specific is None) == (self.ad_valorem is None):
            raise ValueError("give either 'specific' (per unit) or 'ad_valorem' (a share of the base), and only one")
        return self


class ImportTariff(_Levy):
    """A levy at the importer's border, per unit or as a share of cif or fob value; the importer's treasury takes it."""

    instrument: Literal["import_tariff"]


class ExportTax(_Levy):
    """A levy at the exporter's border; the exporter's treasury takes it."""

    instrument: Literal["export_tax"]


class Subsidy(_Levy):
    """A payment per traded unit, by the exporter where only `exporter` is named, else by the importer."""

    instrument: Literal["subsidy"]


class _Quota(_TradeInstrument):
    quantity: NonNegative
    per: Literal["total", "importer", "exporter", "pair"] = "total"


class ExportQuota(_Quota):
    """At most `quantity` a year may leave; the right's price is the rent, kept by `rent_to`."""

    instrument: Literal["export_quota"]
    rent_to: RentTo = "exporter"


class ImportQuota(_Quota):
    """At most `quantity` a year may enter; the right's price is the rent, kept by `rent_to`."""

    instrument: Literal["import_quota"]
    rent_to: RentTo = "importer"


class Rate(Value):
    """A rate per unit or as a share of the base value."""

    specific: NonNegative | None = None
    ad_valorem: NonNegative | None = None

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if (self.specific is None) == (self.ad_valorem is None):
            raise ValueError("give either 'specific' or 'ad_valorem', and only one")
        return self


class TariffRateQuota(_TradeInstrument):
    """Imports up to `quota` a year pay `in_quota`, those above it `over_quota`."""

    instrument: Literal["tariff_rate_quota"]
    quota: NonNegative
    in_quota: Rate
    over_quota: Rate
    base: Literal["cif", "fob"] = "cif"
    per: Literal["total", "importer", "exporter", "pair"] = "total"
    rent_to: RentTo = "importer"


class ProductionQuota(Instrument):
    """At most `quantity` a year of the commodity is produced (supplied or put out by processes) in `region`."""

    instrument: Literal["production_quota"]
    commodity: Names = "*"
    region: Names = "*"
    quantity: NonNegative


class ExportBan(_TradeInstrument):
    """Nothing leaves; with `segment`, nothing that could reach the segment."""

    instrument: Literal["export_ban"]


class BaseFlow(Value):
    """What a pair of regions traded in the base period, per year."""

    from_: str = Field(alias="from")
    to: str
    quantity: NonNegative


class Licence(_TradeInstrument):
    """Permits for `share` of the base flows: bound to each pair (`ring_fenced`) or sold between pairs (`tradeable`)."""

    instrument: Literal["licence"]
    base: tuple[BaseFlow, ...]
    share: NonNegative
    allocation: Literal["ring_fenced", "tradeable"] = "ring_fenced"
    rent_to: RentTo = "exporter"


class PriceFloor(Instrument):
    """The members' price of the commodity does not fall below `price`; see `upheld_by`."""

    instrument: Literal["price_floor"]
    commodity: Names
    members: Names
    price: NonNegative
    upheld_by: Literal["adjustable_tariff", "purchase", "deficiency_payment"] = "adjustable_tariff"


class Match(Value):
    """Which supplies and processes an `activity` edit meets: all the given words must hold."""

    process: Names | None = None
    supply: Names | None = None
    region: Names | None = None
    owner: Names | None = None
    stage: Names | None = None


class Activity(Instrument):
    """An edit of supplies and processes: cost, capacity, yield, first day."""

    instrument: Literal["activity"]
    match: Match
    cost_delta: float = 0.0
    cost_factor: Positive = 1.0
    capacity_factor: NonNegative = 1.0
    yield_factor: Positive = 1.0
    available_from: str | None = None


class PathStep(Value):
    """What a stockpile buys or releases in one period (a rate per year)."""

    period: str
    buy: NonNegative = 0.0
    release: NonNegative = 0.0


class Stockpile(Instrument):
    """A public stock that buys or releases a given path."""

    instrument: Literal["stockpile"]
    commodity: str
    region: str
    path: tuple[PathStep, ...]


Measure = Annotated[
    ImportTariff
    | ExportTax
    | Subsidy
    | ExportQuota
    | ImportQuota
    | TariffRateQuota
    | ProductionQuota
    | ExportBan
    | Licence
    | PriceFloor
    | Activity
    | Stockpile,
    Field(discriminator="instrument"),
]
