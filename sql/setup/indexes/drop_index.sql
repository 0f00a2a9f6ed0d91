DROP INDEX host.retired_index
