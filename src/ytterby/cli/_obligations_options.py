"""Options that the commands which judge shipments share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ytterby.measures import Register
    from ytterby.obligations import RuleFile

__all__ = ["BREACHES", "Assume", "Folder", "Known", "Reading", "Rules", "law_of", "pairs", "register_of"]

Known = Annotated[str | None, Parameter(name="--known-on", help="Day whose knowledge is used; default that of --on.")]
Assume = Annotated[
    list[str] | None,
    Parameter(name="--assume", negative=(), help="MEASURE_ID:limb=STATE instead of the register's; may be repeated."),
]
Reading = Annotated[
    list[str] | None,
    Parameter(name="--reading", negative=(), help="A disputed reading, NAME=VALUE; may be repeated."),
]
Rules = Annotated[
    Path | None, Parameter(name="--rules", help="A folder with rules of your own, read beside the shipped ones.")
]
Folder = Annotated[
    Path | None, Parameter(name="--register", help="A register folder of your own, read beside the shipped one.")
]
BREACHES = ("prohibited", "denial_in_principle")
"""Outcomes that are a finding (exit code 1): the shipment may not go."""


def pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """Return NAME=VALUE words as a mapping."""
    from ytterby.errors import UsageError

    found: dict[str, str] = {}
    for word in given or ():
        name, sign, value = word.partition("=")
        if not (name.strip() and sign and value.strip()):
            raise UsageError(f"'{word}' is not NAME=VALUE", where=option)
        if name.strip() in found:
            raise UsageError(f"'{name.strip()}' is given twice", where=option)
        found[name.strip()] = value.strip()
    return found


def law_of(folder: Path | None) -> Mapping[str, RuleFile]:
    """Return the shipped rules, with those of a folder beside them."""
    from ytterby.obligations import read_rules, rules

    return rules() if folder is None else read_rules(folder)


def register_of(folder: Path | None) -> Register:
    """Return the shipped register, with that of a folder beside it."""
    from ytterby.measures import Register

    return Register.default() if folder is None else Register.read(folder, beside=Register.default())
