-- The uses of a code by a user, of which old data may hold several; $3 is left out: a row just written. In no order, or
-- the planner might look for the earliest along an index of all that the code, or the user, has.
SELECT u.uuid,
       u.date_used
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.code_uuid OPERATOR(pg_catalog.=) $1
   AND u.used_by_uuid OPERATOR(pg_catalog.=) $2
   AND ($3 IS NULL OR u.uuid OPERATOR(pg_catalog.<>) $3)
