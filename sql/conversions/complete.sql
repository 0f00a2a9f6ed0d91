-- What was missing of a sale, and what comes of it.
UPDATE host.referral_conversions AS v
   SET amount = $2,
       currency = $3,
       reason = $4,
       referrer_reward = $5,
       referee_reward = $6,
       reward_currency = $7,
       granted_at = $8,
       hold_period = $9,
       reward_scale = $10
 WHERE v.uuid OPERATOR(pg_catalog.=) $1
RETURNING v.*
