-- Decisions about doubtful pairs: one reader wins, the others are told; what follows for the people of the pair. All of it in functions of
-- the owner, so that nobody decides outside his regions or in another's name. Running it again replaces the functions.

-- What somebody of a run is after all decisions about his pairs. Writes registry_gap, registry_sharedgap and registry_change; from the
-- same decisions always the same.
CREATE OR REPLACE FUNCTION registry_restate(of_run BIGINT, who UUID) RETURNS VOID LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    g RECORD;
    c registry_change;
    was TEXT;
    now_is TEXT;
    was_chance FLOAT;
    now_chance FLOAT;
BEGIN
    SELECT * INTO g FROM registry_gap WHERE person = who AND run_id = of_run FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT * INTO c FROM registry_change WHERE run_id = of_run AND person = who;
    was := coalesce(c.was, g.status);
    was_chance := coalesce(c.was_chance, 1 - g.probability);
    now_is := CASE
        -- the right of two rows of one person is counted with the left, when that one is in the gap too
        WHEN EXISTS (SELECT 1 FROM registry_pair AS p WHERE p.run_id = of_run AND p.kind = 'same_person' AND p.answer = 'same'
            AND p.person <> p.other AND (p.other = who OR (p.person = who
                AND NOT EXISTS (SELECT 1 FROM registry_gap AS o WHERE o.person = p.other AND o.run_id = of_run)))) THEN 'merged'
        WHEN EXISTS (SELECT 1 FROM registry_pair AS p WHERE p.run_id = of_run AND p.kind = 'member' AND p.person = who
            AND p.answer = 'same' AND p.right_state IN ('active', 'in_grace')) THEN 'protected'
        WHEN EXISTS (SELECT 1 FROM registry_pair AS p WHERE p.run_id = of_run AND p.kind = 'member' AND p.person = who
            AND p.answer = 'same') THEN 'lapsed'
        WHEN was = 'doubtful' AND EXISTS (SELECT 1 FROM registry_pair AS p WHERE p.run_id = of_run AND p.kind = 'member'
            AND p.person = who) AND NOT EXISTS (SELECT 1 FROM registry_pair AS p WHERE p.run_id = of_run
            AND p.kind = 'member' AND p.person = who AND p.answer <> 'different') THEN 'not_found'
        ELSE was END;
    IF now_is = was THEN
        DELETE FROM registry_change WHERE run_id = of_run AND person = who;
    ELSE
        now_chance := CASE WHEN now_is IN ('merged', 'protected') THEN 0 ELSE 1 END;
        INSERT INTO registry_change (run_id, person, region, list_set, kur_type, duty, sex, age_group, was, now, was_chance, now_chance, at)
        VALUES (of_run, who, g.region, g.list_set, g.kur_type, g.duty, g.sex, g.age_group, was, now_is, was_chance, now_chance,
            clock_timestamp())
        ON CONFLICT (run_id, person) DO UPDATE SET now = excluded.now, now_chance = excluded.now_chance, at = excluded.at;
    END IF;
    IF g.status <> now_is THEN
        UPDATE registry_gap SET status = now_is, open = now_is NOT IN ('merged', 'protected') WHERE person = who AND run_id = of_run;
        UPDATE registry_sharedgap SET status = now_is, open = now_is NOT IN ('merged', 'protected')
            WHERE person = who AND run_id = of_run;
    END IF;
END $$;

-- State and answer of a pair, from what its readers said.
CREATE OR REPLACE FUNCTION registry_settle(which BIGINT) RETURNS VOID LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    p RECORD;
    said TEXT[];
    new_state TEXT;
    new_answer TEXT;
BEGIN
    SELECT * INTO p FROM registry_pair WHERE id = which FOR UPDATE;
    -- one after the other: people far apart share bitmaps, and two decisions would wait for each other
    PERFORM pg_advisory_xact_lock(734515, CAST(p.run_id AS INTEGER));
    SELECT array_agg(d.answer ORDER BY d.reading) INTO said FROM registry_decision AS d WHERE d.undone_at IS NULL
        AND d.left_ref = least(p.left_ref, p.right_ref) AND d.right_ref = greatest(p.left_ref, p.right_ref);
    SELECT s, a INTO new_state, new_answer FROM (SELECT CASE
        WHEN said IS NULL THEN 'open'
        WHEN cardinality(said) = 1 AND p.sampled THEN 'second'
        WHEN cardinality(said) = 2 AND said[1] <> said[2] THEN 'disputed'
        ELSE 'decided' END AS s,
        CASE WHEN said IS NULL OR (cardinality(said) = 2 AND said[1] <> said[2]) THEN '' ELSE said[cardinality(said)] END AS a) AS t;
    UPDATE registry_pair SET state = new_state, answer = new_answer WHERE id = which;
    PERFORM registry_restate(p.run_id, p.person);
    IF p.other IS NOT NULL THEN
        PERFORM registry_restate(p.run_id, p.other);
    END IF;
END $$;
REVOKE ALL ON FUNCTION registry_restate(BIGINT, UUID), registry_settle(BIGINT) FROM PUBLIC;

-- What the user says of a pair as its reader number at_reading. 'done'; 'taken' when somebody was first or he has read it already;
-- 'unseen' when it is not his to decide.
CREATE OR REPLACE FUNCTION registry_decide(which BIGINT, said TEXT, at_reading INTEGER, address INET) RETURNS TEXT LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p RECORD;
    low TEXT;
    high TEXT;
    readings INTEGER;
BEGIN
    SELECT * INTO p FROM registry_pair WHERE id = which FOR UPDATE;
    IF NOT FOUND OR scope_people() NOT IN ('all', 'office')
        OR NOT registry_sees(p.region, NULL) THEN
        RETURN 'unseen';
    END IF;
    low := least(p.left_ref, p.right_ref);
    high := greatest(p.left_ref, p.right_ref);
    SELECT count(*) INTO readings FROM registry_decision AS d
        WHERE d.left_ref = low AND d.right_ref = high AND d.undone_at IS NULL;
    IF at_reading <> readings + 1 OR p.state = 'decided' OR EXISTS (SELECT 1 FROM registry_decision AS d
        WHERE d.left_ref = low AND d.right_ref = high AND d.undone_at IS NULL AND d.by_id = scope_user()) THEN
        RETURN 'taken';
    END IF;
    IF at_reading = 3 AND scope_role() = 'branch_officer' THEN
        RETURN 'unseen';
    END IF;
    INSERT INTO registry_decision (left_ref, right_ref, region, reading, answer, by_id, at)
    VALUES (low, high, p.region, at_reading, said, scope_user(), clock_timestamp());
    PERFORM registry_settle(which);
    PERFORM offices_record('decided_pair', 'pair', CAST(which AS TEXT), '', address,
        jsonb_build_object('answer', said, 'reading', at_reading));
    RETURN 'done';
END $$;

-- The user takes back what he said, unless another reader has followed: then 'taken'.
CREATE OR REPLACE FUNCTION registry_undo(which BIGINT, address INET) RETURNS TEXT LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    d RECORD;
    one RECORD;
BEGIN
    SELECT * INTO d FROM registry_decision WHERE id = which AND by_id = scope_user() AND undone_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unseen';
    END IF;
    PERFORM 1 FROM registry_pair AS p WHERE (p.left_ref, p.right_ref) IN ((d.left_ref, d.right_ref), (d.right_ref, d.left_ref))
        ORDER BY p.id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM registry_decision AS o WHERE o.left_ref = d.left_ref AND o.right_ref = d.right_ref
        AND o.undone_at IS NULL AND o.reading > d.reading) THEN
        RETURN 'taken';
    END IF;
    UPDATE registry_decision SET undone_at = clock_timestamp() WHERE id = which;
    FOR one IN SELECT p.id FROM registry_pair AS p
        WHERE (p.left_ref, p.right_ref) IN ((d.left_ref, d.right_ref), (d.right_ref, d.left_ref)) LOOP
        PERFORM registry_settle(one.id);
    END LOOP;
    PERFORM offices_record('undid_decision', 'decision', CAST(which AS TEXT), '', address, '{}');
    RETURN 'done';
END $$;
REVOKE ALL ON FUNCTION registry_decide(BIGINT, TEXT, INTEGER, INET), registry_undo(BIGINT, INET) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry_decide(BIGINT, TEXT, INTEGER, INET), registry_undo(BIGINT, INET) TO jangkau_web;
