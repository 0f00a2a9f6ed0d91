-- $3 and $4 are the ids as text: the payout_ref of a batch's holds them.
UPDATE host.referral_payouts AS p
   SET user_uuid = $2,
       payout_ref = pg_catalog.replace(p.payout_ref, $3, $4)
 WHERE p.user_uuid OPERATOR(pg_catalog.=) $1
