-- How bitmaps of registry_bitmap are read and kept. Running it again replaces the functions.

-- The places in an order, from one on, forwards or backwards, that fit all dimensions of wanted ({dimension: [values]}) and that the user
-- may see: by chunks of 32768 places that have some, until there are enough. at_chunk * 32768 + 1 is the place of the first bit.
CREATE OR REPLACE FUNCTION registry_walk(of_run BIGINT, an_order TEXT, wanted JSONB, beyond INTEGER, backwards BOOLEAN, enough INTEGER,
    OUT at_chunk INTEGER, OUT fits BIT VARYING, OUT people BIGINT) RETURNS SETOF RECORD LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    who TEXT := scope_people();
    names TEXT[];
    codes TEXT[];
    dimensions INTEGER;
    first INTEGER := (beyond - 1) / 32768;
    met BIGINT := 0;
BEGIN
    IF who IN ('all', 'office') THEN
        wanted := wanted || '{"viewer": [""]}';
    ELSIF who IN ('lists', 'staff') THEN  -- what they were in the run before is of the register
        wanted := (wanted - 'before') || jsonb_build_object('viewer', jsonb_build_array('i' || scope_institution()));
    ELSE
        RETURN;
    END IF;
    IF who = 'office' THEN
        wanted := wanted || jsonb_build_object('region', (SELECT coalesce(jsonb_agg(r), '[]') FROM unnest(scope_regions()) AS r
            WHERE NOT wanted ? 'region' OR wanted -> 'region' ? r));
    END IF;
    SELECT array_agg(d.key), array_agg(v.code) INTO names, codes
        FROM jsonb_each(wanted) AS d CROSS JOIN jsonb_array_elements_text(d.value) AS v (code);
    SELECT count(*) INTO dimensions FROM jsonb_object_keys(wanted);
    FOR at_chunk IN
        SELECT one.chunk FROM (
            SELECT w.name, m.chunk FROM unnest(names, codes) AS w (name, code) JOIN registry_bitmap AS m
            ON m.run_id = of_run AND m.in_order = an_order AND m.dimension = w.name AND m.value = w.code
            AND m.chunk BETWEEN CASE WHEN backwards THEN 0 ELSE coalesce(first, 0) END AND
                CASE WHEN backwards THEN coalesce(first, 65536) ELSE 65536 END
            GROUP BY w.name, m.chunk) AS one
        GROUP BY one.chunk HAVING count(*) = dimensions ORDER BY CASE WHEN backwards THEN -one.chunk ELSE one.chunk END
    LOOP
        SELECT bit_and(one.bits) INTO fits FROM (
            SELECT bit_or(m.bits) AS bits FROM unnest(names, codes) AS w (name, code) JOIN registry_bitmap AS m
            ON m.run_id = of_run AND m.in_order = an_order AND m.dimension = w.name AND m.value = w.code AND m.chunk = at_chunk
            GROUP BY w.name) AS one;
        IF at_chunk = first THEN
            fits := fits & CASE WHEN backwards THEN (~ CAST(B'0' AS BIT(32768))) << 32768 - (beyond - 1) % 32768
                ELSE (~ CAST(B'0' AS BIT(32768))) >> (beyond - 1) % 32768 + 1 END;
        END IF;
        people := bit_count(fits);
        IF people > 0 THEN
            RETURN NEXT;
            met := met + people;
            EXIT WHEN met >= enough;
        END IF;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION registry_walk(BIGINT, TEXT, JSONB, INTEGER, BOOLEAN, INTEGER) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry_walk(BIGINT, TEXT, JSONB, INTEGER, BOOLEAN, INTEGER) TO jangkau_web;

-- Set or clear one place of one bitmap.
CREATE OR REPLACE FUNCTION registry_mark(of_run BIGINT, an_order TEXT, name TEXT, code TEXT, place INTEGER, yes BOOLEAN) RETURNS VOID
LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO registry_bitmap AS m (run_id, in_order, dimension, value, chunk, bits)
    VALUES (of_run, an_order, name, code, (place - 1) / 32768,
        set_bit(CAST(B'0' AS BIT(32768)), (place - 1) % 32768, CAST(yes AS INTEGER)))
    ON CONFLICT (run_id, in_order, dimension, value, chunk) DO UPDATE
    SET bits = set_bit(m.bits, (place - 1) % 32768, CAST(yes AS INTEGER))
$$;

-- The same of a line in all its orders: what it was and what it is now, for those who may see it.
CREATE OR REPLACE FUNCTION registry_mark_line(of_run BIGINT, orders JSONB, viewers TEXT[], was TEXT, now_is TEXT, is_open BOOLEAN)
RETURNS VOID LANGUAGE sql SET search_path = public, pg_temp AS $$
    SELECT registry_mark(of_run, o.key, change.name, change.code, CAST(o.value AS INTEGER), change.yes)
    FROM jsonb_each_text(orders) AS o CROSS JOIN (
        SELECT 'status', was, FALSE UNION ALL SELECT 'status', now_is, TRUE WHERE is_open
        UNION ALL SELECT 'viewer', v, is_open FROM unnest(viewers) AS v) AS change (name, code, yes)
$$;

CREATE OR REPLACE FUNCTION registry_mark_gap() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    its BIGINT;  -- the institution whose lists alone name him
BEGIN
    SELECT min(f.institution_id) INTO its FROM registry_listset AS s JOIN registry_runfile AS f
        ON f.run_id = s.run_id AND f.number = ANY (s.files) WHERE s.id = NEW.list_set
        HAVING count(DISTINCT f.institution_id) = 1 AND bool_and(f.institution_id IS NOT NULL);
    PERFORM registry_mark_line(NEW.run_id, jsonb_build_object('order_place', NEW.order_place, 'order_name', NEW.order_name,
        'order_date', NEW.order_date, 'order_loan', NEW.order_loan), array_remove(ARRAY['', 'i' || its], NULL),
        OLD.status, NEW.status, NEW.open);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION registry_mark_shared() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM registry_mark_line(NEW.run_id, jsonb_build_object('order_place', NEW.order_place, 'order_name', NEW.order_name),
        ARRAY['i' || NEW.institution_id], OLD.status, NEW.status, NEW.open);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION registry_mark(BIGINT, TEXT, TEXT, TEXT, INTEGER, BOOLEAN),
    registry_mark_line(BIGINT, JSONB, TEXT[], TEXT, TEXT, BOOLEAN), registry_mark_gap(), registry_mark_shared() FROM PUBLIC;
