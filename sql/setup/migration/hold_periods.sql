-- What waits for a review is held as long as its program says by now.
UPDATE host.referral_conversions AS v
   SET hold_period = p.hold_period
  FROM host.referral_programs AS p
 WHERE p.key OPERATOR(pg_catalog.=) v.program
   AND v.granted_at IS NULL
   AND v.hold_period IS NULL
