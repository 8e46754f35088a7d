"""Words of the page of a simulation: payers, KUR types, kinds of measures, provinces, amounts as people say them."""

from __future__ import annotations

from datetime import date
from functools import cache

from jangkau.charts import wording
from jangkau.complaints import Text
from jangkau.law.wording import money
from jangkau.places.regions import provinces, region_name

PAYERS = {
    "worker": Text("Pekerja", "Worker"),
    "employer": Text("Pemberi kerja", "Employer"),
    "bank": Text("Bank penyalur", "Bank"),
    "apbn": Text("APBN (negara)", "APBN (state)"),
    "apbd": Text("APBD (daerah)", "APBD (local government)"),
    "village": Text("Desa", "Village"),
    "donor": Text("Donatur", "Donor"),
}
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


def rupiah(value: float) -> Text:
    """An amount as people say it: Rp12,3 miliar; whole rupiah below a million."""
    sign = wording.MINUS if value < 0 else ""
    for size, id_, en in ((1e12, "triliun", "trillion"), (1e9, "miliar", "billion"), (1e6, "juta", "million")):
        if abs(value) >= 0.9995 * size:
            digits = f"{abs(value) / size:.2f}" if abs(value) < 10 * size else f"{abs(value) / size:.1f}"
            space = wording.NO_BREAK
            return Text(f"{sign}Rp{digits.replace('.', ',')}{space}{id_}", f"{sign}Rp{digits}{space}{en}")
    plain = money(amount=round(abs(value)))
    return Text(sign + plain.id, sign + plain.en)


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
