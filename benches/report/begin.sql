-- Where the driver keeps what was measured.
CREATE TABLE took (
    part text,
    what text,
    rival text,
    figure numeric
);

CREATE VIEW medians AS
SELECT
    part,
    what,
    rival,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY figure) AS figure
FROM took
GROUP BY
    part,
    what,
    rival;

CREATE TABLE inside_rivals (
    place integer,
    rival text,
    title text
);

INSERT INTO inside_rivals
VALUES
    (1, 'plain/floor', 'the two writes by hand: the floor'),
    (2, 'plain/floor+guards', 'the same under guards'),
    (3, 'plain/statement', 'a hand-written statement'),
    (4, 'plain/plpgsql', 'PL/pgSQL with the same rules'),
    (5, 'plain/ours', 'referrals, guards off'),
    (6, 'plain/ours+guards', 'referrals'),
    (7, 'program/ours', 'referrals, a code of a program, guards off'),
    (8, 'program/ours+guards', 'referrals, a code of a program'),
    (9, 'plain/nothing', 'the query around a call, alone');

CREATE TABLE purchase_rivals (
    place integer,
    rival text,
    floor text,
    title text
);

INSERT INTO purchase_rivals
VALUES
    (1, 'purchases/told', 'purchases/told', 'nobody has referred the buyer: the one write by hand'),
    (2, 'purchases/unreferred+guards', 'purchases/told', 'referral_record_purchase'),
    (3, 'purchases/writes', 'purchases/writes', 'a first purchase, rewarded: the five writes by hand'),
    (4, 'purchases/rewarded+guards', 'purchases/writes', 'referral_record_purchase');
