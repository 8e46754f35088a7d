"""The yardstick: Splink 5 on DuckDB, with the settings of its own tutorials and examples. Run as a process.

    python -m benchmarks.by_splink people tutorial LEFT RIGHT OUT [--threads 2] [--u-pairs 1e8]
    python -m benchmarks.by_splink people tuned LEFT RIGHT OUT
    python -m benchmarks.by_splink febrl4 example LEFT RIGHT OUT

**people**. Of Splink's examples the one that links two lists of people with an identifier is febrl4; the settings
follow it, with the advice of tutorials 3, 4, 8 and 9 for larger data:

* comparisons: given name and surname `NameComparison` with term frequencies; birth date `DateOfBirthComparison`;
  the identifier `DamerauLevenshteinAtThresholds(1, 2)`; region `ExactMatch` with term frequencies (city in the
  tutorials); sex and phone `ExactMatch`;
* prediction blocks: many strict rules rather than few loose ones (tutorial 8): eight, over the same ideas as
  Jangkau's blocks;
* prior: `estimate_probability_two_random_records_match` from two deterministic rules with recall 0.8 (febrl4);
* u: `estimate_u_using_random_sampling`, 10^7 pairs, as in the largest example and "at least" that in tutorial 4;
  the 10^8 or 10^9 that tutorial 9 recommends for a final model would take minutes more (`--u-pairs 1e8`);
* m: two sessions of EM `estimate_without_term_frequencies` (febrl4); the tutorials block on birth date, which at 1M
  x 5M is 3 x 10^8 pairs, so birth date and region, then names and region: both hold 1 to 99 % matches, as the
  manual asks;
* intermediate columns are not kept (tutorial 8); predict at 0.05, so that the best threshold can be found.

**tuned** for speed by what tutorial 9 offers and by what was measured: u from 10^6 pairs (Splink's default); EM
from at most 10^6 pairs; the prior from a tenth of the records; Levenshtein (0.3 microseconds a pair in DuckDB)
where the example has Damerau-Levenshtein (2); no matching columns kept; and names folded as Jangkau folds them, so
that equal names are equal strings.

Cleaning is done beforehand and **not** counted (`prepared`): letters, titles and dummy numbers as tutorial 1 asks
for; Jangkau is timed on the raw files. Counted is the process: start, reading Parquet, training, predicting,
writing pairs.
"""

from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from jangkau.persons.names import fold_column

LEAST = 0.05  # pairs below are not written


@dataclass(frozen=True)
class Plan:
    """What one way of running Splink asks for."""

    settings: Any
    prior_rules: list[Any]
    prior_sample: float
    u_pairs: float
    em_rules: list[Any]
    em_pairs: float | None
    least: float


def people_plan(*, tuned: bool, u_pairs: float | None) -> Plan:
    """Lists and register; columns as `prepared` writes them."""
    edits = cl.LevenshteinAtThresholds if tuned else cl.DamerauLevenshteinAtThresholds
    return Plan(
        settings=SettingsCreator(
            unique_id_column_name="id",
            link_type="link_only",
            blocking_rules_to_generate_predictions=[
                block_on("nik"),
                block_on("dob", "first_name"),
                block_on("dob", "surname"),
                block_on("substr(nik, 1, 12)"),
                block_on("phone"),
                block_on("name", "region"),
                block_on("substr(nik, 7)", "first_name"),
                block_on("dob", "region", "sex"),
            ],
            comparisons=[
                cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
                cl.NameComparison("surname").configure(term_frequency_adjustments=True),
                cl.DateOfBirthComparison("dob", input_is_string=False),
                edits("nik", [1, 2]),
                cl.ExactMatch("region").configure(term_frequency_adjustments=True),
                cl.ExactMatch("sex"),
                cl.ExactMatch("phone"),
            ],
            retain_matching_columns=not tuned,
            retain_intermediate_calculation_columns=False,
        ),
        prior_rules=[block_on("nik"), block_on("first_name", "surname", "dob")],
        prior_sample=0.1 if tuned else 1.0,
        u_pairs=u_pairs or (1e6 if tuned else 1e7),
        em_rules=[block_on("dob", "region"), block_on("first_name", "surname", "region")],
        em_pairs=1e6 if tuned else None,
        least=LEAST,
    )


def febrl4_plan() -> Plan:
    """The detailed model of Splink's own example of FEBRL 4, with its prior, training and threshold."""
    return Plan(
        settings=SettingsCreator(
            unique_id_column_name="rec_id",
            link_type="link_only",
            blocking_rules_to_generate_predictions=[
                block_on("given_name", "surname"),
                "l.given_name = r.surname and l.surname = r.given_name",
                block_on("date_of_birth"),
                block_on("soc_sec_id"),
                block_on("state", "address_1"),
                block_on("street_number", "address_1"),
                block_on("postcode"),
            ],
            comparisons=[
                cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
                cl.NameComparison("surname").configure(term_frequency_adjustments=True),
                cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
                cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
                cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
                cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
            ],
        ),
        prior_rules=[block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
        prior_sample=1.0,
        u_pairs=2e6,
        em_rules=[block_on("date_of_birth"), block_on("postcode")],
        em_pairs=None,
        least=0.001,  # the example predicts at 0.2; lower can only help its best threshold
    )


def link(*, plan: Plan, left: Path, right: Path, out: Path, threads: int) -> None:
    """Train, predict, write left_id, right_id, probability."""
    connection = duckdb.connect(config={"threads": threads})
    for name, path in (("a_left", left), ("b_right", right)):
        options = ", all_varchar = true" if path.suffix == ".csv" else ""
        reader = "read_csv" if path.suffix == ".csv" else "read_parquet"
        connection.execute(f"CREATE TABLE {name}_rows AS SELECT * FROM {reader}('{path}'{options})")
    database = DuckDBAPI(connection=connection)
    tables = [database.register(f"{name}_rows", dataset_display_name=name) for name in ("a_left", "b_right")]
    linker = Linker(tables, plan.settings)
    linker.training.estimate_probability_two_random_records_match(
        plan.prior_rules, recall=0.8, record_sample_proportion=plan.prior_sample
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=plan.u_pairs, seed=None)
    for rule in plan.em_rules:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True, max_pairs=plan.em_pairs
        )
    pairs = linker.inference.predict(threshold_match_probability=plan.least).as_duckdbpyrelation()
    key = plan.settings.unique_id_column_name
    pairs.project(f"{key}_l AS left_id, {key}_r AS right_id, match_probability AS probability").to_parquet(str(out))


# What the example data calls for: titles before a name; after the comma stand degrees.
_LETTERED = "trim(regexp_replace(replace(upper(split_part(nama, ',', 1)), '.', ' '), '[^A-Z]+', ' ', 'g'))"
_TITLES = "'^((H|HJ|HAJI|HAJJAH|IR|DR|DRS|DRA|PROF|KH|TN|NY|SDR|SDRI|BPK|ALM|ALMH) )+'"


def prepared(*, source: Path, into: Path, key: str, folded: bool) -> None:
    """One file of invented people as Splink's tutorial 1 wants it: clean, missing as NULL, a column for each idea."""
    table = pq.read_table(source)
    name = f"regexp_replace({_LETTERED}, {_TITLES}, '')"
    if folded:
        table = table.append_column("folded", fold_column(table.column("nama").cast(pa.string())))
        name = "folded"
    with duckdb.connect() as connection:
        connection.register("source", table)
        connection.execute(
            f"""COPY (
            WITH named AS (SELECT *, nullif({name}, '') AS name FROM source)
            SELECT {key} AS id,
                CASE WHEN regexp_full_match(nik, '[0-9]{{13,18}}')
                     AND NOT regexp_full_match(nik, '0+|1+|2+|3+|4+|5+|6+|7+|8+|9+') THEN nik END AS nik,
                name,
                split_part(name, ' ', 1) AS first_name,
                CASE WHEN contains(name, ' ') THEN split_part(name, ' ', -1) END AS surname,
                try_cast(tanggal_lahir AS DATE) AS dob, jenis_kelamin AS sex, kode_wilayah AS region,
                CASE WHEN length(no_hp) >= 9 THEN no_hp END AS phone
            FROM named) TO '{into}' (FORMAT parquet)"""
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", choices=("people", "febrl4"))
    parser.add_argument("way", choices=("tutorial", "tuned", "example"))
    parser.add_argument("left", type=Path)
    parser.add_argument("right", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--u-pairs", type=float)
    given = parser.parse_args()
    logging.getLogger("splink").setLevel(logging.WARNING)
    people = given.data == "people"
    plan = people_plan(tuned=given.way == "tuned", u_pairs=given.u_pairs) if people else febrl4_plan()
    link(plan=plan, left=given.left, right=given.right, out=given.out, threads=given.threads)


if __name__ == "__main__":
    main()
