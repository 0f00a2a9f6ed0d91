 ALTER TABLE host.guarded_table
ENABLE ALWAYS TRIGGER guard_name
