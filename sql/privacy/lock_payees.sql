-- A person's, in each currency that they have earned something in: made where nobody has paid them yet.
INSERT INTO host.referral_payees AS r (user_uuid, currency, last_asked_at)
SELECT $1,
       e.currency,
       $2
  FROM host.referral_rewards AS e
 WHERE e.user_uuid OPERATOR(pg_catalog.=) $1
 GROUP BY e.currency
 ORDER BY e.currency
    ON CONFLICT (user_uuid, currency) DO UPDATE
   SET last_asked_at = r.last_asked_at
