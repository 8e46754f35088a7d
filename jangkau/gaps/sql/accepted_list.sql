-- Reads the accepted lists, all in one shape; makes the view accepted_list: what each row says, and what follows from it alone.
-- ref is the digest of its content. Running it again replaces the view.
CREATE OR REPLACE VIEW accepted_list AS
SELECT file_no, line, ref, office, tanggal, nik, nik_valid, {usable} IS NOT NULL AS nik_usable, nama, tanggal_lahir, lahir_presisi,
    jenis_kelamin, kode_wilayah, no_hp, skema, plafon,
    coalesce(meninggal, FALSE) AS dead,
    {insured_elsewhere} AS insured_elsewhere,
    layout = 'prakerja' AND status_bekerja = FALSE AS says_not_working,
    (flags & {contradiction_bits}) <> 0 AS contradicts,
    -- a birth date known to the day goes before the one in the NIK, which is slow to read
    CASE WHEN nik_valid AND lahir_presisi IS DISTINCT FROM 'day' THEN {nik_birth_date} END AS nik_birth_date,
    CAST(CASE WHEN layout = 'kur' THEN
        CASE {kur_duty} WHEN 'must' THEN 3 WHEN 'may' THEN 2 WHEN 'unknown' THEN 1 WHEN 'none' THEN 0 END
    END AS TINYINT) AS duty_rank
FROM ({lists})
