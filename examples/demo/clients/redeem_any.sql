\set number 100000 + 5 * random(2, 20000)
SELECT * FROM referral_use_code('REF' || :number, gen_random_uuid());
