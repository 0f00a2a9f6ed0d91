CREATE FUNCTION referral_approve(
       conversion_uuid     uuid,
       decided_by          uuid,
       reason              text DEFAULT NULL,
       OUT uuid            uuid,
       OUT program         text,
       OUT code_uuid       uuid,
       OUT referrer_uuid   uuid,
       OUT owner_type      text,
       OUT referee_uuid    uuid,
       OUT source_type     text,
       OUT source_ref      text,
       OUT amount          numeric,
       OUT currency        text,
       OUT status          text,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT converted_at    timestamptz,
       OUT decided_at      timestamptz,
       OUT decided_by      uuid,
       OUT decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_approve_wrapper';

COMMENT ON FUNCTION referral_approve(uuid, uuid, text) IS
'Approves a conversion, and grants the rewards that waited for it. Errors: RF012 its status is not converted, or it has a chain of approvals; 42501 decided_by is its referrer or referee; 22023 no such conversion.';

CREATE FUNCTION referral_reject(
       conversion_uuid     uuid,
       decided_by          uuid,
       reason              text DEFAULT NULL,
       OUT uuid            uuid,
       OUT program         text,
       OUT code_uuid       uuid,
       OUT referrer_uuid   uuid,
       OUT owner_type      text,
       OUT referee_uuid    uuid,
       OUT source_type     text,
       OUT source_ref      text,
       OUT amount          numeric,
       OUT currency        text,
       OUT status          text,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT converted_at    timestamptz,
       OUT decided_at      timestamptz,
       OUT decided_by      uuid,
       OUT decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_reject_wrapper';

COMMENT ON FUNCTION referral_reject(uuid, uuid, text) IS
'Rejects a conversion; rewards that were granted without a review are taken back. Errors: RF012 its status is not converted, or it has a chain of approvals; 42501 decided_by is its referrer or referee; 22023 no such conversion.';

CREATE FUNCTION referral_reverse(
       conversion_uuid     uuid,
       reason              text,
       amount              numeric DEFAULT NULL,
       reference           text DEFAULT NULL,
       OUT uuid            uuid,
       OUT program         text,
       OUT code_uuid       uuid,
       OUT referrer_uuid   uuid,
       OUT owner_type      text,
       OUT referee_uuid    uuid,
       OUT source_type     text,
       OUT source_ref      text,
       OUT amount          numeric,
       OUT currency        text,
       OUT status          text,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT converted_at    timestamptz,
       OUT decided_at      timestamptz,
       OUT decided_by      uuid,
       OUT decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_reverse_once_wrapper';

COMMENT ON FUNCTION referral_reverse(uuid, text, numeric, text) IS
'Takes rewards back, as for a refund: from each side what is left of its grant, or at most amount of it, by a negative row of the ledger that names the grant. The conversion is reversed once nothing is left; until then a part may be taken back as often as needed. A repeat with the same reference takes nothing more. Errors: RF012 it is rejected or reversed; 22023 no such conversion, or an amount that is not positive or where nothing has been granted.';

CREATE FUNCTION referral_require_approvals(
       conversion_uuid     uuid,
       steps               jsonb,
       OUT uuid            uuid,
       OUT program         text,
       OUT code_uuid       uuid,
       OUT referrer_uuid   uuid,
       OUT owner_type      text,
       OUT referee_uuid    uuid,
       OUT source_type     text,
       OUT source_ref      text,
       OUT amount          numeric,
       OUT currency        text,
       OUT status          text,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT converted_at    timestamptz,
       OUT decided_at      timestamptz,
       OUT decided_by      uuid,
       OUT decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_require_approvals_wrapper';

COMMENT ON FUNCTION referral_require_approvals(uuid, jsonb) IS
'Asks for a chain of approvals, while nothing has been granted: steps in their order, each {"id": text, "name": text (may be left out), "approvers": [uuid, ...], "quorum": number (1 if left out)}. May be asked anew until the first decision. From then on referral_decide alone decides. Errors: RF012 the conversion is not in status converted, its rewards have been granted, or decisions have been made; 22023 the steps are invalid, or no such conversion.';

CREATE FUNCTION referral_decide(
       conversion_uuid     uuid,
       approver_uuid       uuid,
       approve             boolean,
       reason              text DEFAULT NULL,
       OUT uuid            uuid,
       OUT program         text,
       OUT code_uuid       uuid,
       OUT referrer_uuid   uuid,
       OUT owner_type      text,
       OUT referee_uuid    uuid,
       OUT source_type     text,
       OUT source_ref      text,
       OUT amount          numeric,
       OUT currency        text,
       OUT status          text,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT converted_at    timestamptz,
       OUT decided_at      timestamptz,
       OUT decided_by      uuid,
       OUT decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_decide_wrapper';

COMMENT ON FUNCTION referral_decide(uuid, uuid, boolean, text) IS
'Records a decision in the chain of approvals, in the first step that has not reached its quorum. The last quorum approves the conversion, one rejection rejects it. Errors: 42501 not an approver of that step, or the conversion''s referrer or referee; RF012 the conversion has no chain, is decided, or the approver has decided in that step; 22023 no such conversion.';
