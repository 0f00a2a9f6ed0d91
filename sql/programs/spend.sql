-- Counts what is granted, or below zero what is taken back, of a program that has a budget, which is of its currency.
UPDATE host.referral_programs AS p
   SET rewards_granted = p.rewards_granted OPERATOR(pg_catalog.+) $3
 WHERE p.key OPERATOR(pg_catalog.=) $1
   AND p.currency OPERATOR(pg_catalog.=) $2
   AND p.reward_budget IS NOT NULL
