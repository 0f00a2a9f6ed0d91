-- How results look, and what the chapters share. Runs before each of them.

\pset pager off
\pset border 1
\pset null null
\pset footer off
-- An empty line between a statement and its result.
\pset title ' '
\pset fieldsep '\t'
\timing off
\set SHOW_CONTEXT never
SET client_min_messages = warning;

-- A chapter says `:show` before the statements the reader is to see, `:hide` before the others.
-- `:blocks` sets results too wide for a terminal, a block a row; `:plain` ends it.
\pset columns 100
\set show '\\set ECHO queries'
\set hide '\\set ECHO none'
\set blocks '\\pset format wrapped \\pset expanded on'
\set plain '\\pset expanded off \\pset format aligned'

-- People. An app's users; the extension knows no more of them than the uuid.
\set alice a11ce000-0000-4000-8000-000000000000
\set bob b0b00000-0000-4000-8000-000000000000
\set carol ca401000-0000-4000-8000-000000000000

CREATE FUNCTION pg_temp.must_hold(
    promise text,
    held boolean
)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF held IS NOT TRUE THEN
        RAISE EXCEPTION 'this does not hold: %', promise;
    END IF;
END
$$;

-- Asks the question, a SELECT of one boolean, until the answer is yes.
CREATE FUNCTION pg_temp.wait_until(
    promise text,
    question text
)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    answer boolean := false;
    deadline timestamptz := clock_timestamp() + interval '30 seconds';
BEGIN
    WHILE answer IS NOT TRUE LOOP
        IF clock_timestamp() > deadline THEN
            RAISE EXCEPTION 'waited 30 seconds in vain: %', promise;
        END IF;
        PERFORM pg_sleep(0.01);
        PERFORM pg_stat_clear_snapshot();
        EXECUTE question INTO answer;
    END LOOP;
END
$$;
