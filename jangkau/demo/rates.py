"""How often the invented lists and register are wrong. docs/explanation/demo.md says where each number comes from."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from jangkau.complaints import Complaint, Text


@dataclass(frozen=True)
class Rates:
    """Shares between 0 and 1, of rows unless said otherwise. The defaults are no kinder than what lists show.

    Every kind of error of list rows is more frequent in careless offices: `careless_errors` of all errors come from
    `careless_offices` of the offices, and the overall rate stays what it is here.
    """

    nik_missing: float = 0.05
    nik_wrong: float = 0.025
    nik_of_somebody_else: float = 0.10  # of the wrong ones
    nik_spreadsheet: float = 0.004  # beside the wrong ones: 1.27E+15, last digit turned to 0
    nik_kk_swapped: float = 0.006  # of Prakerja rows, beside the wrong ones
    name_changed: float = 0.16
    birth_wrong: float = 0.06  # missing, day and month swapped, only the year, a wrong digit
    second_nik: float = 0.015  # of people; the register carries the other one
    phone_of_relative: float = 0.3  # of people with a known relative: the number is the relative's
    phone_of_neighbour: float = 0.02  # of the other people: somebody's in the same district
    sex_wrong: float = 0.003
    region_missing: float = 0.01
    moved: float = 0.05  # of people on several lists: the older row has the older address
    careless_errors: float = 0.34
    careless_offices: float = 0.05
    register_nik_missing: float = 0.01
    register_nik_wrong: float = 0.005
    register_name_changed: float = 0.05
    register_birth_wrong: float = 0.01

    def doubled(self) -> Rates:
        """Every error twice as often; which of them and in which offices stays."""
        kept = ("nik_of_somebody_else", "careless_errors", "careless_offices")
        names = [field.name for field in fields(self) if field.name not in kept]
        return replace(self, **{name: min(2 * getattr(self, name), 0.9) for name in names})

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value <= 0.9:
                raise Complaint(
                    what=Text("Angka kesalahan di luar batas.", "An error rate is out of bounds."),
                    where=f"--rate {field.name}={value}",
                    why=Text("Nilainya harus antara 0 dan 0,9.", "It must lie between 0 and 0.9."),
                    do=Text(
                        f"Misalnya --rate {field.name}={field.default}",
                        f"For example --rate {field.name}={field.default}",
                    ),
                )
