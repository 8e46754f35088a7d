"""What reviewers decided is a fact for the next run."""

from __future__ import annotations

import pytest

from jangkau.complaints import Complaint

from .office import BUDI, CROWD, SITI, Folder, Result, Somebody

PAID, LAPSED = "00000000201", "00000000202"
NAMESAKE = Somebody(BUDI.name, BUDI.born, "L", 77, "127305")


@pytest.fixture
def unsure(folder: Folder) -> Folder:
    """Budi without NIK, and two members of his name and birth date: one protected, one lapsed."""
    folder.register(
        BUDI.row("register", kpj=PAID, lunas_sampai="2021-05", nama_ibu="LASMI"),
        NAMESAKE.row("register", kpj=LAPSED, lunas_sampai="2018-01", nama_ibu="RUKIAH"),
    )
    folder.list("kur", BUDI.row("kur", nik=None, kode_wilayah=None), SITI.row("kur"))
    return folder


def decide(folder: Folder, *rows: str, head: str = "left,right,same,by,at") -> Result:
    folder.write("decisions.csv", "\n".join([head, *rows, ""]))
    return folder.plan(decisions="decisions.csv").run()


def budi(result: Result) -> tuple[str, str | None]:
    (person,) = [row for row in result.people if row["name"] == BUDI.name]
    return person["status"], person["kpj"]


def left_of(result: Result) -> str:
    """The reference of Budi's list row, as doubtful.parquet gives it."""
    (left,) = {row["left"] for row in result.rows("doubtful")}
    return str(left)


def right_of(result: Result, kpj: str) -> str:
    (right,) = {row["right"] for row in result.rows("doubtful") if row["right_kpj"] == kpj}
    return str(right)


def test_without_a_decision_he_is_doubtful(unsure: Folder) -> None:
    result = unsure.run()
    assert budi(result)[0] == "doubtful"
    shown = {row["right_kpj"]: row for row in result.rows("doubtful")}
    assert {kpj: row["right_state"] for kpj, row in shown.items()} == {PAID: "active", LAPSED: "lapsed"}
    assert {(row["kind"], row["left_file"], row["left_line"]) for row in shown.values()} == {("member", "kur.csv", 2)}
    assert all(row["evidence_name"].startswith("nama sama") for row in shown.values())


def test_two_rows_that_may_be_one_person_are_shown_with_evidence(folder: Folder) -> None:
    rows = BUDI.row("kur"), BUDI.row("kur", nik=None, nama="BUDI SUSANTO")
    result = folder.register().list("kur", *rows, *(who.row("kur") for who in CROWD[:5])).run()
    (pair,) = result.rows("doubtful")
    assert pair["kind"] == "same_person"
    fields = ("nik", "name", "born", "sex", "region", "phone")
    words = ("NIK tidak ada", "satu kata nama sama", "tanggal lahir sama", "jenis kelamin sama", "kabupaten/kota sama")
    for field, said in zip(fields, (*words, "nomor HP tidak ada"), strict=True):
        assert pair[f"evidence_{field}"].startswith(said)


def test_yes_makes_him_that_member(unsure: Folder) -> None:
    first = unsure.run()
    decided = decide(unsure, f"{left_of(first)},{right_of(first, PAID)},ya,ani,2021-05-03")
    assert budi(decided) == ("protected", PAID)
    assert decided.summary["status"]["doubtful"] == 0


def test_yes_to_the_other_makes_him_lapsed(unsure: Folder) -> None:
    first = unsure.run()
    decided = decide(unsure, f"{left_of(first)},{right_of(first, LAPSED)},yes,ani,2021-05-03")
    assert budi(decided) == ("lapsed", LAPSED)


def test_no_to_both_makes_him_not_found(unsure: Folder) -> None:
    left = left_of(unsure.run())
    decided = decide(unsure, f"{left},{PAID},tidak,ani,2021-05-03", f"{left},{LAPSED},no,ani,2021-05-03")
    assert budi(decided) == ("not_found", None)
    assert decided.summary["unprotected"]["estimate"] == 2
    assert decided.rows("doubtful") == []


def test_no_to_one_leaves_the_other(unsure: Folder) -> None:
    decided = decide(unsure, f"{left_of(unsure.run())},{PAID},tidak,ani,2021-05-03")
    assert budi(decided) == ("lapsed", LAPSED)


def test_a_row_may_be_called_by_file_and_line_and_a_member_by_his_kpj(unsure: Folder) -> None:
    assert budi(decide(unsure, f"kur.csv:2,{PAID},ya,ani,2021-05-03")) == ("protected", PAID)


def test_left_and_right_may_be_exchanged(unsure: Folder) -> None:
    assert budi(decide(unsure, f"{PAID},kur.csv:2,ya,ani,2021-05-03")) == ("protected", PAID)


@pytest.mark.parametrize("order", [1, -1])
def test_the_latest_decision_counts(unsure: Folder, order: int) -> None:
    left = left_of(unsure.run())
    rows = [f"{left},{PAID},ya,ani,2021-05-03", f"{left},{PAID},tidak,joko,2021-05-04"]
    assert budi(decide(unsure, *rows[::order])) == ("lapsed", LAPSED)


def test_a_decision_goes_before_what_the_fields_say(folder: Folder) -> None:
    folder.register(BUDI.row("register")).list("kur", BUDI.row("kur"))
    assert budi(folder.run())[0] == "protected"
    assert budi(decide(folder, f"kur.csv:2,{BUDI.kpj},tidak,ani,2021-05-03"))[0] == "not_found"


def test_two_rows_told_apart_are_two_people(folder: Folder) -> None:
    row = BUDI.row("kur", tanggal_akad="2020-03-01")
    folder.register().list("kur", BUDI.row("kur"), row)
    assert folder.run().summary["people"] == 1
    decided = decide(folder, "kur.csv:2,kur.csv:3,tidak,ani,2021-05-03")
    assert decided.summary["people"] == len({row["person_id"] for row in decided.people}) == 2


def test_two_rows_that_say_the_same_may_be_told_apart_too(folder: Folder) -> None:
    folder.register().list("kur", BUDI.row("kur"), BUDI.row("kur"))
    assert folder.run().summary["people"] == 1
    decided = decide(folder, "kur.csv:2,kur.csv:3,tidak,ani,2021-05-03")
    assert len({row["person_id"] for row in decided.people}) == 2


def test_two_rows_brought_together_are_one_person(folder: Folder) -> None:
    other = Somebody("BUDY H. SRG", BUDI.born, "L", 900, "127102")
    folder.register().list(
        "kur", BUDI.row("kur"), other.row("kur", kode_wilayah="1208"), *(c.row("kur") for c in CROWD[:4])
    )
    assert folder.run().summary["people"] == 6
    assert decide(folder, "kur.csv:2,kur.csv:3,ya,ani,2021-05-03").summary["people"] == 5


def test_a_decision_about_nobody_here_is_told(unsure: Folder) -> None:
    result = decide(unsure, f"lama.csv:7,{PAID},ya,ani,2021-05-03")
    assert "1 decisions concern no row of these lists." in [warning.en for warning in result.warnings]
    assert budi(result)[0] == "doubtful"


def test_a_file_of_excel_is_read(unsure: Folder) -> None:
    decided = decide(unsure, f"kur.csv:2;{PAID};YA;ani;03/05/2021", head="left;right;same;by;at")
    assert budi(decided) == ("protected", PAID)


def test_no_decision_yet_changes_nothing(unsure: Folder) -> None:
    before = unsure.run().summary
    assert decide(unsure).summary == before


@pytest.mark.parametrize(
    ("head", "row", "says"),
    [
        ("left,right,by,at", "a,b,ani,2021", "Column same is missing"),
        ("left,right,same,by,at", "a,b,mungkin,ani,2021", "yes or no"),
        ("left,right,same,by,at", "a,,ya,ani,2021", "empty"),
    ],
)
def test_a_file_that_cannot_be_understood_is_told(unsure: Folder, head: str, row: str, says: str) -> None:
    with pytest.raises(Complaint, match=says):
        decide(unsure, row, head=head)
