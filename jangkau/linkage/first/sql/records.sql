-- Reads accepted_row (all files, as read) and folded_name; writes record: one line per row, with what is compared.
-- rid follows the content of the rows (ref), never their place in a file, so that figures do not hang on order.
-- Running it again replaces the table.
CREATE OR REPLACE TABLE record AS
WITH
cleaned AS (
    SELECT
        file_no, line, side, ref, kpj, office,
        CASE WHEN length(a.nik) BETWEEN 13 AND 18 AND regexp_full_match(a.nik, '[0-9]+')
              AND NOT regexp_full_match(a.nik, '0+|1+|2+|3+|4+|5+|6+|7+|8+|9+') THEN a.nik END AS nik,
        nik_valid,
        f.folded AS name, f.words, f.first_word, f.last_word,
        tanggal_lahir AS born, lahir_presisi = 'day' AS born_to_the_day,
        CASE WHEN nik_valid THEN {nik_birth_date} END AS nik_born,
        coalesce(jenis_kelamin, CASE WHEN nik_valid THEN {nik_sex} END) AS sex,
        CASE WHEN length(kode_wilayah) >= 4 THEN substr(kode_wilayah, 1, 4) END AS region4,
        CASE WHEN length(no_hp) >= 9 AND NOT regexp_full_match(no_hp, '(62)?8?(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)') THEN no_hp END AS phone
    FROM accepted_row AS a LEFT JOIN folded_name AS f USING (nama)
),
keyed AS (
    SELECT *, coalesce(CASE WHEN born_to_the_day THEN born END, nik_born) AS born_known FROM cleaned
)
SELECT
    CAST(row_number() OVER (ORDER BY ref, file_no, line) - 1 AS INTEGER) AS rid, *,
    -- day and month in one order, so that a swapped date falls into the same block
    CAST(year(born_known) AS VARCHAR) || '-' || least(day(born_known), month(born_known)) || '-'
        || greatest(day(born_known), month(born_known)) AS born_key,
    CAST(year(coalesce(born, nik_born)) AS VARCHAR) AS born_year,
    strftime(born_known, '%m-%d') AS born_day
FROM keyed
