-- The tables that carry a signup trigger, and the second argument of each: the schema it was told, if
-- that is not the table's own.
SELECT t.tgrelid,
       n.nspname::pg_catalog.text,
       t.tgnargs::pg_catalog.int4,
       pg_catalog.encode(t.tgargs, 'escape')
  FROM pg_catalog.pg_trigger AS t,
       pg_catalog.pg_class AS c,
       pg_catalog.pg_namespace AS n
 WHERE t.tgname OPERATOR(pg_catalog.=) 'referral_required_at_signup'
   AND t.tgparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
   AND c.oid OPERATOR(pg_catalog.=) t.tgrelid
   AND n.oid OPERATOR(pg_catalog.=) c.relnamespace
