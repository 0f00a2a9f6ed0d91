INSERT INTO host.referral_decisions (
       uuid,
       conversion_uuid,
       at,
       action,
       by_uuid,
       step,
       amount,
       reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
