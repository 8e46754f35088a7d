"""A list that arrives: recognised, repaired, checked; accepted rows as Parquet, refused rows with reasons, a
profile."""

from jangkau.lists.first_rows import NUMBERS, FirstRows, first_rows, masked, usable
from jangkau.lists.flags import FLAGS, LABELS, REFUSALS, REPAIRS
from jangkau.lists.layouts import column_names, required_names
from jangkau.lists.profile import Counts, Profile
from jangkau.lists.reading import Reading, read, recognise

__all__ = [
    "FLAGS",
    "LABELS",
    "NUMBERS",
    "REFUSALS",
    "REPAIRS",
    "Counts",
    "FirstRows",
    "Profile",
    "Reading",
    "column_names",
    "first_rows",
    "masked",
    "read",
    "recognise",
    "required_names",
    "usable",
]
