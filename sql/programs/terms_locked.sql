-- The same for a transaction with one snapshot: the lock fails where the program has changed since. FOR KEY
-- SHARE would not: it lets pass whatever leaves the key as it is.
SELECT p.status,
       p.starts_at,
       p.ends_at,
       p.one_code_per_referee,
       p.max_uses_total,
       p.number_of_uses
  FROM host.referral_programs AS p
 WHERE p.key OPERATOR(pg_catalog.=) $1
   FOR SHARE
