-- Reads pair (a, b: rids) and record; writes compared: for each pair the level of agreement of each field.
-- 9 is missing. A birth date taken from the NIK is evidence only where the NIKs themselves are far apart.
CREATE OR REPLACE TABLE compared AS
WITH
sides AS (
    SELECT p.a, p.b, x.nik AS nik1, y.nik AS nik2,
        x.name AS name1, y.name AS name2, x.words AS words1, y.words AS words2, x.tokens AS tokens1, y.tokens AS tokens2,
        x.first_word AS first1, y.first_word AS first2, x.last_word AS last1, y.last_word AS last2,
        x.name_class AS class1, x.words_class AS held1, y.words_class AS held2,
        x.born AS born1, y.born AS born2, x.born_to_the_day AS day1, y.born_to_the_day AS day2,
        x.nik_born AS nb1, y.nik_born AS nb2,
        x.sex AS sex1, y.sex AS sex2, x.region4 AS region1, y.region4 AS region2, x.phone AS phone1, y.phone AS phone2
    FROM pair AS p JOIN record AS x ON x.rid = p.a JOIN record AS y ON y.rid = p.b
),
with_nik AS (
    SELECT *,
        CASE WHEN nik1 IS NULL OR nik2 IS NULL THEN 9
             WHEN nik1 = nik2 THEN 1
             -- most pairs are far apart: counting unlike digits settles them at a tenth of the cost
             WHEN length(nik1) = length(nik2) AND hamming(nik1, nik2) > 2 THEN 5
             WHEN damerau_levenshtein(nik1, nik2) <= 1
                 -- strangers of one district and day have serials next to each other: no slip of the hand
                 THEN CASE WHEN length(nik1) = length(nik2) AND left(nik1, 12) = left(nik2, 12) THEN 3 ELSE 2 END
             WHEN damerau_levenshtein(nik1, nik2) = 2 THEN 4
             ELSE 5 END AS nik,
        greatest(jaro_winkler_similarity(name1, name2), jaro_winkler_similarity(words1, words2)) AS likeness
    FROM sides
),
with_born AS (
    SELECT *,
        CASE WHEN nik IN (1, 2, 3, 4) THEN born1 ELSE coalesce(born1, nb1) END AS d1,
        CASE WHEN nik IN (1, 2, 3, 4) THEN born2 ELSE coalesce(born2, nb2) END AS d2,
        (born1 IS NULL OR day1) AND (born2 IS NULL OR day2) AS to_the_day
    FROM with_nik
)
SELECT
    a, b,
    CAST(nik AS UTINYINT) AS nik,
    CAST(CASE WHEN name1 IS NULL OR name2 IS NULL OR name1 = '' OR name2 = '' THEN 9
         WHEN words1 = words2 THEN 1
         WHEN list_has_all(tokens1, tokens2) OR list_has_all(tokens2, tokens1)
              OR (length(name1) >= 6 AND starts_with(name2, name1)) OR (length(name2) >= 6 AND starts_with(name1, name2)) THEN 2
         WHEN likeness >= 0.93 THEN 3
         WHEN likeness >= 0.86 THEN 4
         WHEN first1 = first2 OR last1 = last2 THEN 5
         ELSE 6 END AS UTINYINT) AS name,
    CAST(CASE WHEN words1 = words2 THEN class1
         WHEN len(tokens1) < len(tokens2) OR (len(tokens1) = len(tokens2) AND length(name1) < length(name2)) THEN held1
         ELSE held2 END AS UTINYINT) AS rarity,
    CAST(CASE WHEN d1 IS NULL OR d2 IS NULL THEN 9
         WHEN NOT to_the_day THEN CASE WHEN year(d1) = year(d2) THEN 4 ELSE 6 END
         WHEN d1 = d2 THEN 1
         WHEN year(d1) = year(d2) AND day(d1) = month(d2) AND month(d1) = day(d2) THEN 2
         WHEN (year(d1) = year(d2))::INT + (month(d1) = month(d2))::INT + (day(d1) = day(d2))::INT = 2 THEN 3
         WHEN year(d1) = year(d2) THEN 5
         ELSE 6 END AS UTINYINT) AS born,
    CAST(CASE WHEN sex1 IS NULL OR sex2 IS NULL THEN 9 WHEN sex1 = sex2 THEN 1 ELSE 2 END AS UTINYINT) AS sex,
    CAST(CASE WHEN region1 IS NULL OR region2 IS NULL THEN 9 WHEN region1 = region2 THEN 1
         WHEN substr(region1, 1, 2) = substr(region2, 1, 2) THEN 2 ELSE 3 END AS UTINYINT) AS region,
    CAST(CASE WHEN phone1 IS NULL OR phone2 IS NULL THEN 9 WHEN phone1 = phone2 THEN 1 ELSE 2 END AS UTINYINT) AS phone
FROM with_born
