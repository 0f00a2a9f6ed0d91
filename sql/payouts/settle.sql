UPDATE host.referral_payouts AS p
   SET status = $2,
       settled_at = $3,
       reason = $4
 WHERE p.payout_uuid OPERATOR(pg_catalog.=) $1
RETURNING p.*
