--
-- PostgreSQL database dump
--


-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: referrals; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS referrals WITH SCHEMA public;


--
-- Name: EXTENSION referrals; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION referrals IS 'Referral and promo codes, redeemed exactly: limits are taken under the row lock';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: phoenix_kit_referral_code_usage; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.phoenix_kit_referral_code_usage (
    uuid uuid DEFAULT gen_random_uuid() NOT NULL,
    code_uuid uuid NOT NULL,
    used_by_uuid uuid NOT NULL,
    date_used timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: phoenix_kit_referral_codes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.phoenix_kit_referral_codes (
    uuid uuid DEFAULT gen_random_uuid() NOT NULL,
    code character varying(255) NOT NULL,
    description character varying(255) NOT NULL,
    status boolean DEFAULT true NOT NULL,
    number_of_uses integer DEFAULT 0 NOT NULL,
    max_uses integer NOT NULL,
    created_by_uuid uuid NOT NULL,
    beneficiary_uuid uuid,
    date_created timestamp with time zone DEFAULT now() NOT NULL,
    expiration_date timestamp with time zone
);


--
-- Name: phoenix_kit_settings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.phoenix_kit_settings (
    uuid uuid DEFAULT gen_random_uuid() NOT NULL,
    key character varying(255) NOT NULL,
    value text,
    value_json jsonb,
    module character varying(255),
    date_added timestamp with time zone DEFAULT now() NOT NULL,
    date_updated timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: referral_check_attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.referral_check_attempts (
    minute timestamp with time zone NOT NULL,
    client_key text NOT NULL,
    attempts integer NOT NULL
);


--
-- Name: referral_code_creators; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.referral_code_creators (
    creator_uuid uuid NOT NULL,
    last_code_at timestamp with time zone NOT NULL
);


--
-- Name: referral_code_programs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.referral_code_programs (
    code_uuid uuid NOT NULL,
    program text NOT NULL,
    owner_uuid uuid,
    owner_type text NOT NULL
);


--
-- Name: referral_conversions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.referral_conversions (
    uuid uuid NOT NULL,
    program text NOT NULL,
    code_uuid uuid NOT NULL,
    code text NOT NULL,
    referrer_uuid uuid NOT NULL,
    owner_type text NOT NULL,
    referee_uuid uuid NOT NULL,
    source_type text NOT NULL,
    source_ref text NOT NULL,
    amount numeric(20,4),
    currency text,
    status text NOT NULL,
    reason text NOT NULL,
    referrer_reward numeric(20,4) NOT NULL,
    referee_reward numeric(20,4) NOT NULL,
    reward_currency text NOT NULL,
    converted_at timestamp with time zone NOT NULL,
    granted_at timestamp with time zone,
    decided_at timestamp with time zone,
    decided_by uuid,
    decision_reason text,
    approvals jsonb,
    CONSTRAINT referral_conversions_status_check CHECK ((status = ANY (ARRAY['converted'::text, 'approved'::text, 'rejected'::text, 'reversed'::text])))
);


--
-- Name: referral_event_consumers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.referral_event_consumers (
    consumer text NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: referral_event_deliveries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.referral_event_deliveries (
    consumer text NOT NULL,
    event_id bigint NOT NULL,
    leased_until timestamp with time zone NOT NULL
);


--
-- Name: referral_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.referral_events (
    id bigint NOT NULL,
    type text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: referral_events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.referral_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.referral_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: referral_programs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.referral_programs (
    key text NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    code_length integer NOT NULL,
    code_alphabet text NOT NULL,
    code_prefix text NOT NULL,
    max_uses_per_code integer NOT NULL,
    max_uses_total integer,
    number_of_uses integer NOT NULL,
    codes_expire_after interval,
    referrer_reward numeric(20,4) NOT NULL,
    referee_reward numeric(20,4) NOT NULL,
    currency text NOT NULL,
    min_purchase numeric(20,4) NOT NULL,
    first_purchase_only boolean NOT NULL,
    one_code_per_referee boolean NOT NULL,
    attribution_window interval,
    hold_period interval NOT NULL,
    requires_approval boolean NOT NULL,
    metadata jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT referral_programs_cap_check CHECK ((number_of_uses <= max_uses_total)),
    CONSTRAINT referral_programs_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'ended'::text])))
);


--
-- Name: referral_referees; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.referral_referees (
    referee_uuid uuid NOT NULL,
    program text NOT NULL,
    last_seen_at timestamp with time zone NOT NULL
);


--
-- Name: referral_rewards; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.referral_rewards (
    uuid uuid NOT NULL,
    conversion_uuid uuid NOT NULL,
    program text NOT NULL,
    side text NOT NULL,
    user_uuid uuid NOT NULL,
    amount numeric(20,4) NOT NULL,
    currency text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    available_at timestamp with time zone NOT NULL,
    reverses_uuid uuid,
    reason text,
    CONSTRAINT referral_rewards_amount_check CHECK (((amount <> (0)::numeric) AND ((amount < (0)::numeric) = (reverses_uuid IS NOT NULL)))),
    CONSTRAINT referral_rewards_side_check CHECK ((side = ANY (ARRAY['referrer'::text, 'referee'::text])))
);


--
-- Data for Name: phoenix_kit_referral_code_usage; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used) FROM stdin;
01a20cb8-2bfd-72d1-acf2-79ca408ea600	01a20cb8-2bfa-7025-85cf-52f4a5298872	00000000-0000-7000-8000-000000000001	2026-11-24 08:42:06.205619+00
01a20cb8-2bfe-7629-9de1-b19ca3afd242	01a20cb8-2bfa-7025-85cf-52f4a5298872	00000000-0000-7000-8000-000000000002	2026-11-24 08:42:06.206653+00
01a20cb8-2bff-748b-af53-d2177367e94a	01a20cb8-2bfc-7656-81f1-83a9abc6e7ab	00000000-0000-7000-8000-000000000001	2026-11-24 08:42:06.20719+00
01a20cb8-2c04-7073-99bd-7a694bf46ef8	01a20cb8-2c02-7581-aeae-e85ac8827c2d	00000000-0000-7000-8000-000000000001	2026-11-24 08:42:06.21222+00
01a20cb8-2c05-719a-938f-ba55b6d8bf85	01a20cb8-2c02-7581-aeae-e85bbcef70ae	00000000-0000-7000-8000-000000000002	2026-11-24 08:42:06.213611+00
01a20cb8-2c06-75d8-80b1-142bb6e36db4	01a20cb8-2c03-77f6-a190-69e91e1d12f7	00000000-0000-7000-8000-000000000003	2026-11-24 08:42:06.214663+00
01a20cb8-2c07-71c1-aae1-5970547c363f	01a20cb8-2c03-77f6-a190-69e8a914fe1c	00000000-0000-7000-8000-000000000004	2026-11-24 08:42:06.215478+00
01a20cb8-2c08-754b-b0e2-ee6e0bc22198	01a20cb8-2c03-77f6-a190-69e8a914fe1c	00000000-0000-7000-8000-000000000005	2026-11-24 08:42:06.216152+00
\.


--
-- Data for Name: phoenix_kit_referral_codes; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.phoenix_kit_referral_codes (uuid, code, description, status, number_of_uses, max_uses, created_by_uuid, beneficiary_uuid, date_created, expiration_date) FROM stdin;
01a20cb8-2bfa-7025-85cf-52f4a5298872	WELCOME	Referral code	t	2	10	00000000-0000-7000-8000-00000000000a	\N	2026-11-24 08:42:06.202947+00	\N
01a20cb8-2bfc-7656-81f1-83a9abc6e7ab	ONCE	Referral code	t	1	1	00000000-0000-7000-8000-00000000000a	\N	2026-11-24 08:42:06.204229+00	\N
01a20cb8-2bfc-7656-81f1-83aade609d6f	OFF	Referral code	f	0	100	00000000-0000-7000-8000-00000000000b	\N	2026-11-24 08:42:06.204754+00	2100-01-01 00:00:00+00
01a20cb8-2c02-7581-aeae-e85ac8827c2d	YAFRKSAM	Referral code	t	1	10	00000000-0000-7000-8000-00000000000a	00000000-0000-7000-8000-00000000000a	2026-11-24 08:42:06.210384+00	\N
01a20cb8-2c02-7581-aeae-e85bbcef70ae	68489UKR	Referral code	t	1	10	00000000-0000-7000-8000-00000000000a	00000000-0000-7000-8000-00000000000a	2026-11-24 08:42:06.210872+00	2036-11-24 08:42:06.210827+00
01a20cb8-2c03-77f6-a190-69e91e1d12f7	3FCWBAA5	Referral code	t	1	10	00000000-0000-7000-8000-00000000000b	00000000-0000-7000-8000-00000000000b	2026-11-24 08:42:06.211774+00	2036-11-24 08:42:06.211757+00
01a20cb8-2c03-77f6-a190-69e8a914fe1c	R37LYQXD	Referral code	t	2	10	00000000-0000-7000-8000-00000000000b	00000000-0000-7000-8000-00000000000b	2026-11-24 08:42:06.211337+00	\N
\.


--
-- Data for Name: phoenix_kit_settings; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.phoenix_kit_settings (uuid, key, value, value_json, module, date_added, date_updated) FROM stdin;
810c86e8-6f40-4e94-9677-54a6d64fdc2b	referral_codes_enabled	true	\N	referral_codes	2026-11-24 08:42:06.169629+00	2026-11-24 08:42:06.169629+00
1c877677-9291-415c-9ca0-385fcd2511ed	referral_events_enabled	true	\N	referral_codes	2026-11-24 08:42:06.200219+00	2026-11-24 08:42:06.200219+00
01a20cb8-2bf8-709e-b7ba-db764f2d43b8	max_number_of_codes_per_user	20	\N	referral_codes	2026-11-24 08:42:06.200704+00	2026-11-24 08:42:06.200704+00
\.


--
-- Data for Name: referral_check_attempts; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.referral_check_attempts (minute, client_key, attempts) FROM stdin;
2026-11-24 08:42:00+00	client	1
\.


--
-- Data for Name: referral_code_creators; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.referral_code_creators (creator_uuid, last_code_at) FROM stdin;
00000000-0000-7000-8000-00000000000a	2026-11-24 08:42:06.204125+00
00000000-0000-7000-8000-00000000000b	2026-11-24 08:42:06.204692+00
\.


--
-- Data for Name: referral_code_programs; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.referral_code_programs (code_uuid, program, owner_uuid, owner_type) FROM stdin;
01a20cb8-2c02-7581-aeae-e85ac8827c2d	default	00000000-0000-7000-8000-00000000000a	user
01a20cb8-2c02-7581-aeae-e85bbcef70ae	capped	00000000-0000-7000-8000-00000000000a	user
01a20cb8-2c03-77f6-a190-69e8a914fe1c	reviewed	00000000-0000-7000-8000-00000000000b	user
01a20cb8-2c03-77f6-a190-69e91e1d12f7	capped	00000000-0000-7000-8000-00000000000b	affiliate
\.


--
-- Data for Name: referral_conversions; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.referral_conversions (uuid, program, code_uuid, code, referrer_uuid, owner_type, referee_uuid, source_type, source_ref, amount, currency, status, reason, referrer_reward, referee_reward, reward_currency, converted_at, granted_at, decided_at, decided_by, decision_reason, approvals) FROM stdin;
01a20cb8-2c09-7533-af67-952539878092	default	01a20cb8-2c02-7581-aeae-e85ac8827c2d	YAFRKSAM	00000000-0000-7000-8000-00000000000a	user	00000000-0000-7000-8000-000000000001	order	order-1	100.0000	USD	converted	rewarded	10.0000	10.0000	USD	2026-11-24 08:42:06.217765+00	2026-11-24 08:42:06.217765+00	\N	\N	\N	\N
01a20cb8-2c0f-74fd-b0cb-9b4a670a2212	capped	01a20cb8-2c02-7581-aeae-e85bbcef70ae	68489UKR	00000000-0000-7000-8000-00000000000a	user	00000000-0000-7000-8000-000000000005	order	order-6	30.0000	\N	converted	rewarded	10.0000	10.0000	USD	2026-11-24 08:42:06.223855+00	2026-11-24 08:42:06.223855+00	\N	\N	\N	\N
01a20cb8-2c11-73db-b916-d70476c918b9	reviewed	01a20cb8-2c03-77f6-a190-69e8a914fe1c	R37LYQXD	00000000-0000-7000-8000-00000000000b	user	00000000-0000-7000-8000-000000000002	order	order-8	\N	\N	converted	below_minimum	0.0000	0.0000	USD	2026-11-24 08:42:06.225081+00	\N	\N	\N	\N	\N
01a20cb8-2c0b-7497-b124-28476b933425	capped	01a20cb8-2c02-7581-aeae-e85bbcef70ae	68489UKR	00000000-0000-7000-8000-00000000000a	user	00000000-0000-7000-8000-000000000002	order	order-2	50.2500	USD	converted	rewarded	10.0000	10.0000	USD	2026-11-24 08:42:06.219934+00	2026-11-24 08:42:06.219934+00	\N	\N	\N	\N
01a20cb8-2c0d-7075-bfc5-bb5b8b4654e0	capped	01a20cb8-2c03-77f6-a190-69e91e1d12f7	3FCWBAA5	00000000-0000-7000-8000-00000000000b	affiliate	00000000-0000-7000-8000-000000000003	order	order-3	20.0000	USD	reversed	rewarded	10.0000	10.0000	USD	2026-11-24 08:42:06.221151+00	2026-11-24 08:42:06.221151+00	2026-11-24 08:42:06.226914+00	\N	returned	\N
01a20cb8-2c0e-704e-bf43-3dfe5b551cda	reviewed	01a20cb8-2c03-77f6-a190-69e8a914fe1c	R37LYQXD	00000000-0000-7000-8000-00000000000b	user	00000000-0000-7000-8000-000000000004	order	order-4	75.0000	USD	approved	rewarded	10.0000	10.0000	USD	2026-11-24 08:42:06.222306+00	2026-11-24 08:42:06.227968+00	2026-11-24 08:42:06.227968+00	00000000-0000-7000-8000-0000000000ff	looks good	\N
01a20cb8-2c0f-74fd-b0cb-9b4985def159	reviewed	01a20cb8-2c03-77f6-a190-69e8a914fe1c	R37LYQXD	00000000-0000-7000-8000-00000000000b	user	00000000-0000-7000-8000-000000000005	order	order-5	80.0000	USD	rejected	pending_review	10.0000	10.0000	USD	2026-11-24 08:42:06.223186+00	\N	2026-11-24 08:42:06.228743+00	00000000-0000-7000-8000-0000000000ff	looks bad	\N
01a20cb8-2c10-7667-9637-88642fe02c29	reviewed	01a20cb8-2c03-77f6-a190-69e8a914fe1c	R37LYQXD	00000000-0000-7000-8000-00000000000b	user	00000000-0000-7000-8000-000000000001	order	order-7	30.0000	\N	converted	pending_review	10.0000	10.0000	USD	2026-11-24 08:42:06.22468+00	\N	\N	\N	\N	[{"id": "sales", "quorum": 1, "approvers": ["00000000-0000-7000-8000-0000000000ff"], "decisions": [{"reason": "fine", "approve": true, "approver": "00000000-0000-7000-8000-0000000000ff", "decided_at": "2026-11-24T08:42:06.229764+00:00"}]}, {"id": "finance", "quorum": 1, "approvers": ["00000000-0000-7000-8000-0000000000fe"], "decisions": []}]
\.


--
-- Data for Name: referral_event_consumers; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.referral_event_consumers (consumer, created_at) FROM stdin;
mailer	2026-11-24 08:42:06.201218+00
ledger	2026-11-24 08:42:06.201899+00
\.


--
-- Data for Name: referral_event_deliveries; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.referral_event_deliveries (consumer, event_id, leased_until) FROM stdin;
mailer	6	-infinity
mailer	7	-infinity
mailer	8	-infinity
mailer	9	-infinity
mailer	10	-infinity
mailer	11	-infinity
ledger	11	-infinity
mailer	12	-infinity
ledger	12	-infinity
mailer	13	-infinity
ledger	13	-infinity
mailer	14	-infinity
ledger	14	-infinity
mailer	15	-infinity
ledger	15	-infinity
mailer	16	-infinity
ledger	16	-infinity
mailer	17	-infinity
ledger	17	-infinity
mailer	18	-infinity
ledger	18	-infinity
mailer	19	-infinity
ledger	19	-infinity
mailer	20	-infinity
ledger	20	-infinity
mailer	21	-infinity
ledger	21	-infinity
mailer	22	-infinity
ledger	22	-infinity
mailer	23	-infinity
ledger	23	-infinity
mailer	24	-infinity
ledger	24	-infinity
mailer	25	-infinity
ledger	25	-infinity
mailer	26	-infinity
ledger	26	-infinity
mailer	27	-infinity
ledger	27	-infinity
mailer	28	-infinity
ledger	28	-infinity
mailer	29	-infinity
ledger	29	-infinity
mailer	30	-infinity
ledger	30	-infinity
mailer	31	-infinity
ledger	31	-infinity
mailer	32	-infinity
ledger	32	-infinity
mailer	33	-infinity
ledger	33	-infinity
mailer	34	-infinity
ledger	34	-infinity
mailer	35	-infinity
ledger	35	-infinity
mailer	36	-infinity
ledger	36	-infinity
mailer	37	-infinity
ledger	37	-infinity
mailer	38	-infinity
ledger	38	-infinity
mailer	39	-infinity
ledger	39	-infinity
mailer	40	-infinity
ledger	40	-infinity
mailer	41	-infinity
ledger	41	-infinity
mailer	1	2026-11-24 08:43:06.231002+00
mailer	2	2026-11-24 08:43:06.231002+00
mailer	3	2026-11-24 08:43:06.231002+00
mailer	4	2026-11-24 08:43:06.231002+00
mailer	5	2026-11-24 08:43:06.231002+00
\.


--
-- Data for Name: referral_events; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.referral_events (id, type, payload, created_at) FROM stdin;
1	code.created	{"code": "WELCOME", "max_uses": 10, "code_uuid": "01a20cb8-2bfa-7025-85cf-52f4a5298872", "created_by_uuid": "00000000-0000-7000-8000-00000000000a", "beneficiary_uuid": null}	2026-11-24 08:42:06.203289+00
2	code.created	{"code": "ONCE", "max_uses": 1, "code_uuid": "01a20cb8-2bfc-7656-81f1-83a9abc6e7ab", "created_by_uuid": "00000000-0000-7000-8000-00000000000a", "beneficiary_uuid": null}	2026-11-24 08:42:06.204308+00
3	code.created	{"code": "OFF", "max_uses": 100, "code_uuid": "01a20cb8-2bfc-7656-81f1-83aade609d6f", "created_by_uuid": "00000000-0000-7000-8000-00000000000b", "beneficiary_uuid": null}	2026-11-24 08:42:06.20482+00
4	code.used	{"code": "WELCOME", "program": null, "code_uuid": "01a20cb8-2bfa-7025-85cf-52f4a5298872", "usage_uuid": "01a20cb8-2bfd-72d1-acf2-79ca408ea600", "used_by_uuid": "00000000-0000-7000-8000-000000000001", "beneficiary_uuid": null}	2026-11-24 08:42:06.206205+00
5	code.used	{"code": "WELCOME", "program": null, "code_uuid": "01a20cb8-2bfa-7025-85cf-52f4a5298872", "usage_uuid": "01a20cb8-2bfe-7629-9de1-b19ca3afd242", "used_by_uuid": "00000000-0000-7000-8000-000000000002", "beneficiary_uuid": null}	2026-11-24 08:42:06.20681+00
6	code.used	{"code": "ONCE", "program": null, "code_uuid": "01a20cb8-2bfc-7656-81f1-83a9abc6e7ab", "usage_uuid": "01a20cb8-2bff-748b-af53-d2177367e94a", "used_by_uuid": "00000000-0000-7000-8000-000000000001", "beneficiary_uuid": null}	2026-11-24 08:42:06.207304+00
7	code.deactivated	{"code": "OFF", "code_uuid": "01a20cb8-2bfc-7656-81f1-83aade609d6f"}	2026-11-24 08:42:06.207798+00
8	code.created	{"code": "YAFRKSAM", "max_uses": 10, "code_uuid": "01a20cb8-2c02-7581-aeae-e85ac8827c2d", "created_by_uuid": "00000000-0000-7000-8000-00000000000a", "beneficiary_uuid": "00000000-0000-7000-8000-00000000000a"}	2026-11-24 08:42:06.210459+00
9	code.created	{"code": "68489UKR", "max_uses": 10, "code_uuid": "01a20cb8-2c02-7581-aeae-e85bbcef70ae", "created_by_uuid": "00000000-0000-7000-8000-00000000000a", "beneficiary_uuid": "00000000-0000-7000-8000-00000000000a"}	2026-11-24 08:42:06.210946+00
10	code.created	{"code": "R37LYQXD", "max_uses": 10, "code_uuid": "01a20cb8-2c03-77f6-a190-69e8a914fe1c", "created_by_uuid": "00000000-0000-7000-8000-00000000000b", "beneficiary_uuid": "00000000-0000-7000-8000-00000000000b"}	2026-11-24 08:42:06.211424+00
11	code.created	{"code": "3FCWBAA5", "max_uses": 10, "code_uuid": "01a20cb8-2c03-77f6-a190-69e91e1d12f7", "created_by_uuid": "00000000-0000-7000-8000-00000000000b", "beneficiary_uuid": "00000000-0000-7000-8000-00000000000b"}	2026-11-24 08:42:06.211818+00
12	code.used	{"code": "YAFRKSAM", "program": "default", "code_uuid": "01a20cb8-2c02-7581-aeae-e85ac8827c2d", "usage_uuid": "01a20cb8-2c04-7073-99bd-7a694bf46ef8", "used_by_uuid": "00000000-0000-7000-8000-000000000001", "beneficiary_uuid": "00000000-0000-7000-8000-00000000000a"}	2026-11-24 08:42:06.213194+00
13	code.used	{"code": "68489UKR", "program": "capped", "code_uuid": "01a20cb8-2c02-7581-aeae-e85bbcef70ae", "usage_uuid": "01a20cb8-2c05-719a-938f-ba55b6d8bf85", "used_by_uuid": "00000000-0000-7000-8000-000000000002", "beneficiary_uuid": "00000000-0000-7000-8000-00000000000a"}	2026-11-24 08:42:06.214237+00
14	code.used	{"code": "3FCWBAA5", "program": "capped", "code_uuid": "01a20cb8-2c03-77f6-a190-69e91e1d12f7", "usage_uuid": "01a20cb8-2c06-75d8-80b1-142bb6e36db4", "used_by_uuid": "00000000-0000-7000-8000-000000000003", "beneficiary_uuid": "00000000-0000-7000-8000-00000000000b"}	2026-11-24 08:42:06.215172+00
15	code.used	{"code": "R37LYQXD", "program": "reviewed", "code_uuid": "01a20cb8-2c03-77f6-a190-69e8a914fe1c", "usage_uuid": "01a20cb8-2c07-71c1-aae1-5970547c363f", "used_by_uuid": "00000000-0000-7000-8000-000000000004", "beneficiary_uuid": "00000000-0000-7000-8000-00000000000b"}	2026-11-24 08:42:06.215861+00
16	code.used	{"code": "R37LYQXD", "program": "reviewed", "code_uuid": "01a20cb8-2c03-77f6-a190-69e8a914fe1c", "usage_uuid": "01a20cb8-2c08-754b-b0e2-ee6e0bc22198", "used_by_uuid": "00000000-0000-7000-8000-000000000005", "beneficiary_uuid": "00000000-0000-7000-8000-00000000000b"}	2026-11-24 08:42:06.216525+00
17	conversion.converted	{"code": "YAFRKSAM", "amount": "100.0000", "reason": "rewarded", "program": "default", "currency": "USD", "decided_by": null, "source_ref": "order-1", "source_type": "order", "referee_uuid": "00000000-0000-7000-8000-000000000001", "referrer_uuid": "00000000-0000-7000-8000-00000000000a", "conversion_uuid": "01a20cb8-2c09-7533-af67-952539878092", "decision_reason": null}	2026-11-24 08:42:06.218256+00
18	reward.granted	{"side": "referrer", "amount": "10.0000", "program": "default", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-00000000000a", "reward_uuid": "01a20cb8-2c0a-76a1-b87c-6b44897ef9c9", "reverses_uuid": null, "conversion_uuid": "01a20cb8-2c09-7533-af67-952539878092"}	2026-11-24 08:42:06.218942+00
19	reward.granted	{"side": "referee", "amount": "10.0000", "program": "default", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-000000000001", "reward_uuid": "01a20cb8-2c0b-7497-b124-28467f149492", "reverses_uuid": null, "conversion_uuid": "01a20cb8-2c09-7533-af67-952539878092"}	2026-11-24 08:42:06.219139+00
20	conversion.converted	{"code": "68489UKR", "amount": "50.2500", "reason": "rewarded", "program": "capped", "currency": "USD", "decided_by": null, "source_ref": "order-2", "source_type": "order", "referee_uuid": "00000000-0000-7000-8000-000000000002", "referrer_uuid": "00000000-0000-7000-8000-00000000000a", "conversion_uuid": "01a20cb8-2c0b-7497-b124-28476b933425", "decision_reason": null}	2026-11-24 08:42:06.220085+00
21	reward.granted	{"side": "referrer", "amount": "10.0000", "program": "capped", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-00000000000a", "reward_uuid": "01a20cb8-2c0c-732d-9529-b888ccb12ac1", "reverses_uuid": null, "conversion_uuid": "01a20cb8-2c0b-7497-b124-28476b933425"}	2026-11-24 08:42:06.220287+00
22	reward.granted	{"side": "referee", "amount": "10.0000", "program": "capped", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-000000000002", "reward_uuid": "01a20cb8-2c0c-732d-9529-b8896b4d31f7", "reverses_uuid": null, "conversion_uuid": "01a20cb8-2c0b-7497-b124-28476b933425"}	2026-11-24 08:42:06.220482+00
23	conversion.converted	{"code": "3FCWBAA5", "amount": "20.0000", "reason": "rewarded", "program": "capped", "currency": "USD", "decided_by": null, "source_ref": "order-3", "source_type": "order", "referee_uuid": "00000000-0000-7000-8000-000000000003", "referrer_uuid": "00000000-0000-7000-8000-00000000000b", "conversion_uuid": "01a20cb8-2c0d-7075-bfc5-bb5b8b4654e0", "decision_reason": null}	2026-11-24 08:42:06.221294+00
24	reward.granted	{"side": "referrer", "amount": "10.0000", "program": "capped", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-00000000000b", "reward_uuid": "01a20cb8-2c0d-7075-bfc5-bb5cdc8d3759", "reverses_uuid": null, "conversion_uuid": "01a20cb8-2c0d-7075-bfc5-bb5b8b4654e0"}	2026-11-24 08:42:06.221508+00
25	reward.granted	{"side": "referee", "amount": "10.0000", "program": "capped", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-000000000003", "reward_uuid": "01a20cb8-2c0d-7075-bfc5-bb5d270cadc6", "reverses_uuid": null, "conversion_uuid": "01a20cb8-2c0d-7075-bfc5-bb5b8b4654e0"}	2026-11-24 08:42:06.221682+00
26	conversion.converted	{"code": "R37LYQXD", "amount": "75.0000", "reason": "pending_review", "program": "reviewed", "currency": "USD", "decided_by": null, "source_ref": "order-4", "source_type": "order", "referee_uuid": "00000000-0000-7000-8000-000000000004", "referrer_uuid": "00000000-0000-7000-8000-00000000000b", "conversion_uuid": "01a20cb8-2c0e-704e-bf43-3dfe5b551cda", "decision_reason": null}	2026-11-24 08:42:06.222461+00
27	conversion.converted	{"code": "R37LYQXD", "amount": "80.0000", "reason": "pending_review", "program": "reviewed", "currency": "USD", "decided_by": null, "source_ref": "order-5", "source_type": "order", "referee_uuid": "00000000-0000-7000-8000-000000000005", "referrer_uuid": "00000000-0000-7000-8000-00000000000b", "conversion_uuid": "01a20cb8-2c0f-74fd-b0cb-9b4985def159", "decision_reason": null}	2026-11-24 08:42:06.223322+00
28	conversion.converted	{"code": "68489UKR", "amount": "30.0000", "reason": "rewarded", "program": "capped", "currency": null, "decided_by": null, "source_ref": "order-6", "source_type": "order", "referee_uuid": "00000000-0000-7000-8000-000000000005", "referrer_uuid": "00000000-0000-7000-8000-00000000000a", "conversion_uuid": "01a20cb8-2c0f-74fd-b0cb-9b4a670a2212", "decision_reason": null}	2026-11-24 08:42:06.224005+00
29	reward.granted	{"side": "referrer", "amount": "10.0000", "program": "capped", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-00000000000a", "reward_uuid": "01a20cb8-2c10-7667-9637-8862a5dd1069", "reverses_uuid": null, "conversion_uuid": "01a20cb8-2c0f-74fd-b0cb-9b4a670a2212"}	2026-11-24 08:42:06.224156+00
30	reward.granted	{"side": "referee", "amount": "10.0000", "program": "capped", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-000000000005", "reward_uuid": "01a20cb8-2c10-7667-9637-8863c2e87d69", "reverses_uuid": null, "conversion_uuid": "01a20cb8-2c0f-74fd-b0cb-9b4a670a2212"}	2026-11-24 08:42:06.224288+00
31	conversion.converted	{"code": "R37LYQXD", "amount": "30.0000", "reason": "pending_review", "program": "reviewed", "currency": null, "decided_by": null, "source_ref": "order-7", "source_type": "order", "referee_uuid": "00000000-0000-7000-8000-000000000001", "referrer_uuid": "00000000-0000-7000-8000-00000000000b", "conversion_uuid": "01a20cb8-2c10-7667-9637-88642fe02c29", "decision_reason": null}	2026-11-24 08:42:06.224758+00
32	conversion.converted	{"code": "R37LYQXD", "amount": null, "reason": "below_minimum", "program": "reviewed", "currency": null, "decided_by": null, "source_ref": "order-8", "source_type": "order", "referee_uuid": "00000000-0000-7000-8000-000000000002", "referrer_uuid": "00000000-0000-7000-8000-00000000000b", "conversion_uuid": "01a20cb8-2c11-73db-b916-d70476c918b9", "decision_reason": null}	2026-11-24 08:42:06.225163+00
33	reward.reversed	{"side": "referrer", "amount": "-5.0000", "program": "capped", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-00000000000a", "reward_uuid": "01a20cb8-2c11-73db-b916-d705f3997178", "reverses_uuid": "01a20cb8-2c0c-732d-9529-b888ccb12ac1", "conversion_uuid": "01a20cb8-2c0b-7497-b124-28476b933425"}	2026-11-24 08:42:06.226151+00
34	reward.reversed	{"side": "referee", "amount": "-5.0000", "program": "capped", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-000000000002", "reward_uuid": "01a20cb8-2c12-7749-9c86-1420059616d6", "reverses_uuid": "01a20cb8-2c0c-732d-9529-b8896b4d31f7", "conversion_uuid": "01a20cb8-2c0b-7497-b124-28476b933425"}	2026-11-24 08:42:06.226337+00
35	conversion.reversed	{"code": "3FCWBAA5", "amount": "20.0000", "reason": "rewarded", "program": "capped", "currency": "USD", "decided_by": null, "source_ref": "order-3", "source_type": "order", "referee_uuid": "00000000-0000-7000-8000-000000000003", "referrer_uuid": "00000000-0000-7000-8000-00000000000b", "conversion_uuid": "01a20cb8-2c0d-7075-bfc5-bb5b8b4654e0", "decision_reason": "returned"}	2026-11-24 08:42:06.22693+00
36	reward.reversed	{"side": "referrer", "amount": "-10.0000", "program": "capped", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-00000000000b", "reward_uuid": "01a20cb8-2c13-74bb-8f76-20e29c1ab67d", "reverses_uuid": "01a20cb8-2c0d-7075-bfc5-bb5cdc8d3759", "conversion_uuid": "01a20cb8-2c0d-7075-bfc5-bb5b8b4654e0"}	2026-11-24 08:42:06.227316+00
37	reward.reversed	{"side": "referee", "amount": "-10.0000", "program": "capped", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-000000000003", "reward_uuid": "01a20cb8-2c13-74bb-8f76-20e3988c2654", "reverses_uuid": "01a20cb8-2c0d-7075-bfc5-bb5d270cadc6", "conversion_uuid": "01a20cb8-2c0d-7075-bfc5-bb5b8b4654e0"}	2026-11-24 08:42:06.227512+00
38	conversion.approved	{"code": "R37LYQXD", "amount": "75.0000", "reason": "rewarded", "program": "reviewed", "currency": "USD", "decided_by": "00000000-0000-7000-8000-0000000000ff", "source_ref": "order-4", "source_type": "order", "referee_uuid": "00000000-0000-7000-8000-000000000004", "referrer_uuid": "00000000-0000-7000-8000-00000000000b", "conversion_uuid": "01a20cb8-2c0e-704e-bf43-3dfe5b551cda", "decision_reason": "looks good"}	2026-11-24 08:42:06.227985+00
39	reward.granted	{"side": "referrer", "amount": "10.0000", "program": "reviewed", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-00000000000b", "reward_uuid": "01a20cb8-2c14-7237-bfad-9452d3385511", "reverses_uuid": null, "conversion_uuid": "01a20cb8-2c0e-704e-bf43-3dfe5b551cda"}	2026-11-24 08:42:06.228154+00
40	reward.granted	{"side": "referee", "amount": "10.0000", "program": "reviewed", "currency": "USD", "user_uuid": "00000000-0000-7000-8000-000000000004", "reward_uuid": "01a20cb8-2c14-7237-bfad-945302dd174d", "reverses_uuid": null, "conversion_uuid": "01a20cb8-2c0e-704e-bf43-3dfe5b551cda"}	2026-11-24 08:42:06.228297+00
41	conversion.rejected	{"code": "R37LYQXD", "amount": "80.0000", "reason": "pending_review", "program": "reviewed", "currency": "USD", "decided_by": "00000000-0000-7000-8000-0000000000ff", "source_ref": "order-5", "source_type": "order", "referee_uuid": "00000000-0000-7000-8000-000000000005", "referrer_uuid": "00000000-0000-7000-8000-00000000000b", "conversion_uuid": "01a20cb8-2c0f-74fd-b0cb-9b4985def159", "decision_reason": "looks bad"}	2026-11-24 08:42:06.22876+00
\.


--
-- Data for Name: referral_programs; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.referral_programs (key, name, status, starts_at, ends_at, code_length, code_alphabet, code_prefix, max_uses_per_code, max_uses_total, number_of_uses, codes_expire_after, referrer_reward, referee_reward, currency, min_purchase, first_purchase_only, one_code_per_referee, attribution_window, hold_period, requires_approval, metadata, created_at, updated_at) FROM stdin;
default	Default	active	\N	\N	8	ABCDEFGHJKLMNPQRSTUVWXYZ23456789		10	\N	0	\N	10.0000	10.0000	USD	10.0000	t	t	\N	00:00:00	f	{}	2026-11-24 08:42:06.198303+00	2026-11-24 08:42:06.198303+00
reviewed	reviewed	active	\N	\N	8	ABCDEFGHJKLMNPQRSTUVWXYZ23456789		10	\N	0	\N	10.0000	10.0000	USD	10.0000	t	t	30 days	1 day	t	{"campaign": "spring"}	2026-11-24 08:42:06.209286+00	2026-11-24 08:42:06.209286+00
over	over	ended	\N	\N	8	ABCDEFGHJKLMNPQRSTUVWXYZ23456789		10	\N	0	\N	10.0000	10.0000	USD	10.0000	t	t	\N	00:00:00	f	{}	2026-11-24 08:42:06.209578+00	2026-11-24 08:42:06.209578+00
capped	capped	active	\N	\N	8	ABCDEFGHJKLMNPQRSTUVWXYZ23456789		10	3	2	10 years	10.0000	10.0000	USD	10.0000	f	t	\N	00:00:00	f	{}	2026-11-24 08:42:06.208832+00	2026-11-24 08:42:06.208832+00
\.


--
-- Data for Name: referral_referees; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.referral_referees (referee_uuid, program, last_seen_at) FROM stdin;
00000000-0000-7000-8000-000000000001	default	2026-11-24 08:42:06.217565+00
00000000-0000-7000-8000-000000000002	capped	2026-11-24 08:42:06.219815+00
00000000-0000-7000-8000-000000000003	capped	2026-11-24 08:42:06.22103+00
00000000-0000-7000-8000-000000000004	reviewed	2026-11-24 08:42:06.222213+00
00000000-0000-7000-8000-000000000005	reviewed	2026-11-24 08:42:06.223093+00
00000000-0000-7000-8000-000000000005	capped	2026-11-24 08:42:06.223793+00
00000000-0000-7000-8000-000000000001	reviewed	2026-11-24 08:42:06.224653+00
\.


--
-- Data for Name: referral_rewards; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.referral_rewards (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at, reverses_uuid, reason) FROM stdin;
01a20cb8-2c0a-76a1-b87c-6b44897ef9c9	01a20cb8-2c09-7533-af67-952539878092	default	referrer	00000000-0000-7000-8000-00000000000a	10.0000	USD	2026-11-24 08:42:06.218381+00	2026-11-24 08:42:06.216698+00	\N	\N
01a20cb8-2c0b-7497-b124-28467f149492	01a20cb8-2c09-7533-af67-952539878092	default	referee	00000000-0000-7000-8000-000000000001	10.0000	USD	2026-11-24 08:42:06.21903+00	2026-11-24 08:42:06.216698+00	\N	\N
01a20cb8-2c0c-732d-9529-b888ccb12ac1	01a20cb8-2c0b-7497-b124-28476b933425	capped	referrer	00000000-0000-7000-8000-00000000000a	10.0000	USD	2026-11-24 08:42:06.220177+00	2026-11-24 08:42:06.219336+00	\N	\N
01a20cb8-2c0c-732d-9529-b8896b4d31f7	01a20cb8-2c0b-7497-b124-28476b933425	capped	referee	00000000-0000-7000-8000-000000000002	10.0000	USD	2026-11-24 08:42:06.220383+00	2026-11-24 08:42:06.219336+00	\N	\N
01a20cb8-2c0d-7075-bfc5-bb5cdc8d3759	01a20cb8-2c0d-7075-bfc5-bb5b8b4654e0	capped	referrer	00000000-0000-7000-8000-00000000000b	10.0000	USD	2026-11-24 08:42:06.221402+00	2026-11-24 08:42:06.220638+00	\N	\N
01a20cb8-2c0d-7075-bfc5-bb5d270cadc6	01a20cb8-2c0d-7075-bfc5-bb5b8b4654e0	capped	referee	00000000-0000-7000-8000-000000000003	10.0000	USD	2026-11-24 08:42:06.221585+00	2026-11-24 08:42:06.220638+00	\N	\N
01a20cb8-2c10-7667-9637-8862a5dd1069	01a20cb8-2c0f-74fd-b0cb-9b4a670a2212	capped	referrer	00000000-0000-7000-8000-00000000000a	10.0000	USD	2026-11-24 08:42:06.224091+00	2026-11-24 08:42:06.223506+00	\N	\N
01a20cb8-2c10-7667-9637-8863c2e87d69	01a20cb8-2c0f-74fd-b0cb-9b4a670a2212	capped	referee	00000000-0000-7000-8000-000000000005	10.0000	USD	2026-11-24 08:42:06.224232+00	2026-11-24 08:42:06.223506+00	\N	\N
01a20cb8-2c11-73db-b916-d705f3997178	01a20cb8-2c0b-7497-b124-28476b933425	capped	referrer	00000000-0000-7000-8000-00000000000a	-5.0000	USD	2026-11-24 08:42:06.225979+00	2026-11-24 08:42:06.219336+00	01a20cb8-2c0c-732d-9529-b888ccb12ac1	returned in part
01a20cb8-2c12-7749-9c86-1420059616d6	01a20cb8-2c0b-7497-b124-28476b933425	capped	referee	00000000-0000-7000-8000-000000000002	-5.0000	USD	2026-11-24 08:42:06.226242+00	2026-11-24 08:42:06.219336+00	01a20cb8-2c0c-732d-9529-b8896b4d31f7	returned in part
01a20cb8-2c13-74bb-8f76-20e29c1ab67d	01a20cb8-2c0d-7075-bfc5-bb5b8b4654e0	capped	referrer	00000000-0000-7000-8000-00000000000b	-10.0000	USD	2026-11-24 08:42:06.227207+00	2026-11-24 08:42:06.220638+00	01a20cb8-2c0d-7075-bfc5-bb5cdc8d3759	returned
01a20cb8-2c13-74bb-8f76-20e3988c2654	01a20cb8-2c0d-7075-bfc5-bb5b8b4654e0	capped	referee	00000000-0000-7000-8000-000000000003	-10.0000	USD	2026-11-24 08:42:06.227419+00	2026-11-24 08:42:06.220638+00	01a20cb8-2c0d-7075-bfc5-bb5d270cadc6	returned
01a20cb8-2c14-7237-bfad-9452d3385511	01a20cb8-2c0e-704e-bf43-3dfe5b551cda	reviewed	referrer	00000000-0000-7000-8000-00000000000b	10.0000	USD	2026-11-24 08:42:06.228092+00	2026-11-25 08:42:06.2278+00	\N	\N
01a20cb8-2c14-7237-bfad-945302dd174d	01a20cb8-2c0e-704e-bf43-3dfe5b551cda	reviewed	referee	00000000-0000-7000-8000-000000000004	10.0000	USD	2026-11-24 08:42:06.228241+00	2026-11-25 08:42:06.2278+00	\N	\N
\.


--
-- Name: referral_events_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.referral_events_id_seq', 41, true);


--
-- Name: phoenix_kit_referral_code_usage phoenix_kit_referral_code_usage_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.phoenix_kit_referral_code_usage
    ADD CONSTRAINT phoenix_kit_referral_code_usage_pkey PRIMARY KEY (uuid);


--
-- Name: phoenix_kit_referral_codes phoenix_kit_referral_codes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.phoenix_kit_referral_codes
    ADD CONSTRAINT phoenix_kit_referral_codes_pkey PRIMARY KEY (uuid);


--
-- Name: phoenix_kit_settings phoenix_kit_settings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.phoenix_kit_settings
    ADD CONSTRAINT phoenix_kit_settings_pkey PRIMARY KEY (uuid);


--
-- Name: referral_check_attempts referral_check_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_check_attempts
    ADD CONSTRAINT referral_check_attempts_pkey PRIMARY KEY (minute, client_key);


--
-- Name: referral_code_creators referral_code_creators_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_code_creators
    ADD CONSTRAINT referral_code_creators_pkey PRIMARY KEY (creator_uuid);


--
-- Name: referral_code_programs referral_code_programs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_code_programs
    ADD CONSTRAINT referral_code_programs_pkey PRIMARY KEY (code_uuid);


--
-- Name: referral_conversions referral_conversions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_conversions
    ADD CONSTRAINT referral_conversions_pkey PRIMARY KEY (uuid);


--
-- Name: referral_conversions referral_conversions_source_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_conversions
    ADD CONSTRAINT referral_conversions_source_key UNIQUE (source_type, source_ref);


--
-- Name: referral_event_consumers referral_event_consumers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_event_consumers
    ADD CONSTRAINT referral_event_consumers_pkey PRIMARY KEY (consumer);


--
-- Name: referral_event_deliveries referral_event_deliveries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_event_deliveries
    ADD CONSTRAINT referral_event_deliveries_pkey PRIMARY KEY (consumer, event_id);


--
-- Name: referral_events referral_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_events
    ADD CONSTRAINT referral_events_pkey PRIMARY KEY (id);


--
-- Name: referral_programs referral_programs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_programs
    ADD CONSTRAINT referral_programs_pkey PRIMARY KEY (key);


--
-- Name: referral_referees referral_referees_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_referees
    ADD CONSTRAINT referral_referees_pkey PRIMARY KEY (referee_uuid, program);


--
-- Name: referral_rewards referral_rewards_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_rewards
    ADD CONSTRAINT referral_rewards_pkey PRIMARY KEY (uuid);


--
-- Name: phoenix_kit_referral_code_usage_date_used_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX phoenix_kit_referral_code_usage_date_used_idx ON public.phoenix_kit_referral_code_usage USING btree (date_used);


--
-- Name: phoenix_kit_referral_code_usage_used_by_uuid_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX phoenix_kit_referral_code_usage_used_by_uuid_idx ON public.phoenix_kit_referral_code_usage USING btree (used_by_uuid);


--
-- Name: phoenix_kit_referral_codes_beneficiary_uuid_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX phoenix_kit_referral_codes_beneficiary_uuid_idx ON public.phoenix_kit_referral_codes USING btree (beneficiary_uuid);


--
-- Name: phoenix_kit_referral_codes_code_uidx; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX phoenix_kit_referral_codes_code_uidx ON public.phoenix_kit_referral_codes USING btree (code);


--
-- Name: phoenix_kit_referral_codes_created_by_uuid_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX phoenix_kit_referral_codes_created_by_uuid_idx ON public.phoenix_kit_referral_codes USING btree (created_by_uuid);


--
-- Name: phoenix_kit_settings_key_uidx; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX phoenix_kit_settings_key_uidx ON public.phoenix_kit_settings USING btree (key);


--
-- Name: referral_code_programs_owner_uidx; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX referral_code_programs_owner_uidx ON public.referral_code_programs USING btree (owner_uuid, program, owner_type);


--
-- Name: referral_code_programs_program_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX referral_code_programs_program_idx ON public.referral_code_programs USING btree (program);


--
-- Name: referral_codes_newest_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX referral_codes_newest_idx ON public.phoenix_kit_referral_codes USING btree (date_created DESC, uuid DESC);


--
-- Name: referral_codes_upper_code_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX referral_codes_upper_code_idx ON public.phoenix_kit_referral_codes USING btree (upper((code)::text));


--
-- Name: referral_conversions_newest_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX referral_conversions_newest_idx ON public.referral_conversions USING btree (converted_at DESC, uuid DESC);


--
-- Name: referral_conversions_referee_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX referral_conversions_referee_idx ON public.referral_conversions USING btree (referee_uuid, program);


--
-- Name: referral_conversions_referrer_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX referral_conversions_referrer_idx ON public.referral_conversions USING btree (referrer_uuid, converted_at DESC, uuid DESC);


--
-- Name: referral_events_created_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX referral_events_created_at_idx ON public.referral_events USING btree (created_at);


--
-- Name: referral_rewards_conversion_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX referral_rewards_conversion_idx ON public.referral_rewards USING btree (conversion_uuid);


--
-- Name: referral_rewards_grant_uidx; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX referral_rewards_grant_uidx ON public.referral_rewards USING btree (conversion_uuid, side) WHERE (reverses_uuid IS NULL);


--
-- Name: referral_rewards_user_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX referral_rewards_user_idx ON public.referral_rewards USING btree (user_uuid, currency, available_at) INCLUDE (amount, reverses_uuid);


--
-- Name: referral_usage_code_user_uidx; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX referral_usage_code_user_uidx ON public.phoenix_kit_referral_code_usage USING btree (code_uuid, used_by_uuid);


--
-- Name: referral_usage_newest_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX referral_usage_newest_idx ON public.phoenix_kit_referral_code_usage USING btree (code_uuid, date_used DESC) INCLUDE (used_by_uuid);


--
-- Name: phoenix_kit_referral_codes referral_guard_claim; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER referral_guard_claim AFTER UPDATE ON public.phoenix_kit_referral_codes FOR EACH ROW WHEN (((old.number_of_uses <> new.number_of_uses) AND public.referral_written_by_hand())) EXECUTE FUNCTION public.referral_guard_claim();


--
-- Name: phoenix_kit_referral_codes referral_guard_code; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER referral_guard_code BEFORE INSERT OR UPDATE OF code, description, max_uses, expiration_date, created_by_uuid ON public.phoenix_kit_referral_codes FOR EACH ROW WHEN (public.referral_written_by_hand()) EXECUTE FUNCTION public.referral_guard_code();


--
-- Name: phoenix_kit_referral_codes referral_guard_code_written; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER referral_guard_code_written AFTER INSERT OR UPDATE OF created_by_uuid, beneficiary_uuid, status ON public.phoenix_kit_referral_codes FOR EACH ROW WHEN (public.referral_written_by_hand()) EXECUTE FUNCTION public.referral_guard_code_written();


--
-- Name: referral_rewards referral_guard_ledger; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER referral_guard_ledger BEFORE DELETE OR UPDATE OR TRUNCATE ON public.referral_rewards FOR EACH STATEMENT WHEN (public.referral_written_by_hand()) EXECUTE FUNCTION public.referral_guard_ledger();


--
-- Name: phoenix_kit_referral_code_usage referral_guard_usage; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER referral_guard_usage AFTER INSERT ON public.phoenix_kit_referral_code_usage FOR EACH ROW WHEN (public.referral_written_by_hand()) EXECUTE FUNCTION public.referral_guard_usage();


--
-- Name: phoenix_kit_referral_code_usage referral_guard_usage_lock; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER referral_guard_usage_lock BEFORE INSERT ON public.phoenix_kit_referral_code_usage FOR EACH ROW WHEN (public.referral_written_by_hand()) EXECUTE FUNCTION public.referral_guard_usage_lock();


--
-- Name: phoenix_kit_referral_code_usage fk_referral_code_usage_code_uuid; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.phoenix_kit_referral_code_usage
    ADD CONSTRAINT fk_referral_code_usage_code_uuid FOREIGN KEY (code_uuid) REFERENCES public.phoenix_kit_referral_codes(uuid) ON DELETE CASCADE;


--
-- Name: referral_code_programs referral_code_programs_program_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_code_programs
    ADD CONSTRAINT referral_code_programs_program_fkey FOREIGN KEY (program) REFERENCES public.referral_programs(key);


--
-- Name: referral_conversions referral_conversions_program_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_conversions
    ADD CONSTRAINT referral_conversions_program_fkey FOREIGN KEY (program) REFERENCES public.referral_programs(key);


--
-- Name: referral_rewards referral_rewards_conversion_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_rewards
    ADD CONSTRAINT referral_rewards_conversion_fkey FOREIGN KEY (conversion_uuid) REFERENCES public.referral_conversions(uuid);


--
-- Name: referral_rewards referral_rewards_reverses_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.referral_rewards
    ADD CONSTRAINT referral_rewards_reverses_fkey FOREIGN KEY (reverses_uuid) REFERENCES public.referral_rewards(uuid);


--
-- Name: COLUMN referral_code_programs.code_uuid; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(code_uuid) ON TABLE public.referral_code_programs TO PUBLIC;


--
-- Name: COLUMN referral_code_programs.program; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(program) ON TABLE public.referral_code_programs TO PUBLIC;


--
-- Name: COLUMN referral_programs.key; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(key) ON TABLE public.referral_programs TO PUBLIC;


--
-- Name: COLUMN referral_programs.status; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(status) ON TABLE public.referral_programs TO PUBLIC;


--
-- Name: COLUMN referral_programs.starts_at; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(starts_at) ON TABLE public.referral_programs TO PUBLIC;


--
-- Name: COLUMN referral_programs.ends_at; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(ends_at) ON TABLE public.referral_programs TO PUBLIC;


--
-- Name: COLUMN referral_programs.max_uses_total; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(max_uses_total) ON TABLE public.referral_programs TO PUBLIC;


--
-- Name: COLUMN referral_programs.number_of_uses; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(number_of_uses) ON TABLE public.referral_programs TO PUBLIC;


--
-- Name: COLUMN referral_programs.one_code_per_referee; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(one_code_per_referee) ON TABLE public.referral_programs TO PUBLIC;


--
-- PostgreSQL database dump complete
--


