-- $1 and $2 are the ids as text.
UPDATE host.referral_events AS e
   SET payload = pg_catalog.replace(e.payload::pg_catalog.text, $1, $2)::pg_catalog.jsonb
 WHERE e.id OPERATOR(pg_catalog.=) ANY ($3)
