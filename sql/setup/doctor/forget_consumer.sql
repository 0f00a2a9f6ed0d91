DELETE FROM host.referral_event_consumers WHERE consumer = waiting_consumer;
DELETE FROM host.referral_event_deliveries WHERE consumer = waiting_consumer
