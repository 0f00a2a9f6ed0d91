COMMENT ON TABLE host.own_table IS wanted_comment
