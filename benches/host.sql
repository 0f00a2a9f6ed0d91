-- Makes the fixture host of tests/support/host ready to be measured. Expects its default rows without
-- duplicates, all hundred thousand of them.

\set ON_ERROR_STOP on
SET client_min_messages = warning;

CREATE EXTENSION pg_prewarm;
CREATE EXTENSION referrals;

-- The rivals write to the tables themselves: a guard would redeem a second time what they redeem.
SELECT *
FROM public.referral_setup(guards => false)
\g /dev/null

-- Every code can be used by everybody: REF100001 to REF200000. A fifth at a time, with a VACUUM after each, so
-- that each page has some free space left, as on a host that has been counting uses for a while; in pages
-- freshly filled every first use of a code would write to all indexes.
\set fifth 0
\ir open_codes.sql
\set fifth 1
\ir open_codes.sql
\set fifth 2
\ir open_codes.sql
\set fifth 3
\ir open_codes.sql
\set fifth 4
\ir open_codes.sql

CREATE SCHEMA bench;
\ir plpgsql.sql
\ir inside.sql

VACUUM (FREEZE, ANALYZE);
