-- What was missing of a sale that has been rewarded, or decided on, without it.
UPDATE host.referral_conversions AS v
   SET amount = $2,
       currency = $3
 WHERE v.uuid OPERATOR(pg_catalog.=) $1
RETURNING v.*
