-- The striped programs of the schema.
SELECT s.program,
       pg_catalog.count(*)
  FROM host.referral_program_stripes AS s
 GROUP BY s.program
