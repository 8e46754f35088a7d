"""Words of the page of a simulation: payers, KUR types, kinds of measures, provinces, amounts as people say them."""

from __future__ import annotations

from datetime import date
from functools import cache

from jangkau.complaints import Text
from jangkau.places.regions import provinces, region_name

KUR = {
    "super_mikro": Text("KUR super mikro", "KUR super mikro"),
    "mikro": Text("KUR mikro", "KUR mikro"),
    "kecil": Text("KUR kecil", "KUR kecil"),
    "khusus": Text("KUR khusus", "KUR khusus"),
    "pmi": Text("KUR PMI", "KUR PMI"),
    "": Text("tanpa KUR", "no KUR"),
}
KINDS = {
    "change": Text("nilai lain", "another value"),
    "relief": Text("keringanan", "relief"),
    "subsidy": Text("subsidi", "subsidy"),
    "floor": Text("batas bawah", "floor"),
}
LEVELS = {"low": Text("rendah", "low"), "middle": Text("tengah", "middle"), "high": Text("tinggi", "high")}


def region(code: str) -> Text:
    """A province by its code."""
    if not code:
        return Text("wilayah tidak diketahui", "region not known")
    name = provinces_by_code().get(code) or region_name(code) or code
    return Text(name, name)


@cache
def provinces_by_code() -> dict[str, str]:
    """Today's provinces."""
    return {one.code: one.name for one in provinces(on=date(2027, 12, 31))}
