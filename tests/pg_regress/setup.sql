-- Run in each test's database before the test.

-- Everything a client gets of an error but the line in Postgres's source.
CREATE FUNCTION caught(
       statement       text,
   OUT code            text,
   OUT message         text,
   OUT detail          text,
   OUT hint            text,
   OUT column_name     text,
   OUT constraint_name text,
   OUT table_name      text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS
        code = RETURNED_SQLSTATE,
        message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT,
        column_name = COLUMN_NAME,
        constraint_name = CONSTRAINT_NAME,
        table_name = TABLE_NAME;
    detail = pg_catalog.regexp_replace(detail, '^Failing row.*', 'Failing row …');
END
$$;
