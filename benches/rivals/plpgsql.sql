-- The same rules in PL/pgSQL: bench.use_code of host.sql.
\set number random(:first, :last)
\set high random(10000000, 99999999)
\set low random(100000000000, 999999999999)

SELECT *
FROM bench.use_code('REF' || :number, (:high || '-0000-4000-8000-' || :low)::uuid);
