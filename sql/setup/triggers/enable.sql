 ALTER TABLE host.guarded_table
ENABLE TRIGGER guard_name
