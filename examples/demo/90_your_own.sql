-- The same in a database of your own

\echo 'Build and install the extension, for the PostgreSQL that pg_config belongs to:'
\echo
\echo '    make install PG_CONFIG=/path/to/pg_config'
\echo
\echo 'The same with uninstall takes it away again. This demo has put nothing into PostgreSQL''s folders.'
\echo
\echo 'Then, as the owner of your database, in psql. Setup adopts the tables that are there and makes those'
\echo 'that are missing. These very statements were just run in an empty database.'
\echo
CREATE DATABASE your_own;
\connect your_own
\o /dev/null
:show
CREATE EXTENSION referrals;
SELECT * FROM referral_setup();
SELECT * FROM referral_create_code(gen_random_uuid(), 'WELCOME');
SELECT * FROM referral_use_code('WELCOME', gen_random_uuid());
