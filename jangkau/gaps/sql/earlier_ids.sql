-- Reads list_row (this run's rows with their person), person, person_name (person, person_id: the id that follows from his
-- own rows) and of an earlier run earlier_link (file, line, person_id, row), earlier_person, retired_id (person_id, row: ids no longer in
-- use); writes row_now, shared (which earlier id and which person of this run have how many rows in common), id_known (every id
-- that was ever given) and carried (person, person_id). Running it again replaces the tables.
CREATE OR REPLACE TABLE row_now AS SELECT {digest} AS row, file_name AS file, line, person FROM list_row JOIN source_file USING (file_no);

CREATE OR REPLACE TABLE shared_row AS
WITH now AS (SELECT row, person, count(*) AS n FROM row_now GROUP BY ALL),
earlier AS (SELECT row, person_id, count(*) AS n FROM earlier_link GROUP BY ALL),
-- rows of equal content that a reviewer told apart: the same file and line is the same row, the rest follow in order
apart AS (SELECT row FROM now GROUP BY row HAVING count(*) > 1 UNION SELECT row FROM earlier GROUP BY row HAVING count(*) > 1),
x AS (SELECT * FROM earlier_link SEMI JOIN apart USING (row)),
y AS (SELECT * FROM row_now SEMI JOIN apart USING (row)),
in_place AS (SELECT row, file, line, person_id, person FROM x JOIN y USING (row, file, line)),
x_rest AS (
    SELECT *, row_number() OVER (PARTITION BY row ORDER BY file, line) AS number FROM x ANTI JOIN in_place USING (row, file, line)
),
y_rest AS (
    SELECT *, row_number() OVER (PARTITION BY row ORDER BY file, line) AS number FROM y ANTI JOIN in_place USING (row, file, line)
)
SELECT e.person_id, w.person, least(e.n, w.n) AS n FROM earlier AS e JOIN now AS w USING (row) ANTI JOIN apart USING (row)
UNION ALL SELECT person_id, person, 1 FROM in_place
UNION ALL SELECT x_rest.person_id, y_rest.person, 1 FROM x_rest JOIN y_rest USING (row, number);

CREATE OR REPLACE TABLE shared AS
SELECT person_id, person, CAST(sum(n) AS BIGINT) AS n, TRUE AS in_use FROM shared_row GROUP BY ALL;

-- rows that were away come back with their id
INSERT INTO shared
SELECT r.person_id, w.person, count(*), FALSE FROM row_now AS w JOIN retired_id AS r USING (row)
WHERE row NOT IN (SELECT row FROM earlier_link) GROUP BY ALL;

-- all his rows were sent anew in other words, but NIK, name and birth date are the same, and nobody else's
INSERT INTO shared
WITH x AS (
    SELECT nik, name, birth_date, min(person_id) AS person_id FROM earlier_person
    ANTI JOIN shared USING (person_id) GROUP BY ALL HAVING count(*) = 1
),
y AS (
    SELECT nik, name, birth_date, min(person) AS person FROM person ANTI JOIN shared USING (person) GROUP BY ALL HAVING count(*) = 1
)
SELECT person_id, person, 0, TRUE FROM x JOIN y USING (nik, name, birth_date);

CREATE OR REPLACE TABLE id_known AS
SELECT DISTINCT person_id FROM earlier_link UNION SELECT DISTINCT person_id FROM retired_id;

-- an id goes to the person with most of its rows; a person offered several keeps the one with most of his
CREATE OR REPLACE TABLE carried AS
WITH offered AS (
    SELECT s.* FROM shared AS s JOIN person_name AS d USING (person)
    QUALIFY row_number() OVER (PARTITION BY s.person_id ORDER BY s.n DESC, d.person_id) = 1
)
SELECT person, person_id FROM offered
QUALIFY row_number() OVER (PARTITION BY person ORDER BY in_use DESC, n DESC, person_id) = 1;
