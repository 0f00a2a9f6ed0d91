-- One delivery of the payment webhook, the same for every client.
INSERT INTO deliveries
SELECT rewarded, reason, repeated FROM referral_record_purchase('be400000-0000-4000-8000-000000000000', 'payment-1', 40.00);
