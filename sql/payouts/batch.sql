SELECT b.currency,
       b.min_amount,
       b.max_rows
  FROM host.referral_payout_batches AS b
 WHERE b.batch_ref OPERATOR(pg_catalog.=) $1
