-- Who is asking: the scope of a transaction, signed so that SQL cannot make one up. Everything here is of the owner; the web's
-- role may call the functions and read none of the tables behind them. Running it again replaces it all.
--
-- A scope is the setting jangkau.scope = 'KIND:ID:SIGNATURE'. KIND user: that user; signin: nobody yet, the pages of signing in;
-- public: the public page. Jobs run as the owner and have none. Without a scope, or with a signature that does not fit,
-- scope_kind() is NULL and no policy lets anything through.
CREATE TABLE IF NOT EXISTS offices_scope_key (id SMALLINT PRIMARY KEY DEFAULT 1 CHECK (id = 1), key TEXT NOT NULL);
REVOKE ALL ON offices_scope_key FROM PUBLIC;

CREATE OR REPLACE FUNCTION scope_read() RETURNS TEXT[] LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
DECLARE
    said TEXT := current_setting('jangkau.scope', TRUE);
    parts TEXT[];
    secret TEXT;
BEGIN
    IF said IS NULL OR said !~ '^(user|signin|public):[0-9]{0,18}:[0-9a-f]{64}$' THEN
        RETURN NULL;
    END IF;
    parts := string_to_array(said, ':');
    SELECT key INTO secret FROM offices_scope_key;
    IF secret IS NULL OR parts[3] <> encode(sha256(convert_to(secret, 'UTF8')
            || sha256(convert_to(secret || '|' || parts[1] || ':' || parts[2], 'UTF8'))), 'hex') THEN
        RETURN NULL;
    END IF;
    RETURN parts;
END $$;

CREATE OR REPLACE FUNCTION scope_kind() RETURNS TEXT LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$ SELECT (scope_read())[1] $$;

-- The user of the scope, NULL when he was dismissed.
CREATE OR REPLACE FUNCTION scope_user() RETURNS BIGINT LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT u.id FROM (SELECT scope_read() AS said) AS s JOIN offices_user AS u
        ON u.id = CASE WHEN s.said[1] = 'user' THEN CAST(s.said[2] AS BIGINT) END AND u.is_active
$$;

CREATE OR REPLACE FUNCTION scope_role() RETURNS TEXT LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$ SELECT role FROM offices_user WHERE id = scope_user() $$;

-- Which people the role sees, as roles.py has it: all, those of the office's regions, those on lists of the institution (of a bank, or
-- of staff), or none.
CREATE OR REPLACE FUNCTION scope_people() RETURNS TEXT LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN role = 'analyst' THEN 'all'
        WHEN role IN ('regional_office', 'branch_head', 'branch_officer') THEN 'office'
        WHEN role = 'bank_officer' THEN 'lists'
        WHEN role = 'institution_officer' THEN 'staff'
        WHEN role IS NOT NULL THEN 'none' END
    FROM (SELECT scope_role() AS role) AS r
$$;

CREATE OR REPLACE FUNCTION scope_office() RETURNS BIGINT LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$ SELECT office_id FROM offices_user WHERE id = scope_user() $$;

CREATE OR REPLACE FUNCTION scope_institution() RETURNS BIGINT LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$ SELECT institution_id FROM offices_user WHERE id = scope_user() $$;

-- The user's office and the branches below it.
CREATE OR REPLACE FUNCTION scope_offices() RETURNS BIGINT[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(o.id), '{}') FROM offices_office AS o WHERE o.id = scope_office() OR o.above_id = scope_office()
$$;

-- Regencies and cities (four digits) that these offices serve today; for a local government and a prosecutor, those of their region.
CREATE OR REPLACE FUNCTION scope_regions() RETURNS TEXT[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT r.region), '{}') FROM offices_officeregion AS r
    WHERE r.office_id = ANY (scope_offices()) AND r.period @> CURRENT_DATE
$$;

-- The region of a local government or prosecutor: two digits of a province or four of a regency; '' for the whole country of a
-- ministry; NULL for everybody else.
CREATE OR REPLACE FUNCTION scope_territory() RETURNS TEXT LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT i.region FROM offices_institution AS i
    WHERE i.id = scope_institution() AND scope_role() IN ('institution_officer', 'prosecutor')
$$;
