-- $1 to $4 have an element for each payout.
INSERT INTO host.referral_payouts AS p (
       payout_uuid,
       user_uuid,
       payout_ref,
       amount,
       batch_ref,
       currency,
       created_at,
       status)
SELECT new.payout_uuid,
       new.user_uuid,
       new.payout_ref,
       new.amount,
       $5,
       $6,
       $7,
       'pending'
  FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4))
    AS new (payout_uuid, user_uuid, payout_ref, amount)
    ON CONFLICT (payout_ref) DO NOTHING
RETURNING p.*
