DROP TRIGGER guard_name
     ON host.guarded_table
