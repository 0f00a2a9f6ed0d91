-- Programs with stripes, and what these have leased: how many, and a few of them.
  WITH striped AS (
       SELECT s.program,
              pg_catalog.count(*) AS stripes,
              pg_catalog.sum(s.uses_left) AS uses
         FROM host.referral_program_stripes AS s
        GROUP BY s.program),
       named AS (
       SELECT striped.program,
              striped.stripes,
              striped.uses,
              pg_catalog.row_number() OVER (ORDER BY striped.uses DESC, striped.program) AS place
         FROM striped)
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('"%s" %s uses by %s stripes', named.program, named.uses, named.stripes),
           ', ' ORDER BY named.place)
           FILTER (WHERE named.place OPERATOR(pg_catalog.<=) 3)
  FROM named
