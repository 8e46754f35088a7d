-- Whether a loan of KUR makes its borrower join, and beside it what every own-account worker owes: as law/duty.py answers.
--
-- Reads loan, one row each: id; kur, its type as people write it; plafon, its ceiling in rupiah; agreed, the day of the
-- agreement; employer, whether the borrower employs others (NULL: nobody said); and the tables kur_rule and general_duty that
-- law/kur_tables.py makes. A plafon that is not known matters only where the law asks for it.
--
-- Defines the view loan_duty, one row for each loan: id; kur, as the law names it; duty: must, may, none, unknown; article;
-- instrument; verified; source; question_id and question_en, what is open; general_duty, general_compulsory,
-- general_voluntary, general_article, general_verified, general_question_en;
-- refused, the fact that is missing or impossible: duty is NULL then.
-- Nothing is written; running it again is safe.
CREATE OR REPLACE VIEW loan_duty AS
WITH named AS (
    SELECT id, plafon, agreed, coalesce(employer, FALSE) AS employer,
        CASE WHEN plain = 'tki' THEN 'pmi' ELSE plain END AS kur
    FROM (SELECT loan.*, replace(replace(lower(trim(kur)), '-', '_'), ' ', '_') AS plain FROM loan) AS written
), ruled AS (
    SELECT n.id, n.kur, n.plafon, n.agreed, n.employer, r.duty, r.article, r.instrument, r.source, r.question_id, r.question_en,
        r.verified AND n.agreed >= r.certain_from AND coalesce(n.plafon BETWEEN r.type_from AND r.type_to, TRUE) AS verified,
        CASE WHEN n.kur IS NULL OR n.kur NOT IN (SELECT kur FROM kur_rule) THEN 'kur'
             WHEN n.agreed < (SELECT min(valid_from) FROM kur_rule) OR n.agreed >= (SELECT max(valid_until) FROM kur_rule)
             THEN 'agreed'
             WHEN n.plafon NOT BETWEEN 1 AND 10000000000 THEN 'plafon'
             WHEN r.kur IS NULL THEN 'agreed'
             WHEN r.needs_plafon AND n.plafon IS NULL THEN 'plafon' END AS refused
    FROM named AS n
    LEFT JOIN kur_rule AS r ON r.kur = n.kur AND n.agreed >= r.valid_from AND n.agreed < r.valid_until
        AND coalesce(n.plafon, 1) >= r.plafon_from AND coalesce(n.plafon, 1) <= r.plafon_to
)
SELECT ruled.id, ruled.kur,
    CASE WHEN refused IS NULL THEN ruled.duty END AS duty,
    CASE WHEN refused IS NULL THEN ruled.article END AS article,
    CASE WHEN refused IS NULL THEN ruled.instrument END AS instrument,
    refused IS NULL AND ruled.verified AS verified,
    CASE WHEN refused IS NULL THEN ruled.source END AS source,
    CASE WHEN refused IS NULL THEN ruled.question_id END AS question_id,
    CASE WHEN refused IS NULL THEN ruled.question_en END AS question_en,
    g.duty AS general_duty, g.compulsory AS general_compulsory, g.voluntary AS general_voluntary,
    g.article AS general_article, g.verified AS general_verified, g.question_en AS general_question_en,
    refused
FROM ruled JOIN general_duty AS g ON g.employer = ruled.employer;
