SELECT c.consumer
  FROM host.referral_event_consumers AS c
