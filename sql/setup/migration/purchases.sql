-- What an older release recorded, told: where a type was written in two ways the older conversion speaks.
INSERT INTO host.referral_purchases (
       source_type,
       source_ref,
       referee_uuid,
       amount,
       currency,
       occurred_at,
       told_at,
       code,
       program,
       reason,
       conversion_uuid,
       referrer_uuid,
       referrer_reward,
       referee_reward)
SELECT DISTINCT ON (pg_catalog.lower(pg_catalog.btrim(v.source_type)), v.source_ref)
       pg_catalog.lower(pg_catalog.btrim(v.source_type)),
       v.source_ref,
       v.referee_uuid,
       v.amount,
       v.currency,
       v.converted_at,
       v.converted_at,
       pg_catalog.upper(v.code),
       v.program,
       v.reason,
       v.uuid,
       v.referrer_uuid,
       v.referrer_reward,
       v.referee_reward
  FROM host.referral_conversions AS v
 ORDER BY pg_catalog.lower(pg_catalog.btrim(v.source_type)),
          v.source_ref,
          v.converted_at,
          v.uuid
    ON CONFLICT DO NOTHING
