-- The first so many stripes of a program, as far as they are missing.
INSERT INTO host.referral_program_stripes (program, stripe, uses_left)
SELECT $1,
       new.stripe,
       0
  FROM pg_catalog.generate_series(0, $2 OPERATOR(pg_catalog.-) 1) AS new (stripe)
    ON CONFLICT DO NOTHING
