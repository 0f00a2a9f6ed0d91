-- As pg_get_triggerdef prints it, but for the line breaks: what is there is compared with it as text.
CREATE TRIGGER referral_fact_changed
 AFTER INSERT OR DELETE OR UPDATE OF key, name, status, starts_at, ends_at, code_length, code_alphabet, code_prefix, max_uses_per_code, max_uses_total, codes_expire_after, referrer_reward, referee_reward, currency, min_purchase, first_purchase_only, one_code_per_referee, attribution_window, hold_period, requires_approval, metadata, referrer_percent, referee_percent, max_referrer_reward, max_referee_reward, reward_scale, max_rewards_per_referee, max_rewards_per_referrer, limit_period, reward_budget, review_above, review_after_per_day, tiers
    ON host.referral_programs
   FOR EACH ROW
EXECUTE FUNCTION extension.referral_fact_changed()
