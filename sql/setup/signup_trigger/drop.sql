DROP TRIGGER referral_required_at_signup
     ON users_table
