-- NULL for an interval that is out of range; the limit keeps the subtraction within what a timestamp holds.
SELECT CASE
       WHEN $2 OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval
        AND $2 OPERATOR(pg_catalog.<=) '1000 years'::pg_catalog.interval
       THEN $1 OPERATOR(pg_catalog.-) $2
       END
