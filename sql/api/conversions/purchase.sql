CREATE FUNCTION referral_record_purchase(
       referee_uuid        uuid,
       source_ref          text,
       amount              numeric,
       currency            text DEFAULT NULL,
       source_type         text DEFAULT 'order',
       occurred_at         timestamptz DEFAULT NULL,
       first_purchase      boolean DEFAULT NULL,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT conversion_uuid uuid,
       OUT referrer_uuid   uuid,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT repeated        boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_record_purchase_once_wrapper';

COMMENT ON FUNCTION referral_record_purchase(uuid, text, numeric, text, text, timestamptz, boolean) IS
'For the payment webhook, for every purchase of everybody: judges it as of occurred_at (NULL, or ahead of the clock: now), less what was refunded before, and stores the verdict once. Of the buyer''s redemptions before that moment the earliest counts whose program ran and whose window was open. currency NULL is the program''s; first_purchase says whether it is the person''s first where the caller knows, and NULL asks the purchases that were told. Reasons: rewarded, pending_review (a reviewer has the last word), not_referred, program_not_active, outside_window, currency_mismatch, below_minimum, not_first_purchase, referee_limit, referrer_limit (the buyer''s side is granted all the same), budget_spent. A repeat of (source_type, source_ref) gives what the first call gave, with repeated = true. Rewards are in the program''s currency. Errors: RF014 a repeat with another referee, amount or currency, 22023 an argument out of range.';

CREATE FUNCTION referral_prune_purchases(
       keep interval)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_prune_purchases_wrapper';

COMMENT ON FUNCTION referral_prune_purchases(interval) IS
'Forgets purchases that were told longer ago than keep and led to no conversion, save those by which a later one is known not to be the person''s first. How many. A webhook that repeats one of them is judged anew. Errors: 22023 keep is no usual length of time.';
