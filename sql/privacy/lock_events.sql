-- $1 is the id as text.
SELECT e.id
  FROM host.referral_events AS e
 WHERE pg_catalog.strpos(e.payload::pg_catalog.text, $1) OPERATOR(pg_catalog.>) 0
 ORDER BY e.id
   FOR NO KEY UPDATE
