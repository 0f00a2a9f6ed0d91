CREATE FUNCTION referral_record_refund(
       source_ref          text,
       refund_ref          text,
       amount              numeric DEFAULT NULL,
       source_type         text DEFAULT 'order',
       reason              text DEFAULT NULL,
       OUT conversion_uuid uuid,
       OUT status          text,
       OUT referrer_taken  numeric,
       OUT referee_taken   numeric,
       OUT repeated        boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_record_refund_wrapper';

COMMENT ON FUNCTION referral_record_refund(text, text, numeric, text, text) IS
'For the refund webhook: each side gives back its reward''s share of the purchase, so that all refunds of a whole purchase take back exactly all, and the conversion is reversed then. amount NULL: all that is left. A refund that comes before its purchase is kept (conversion_uuid NULL), and the purchase is judged less it. A repeat of refund_ref for the same (source_type, source_ref) takes nothing more and gives what the first call gave, with repeated = true. Errors: RF014 a repeat with another amount, 22023 more than is left of the purchase, or an argument out of range.';
