-- Makes registry_gap, the people not protected, by run; once, in the first migration. A run's partition is made, filled and indexed
-- before it is attached (loading.py), so the indexes here are those that a partition brings along. order_*: the place of each person
-- in each order that pages offer, within the run, so that the key of the next page is one number. region and the other codes
-- compare by bytes. nik is not granted to the web.
CREATE TABLE registry_gap (
    run_id BIGINT NOT NULL,
    person UUID NOT NULL,
    order_place INTEGER NOT NULL,
    order_name INTEGER NOT NULL,
    order_date INTEGER NOT NULL,
    order_loan INTEGER NOT NULL,
    name TEXT NOT NULL,
    birth_date DATE,
    sex TEXT COLLATE "C" NOT NULL,
    age_group TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    list_set INTEGER NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    open BOOLEAN NOT NULL,
    duty TEXT COLLATE "C" NOT NULL,
    kur_type TEXT COLLATE "C" NOT NULL,
    plafon BIGINT,
    probability REAL NOT NULL,
    kpj TEXT NOT NULL,
    segment TEXT NOT NULL,
    paid_until DATE,
    phone TEXT NOT NULL,
    last_list_date DATE,
    not_working BOOLEAN,
    before TEXT COLLATE "C" NOT NULL,
    rows INTEGER[] NOT NULL,
    nik_hint TEXT NOT NULL,
    nik TEXT NOT NULL
) PARTITION BY LIST (run_id);
CREATE UNIQUE INDEX registry_gap_person ON registry_gap (person, run_id);
CREATE INDEX registry_gap_place ON registry_gap (order_place);
CREATE INDEX registry_gap_name ON registry_gap (order_name);
CREATE INDEX registry_gap_date ON registry_gap (order_date);
CREATE INDEX registry_gap_loan ON registry_gap (order_loan);
CREATE INDEX registry_gap_region ON registry_gap (region, order_place);
CREATE INDEX registry_gap_list_set ON registry_gap (list_set, order_place);
CREATE INDEX registry_gap_status ON registry_gap (status, order_place);
CREATE INDEX registry_gap_kur ON registry_gap (kur_type, order_place);
CREATE INDEX registry_gap_kur_loan ON registry_gap (kur_type, order_loan);  -- a kind of loan is a range of loans
CREATE INDEX registry_gap_duty ON registry_gap (duty, order_place);
CREATE INDEX registry_gap_sex ON registry_gap (sex, order_place);
CREATE INDEX registry_gap_age ON registry_gap (age_group, order_place);
CREATE INDEX registry_gap_before ON registry_gap (before, order_place);
