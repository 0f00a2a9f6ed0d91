-- Where the application counts a client's attempts by the user's id.
DELETE FROM host.referral_check_attempts AS a
 WHERE a.client_key OPERATOR(pg_catalog.=) $1
