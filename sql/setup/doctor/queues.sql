-- Codes without stripes for whose row some are waiting behind others at this moment: how many, and a few of them.
  WITH waiting AS (
       SELECT l.relation,
              pg_catalog.format('(%s,%s)', l.page, l.tuple)::pg_catalog.tid AS place,
              pg_catalog.count(*) AS waiters
         FROM pg_catalog.pg_locks AS l
        WHERE l.locktype OPERATOR(pg_catalog.=) 'tuple'
          AND l.database OPERATOR(pg_catalog.=) (
              SELECT d.oid
                FROM pg_catalog.pg_database AS d
               WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
          AND NOT l.granted
        GROUP BY l.relation,
                 l.page,
                 l.tuple),
       queued AS (
       SELECT c.code,
              waiting.waiters,
              pg_catalog.row_number() OVER (ORDER BY waiting.waiters DESC, c.uuid) AS place
         FROM waiting,
              host.phoenix_kit_referral_codes AS c
        WHERE c.ctid OPERATOR(pg_catalog.=) waiting.place
          AND c.tableoid OPERATOR(pg_catalog.=) waiting.relation
          AND NOT EXISTS (
              SELECT 1
                FROM host.referral_stripes AS s
               WHERE s.code_uuid OPERATOR(pg_catalog.=) c.uuid))
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('"%s": %s wait', queued.code, queued.waiters),
           ', ' ORDER BY queued.place)
           FILTER (WHERE queued.place OPERATOR(pg_catalog.<=) 3)
  FROM queued
