COMMENT ON COLUMN host.own_table.column_name IS wanted_comment
