-- session=dms_l1KZTpJlxoJqmVBpQsUf4d9uJ4FSpNpLXs9Xc7wA7zc device=dmd_9RQGTiNPv9it3STpRZLrlXe5n01i__eby2ON97AsD5s service_key=dmk_Xn6842KG9_IVtJXwhhcEjGLVNHAfXDZnz947agjvQq0
--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)




--
-- Name: __diesel_schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.__diesel_schema_migrations (
    version character varying(50) NOT NULL,
    run_on timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);


--
-- Name: captcha_uses; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.captcha_uses (
    digest bytea NOT NULL,
    expires_at bigint NOT NULL
);


--
-- Name: challenges; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.challenges (
    id text NOT NULL,
    user_id text NOT NULL,
    purpose text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    tries_left bigint NOT NULL,
    code_expires_at bigint NOT NULL,
    expires_at bigint NOT NULL
);


--
-- Name: counters; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.counters (
    subject bytea NOT NULL,
    count bigint NOT NULL,
    ends_at bigint NOT NULL,
    last_at bigint DEFAULT 0 NOT NULL,
    in_flight bigint DEFAULT 0 NOT NULL,
    settles_at bigint DEFAULT 0 NOT NULL
);


--
-- Name: devices; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.devices (
    token_hash bytea NOT NULL,
    user_id text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);


--
-- Name: failures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.failures (
    subject bytea NOT NULL,
    count bigint NOT NULL,
    in_a_row bigint NOT NULL,
    waits_until bigint NOT NULL,
    forgotten_at bigint NOT NULL,
    in_flight bigint DEFAULT 0 NOT NULL,
    settles_at bigint DEFAULT 0 NOT NULL
);


--
-- Name: idempotency_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.idempotency_keys (
    key_hash bytea NOT NULL,
    user_id text NOT NULL,
    body_hash bytea NOT NULL,
    expires_at bigint NOT NULL
);


--
-- Name: invitations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.invitations (
    id text NOT NULL,
    token_hash bytea NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    roles text NOT NULL,
    uses bigint NOT NULL,
    uses_left bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    revoked_at bigint NOT NULL
);


--
-- Name: mail_requests; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.mail_requests (
    id text NOT NULL,
    kind text NOT NULL,
    mailbox text NOT NULL,
    language text NOT NULL,
    client bytea NOT NULL,
    expires_at bigint NOT NULL
);


--
-- Name: outbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.outbox (
    id text NOT NULL,
    kind text NOT NULL,
    recipient text NOT NULL,
    language text NOT NULL,
    reference text NOT NULL,
    detail text NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    due_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: pending_sign_ups; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.pending_sign_ups (
    id text NOT NULL,
    username text NOT NULL,
    username_key text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    password_hash text NOT NULL,
    tries_left bigint NOT NULL,
    code_expires_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    display_name text,
    profile text DEFAULT '{}'::text NOT NULL,
    invitation_id text DEFAULT ''::text NOT NULL
);


--
-- Name: secrets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.secrets (
    name text NOT NULL,
    value bytea NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: service_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.service_keys (
    name text NOT NULL,
    key_hash bytea NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    id text NOT NULL,
    user_id text NOT NULL,
    token_hash bytea NOT NULL,
    created_at bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    ends_at bigint NOT NULL,
    remembered boolean NOT NULL,
    ip text NOT NULL,
    user_agent text NOT NULL,
    device_hash bytea DEFAULT '\x'::bytea NOT NULL,
    auth_time bigint DEFAULT 0 NOT NULL,
    amr text DEFAULT 'pwd'::text NOT NULL
);


--
-- Name: signing_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.signing_keys (
    id text NOT NULL,
    public_key text NOT NULL,
    sealed_key bytea NOT NULL,
    created_at bigint NOT NULL,
    signs_from bigint NOT NULL
);


--
-- Name: token_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.token_keys (
    id text NOT NULL,
    x text NOT NULL,
    y text NOT NULL,
    sealed_key bytea NOT NULL,
    created_at bigint NOT NULL,
    signs_from bigint NOT NULL
);


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id text NOT NULL,
    username text NOT NULL,
    username_key text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    email_verified boolean NOT NULL,
    password_hash text NOT NULL,
    password_version bigint NOT NULL,
    disabled boolean NOT NULL,
    created_at bigint NOT NULL,
    failed_log_ins bigint DEFAULT 0 NOT NULL,
    display_name text,
    profile text DEFAULT '{}'::text NOT NULL,
    roles text DEFAULT ''::text NOT NULL,
    metadata text DEFAULT '{}'::text NOT NULL,
    last_login_at bigint DEFAULT 0 NOT NULL
);


--
-- Data for Name: __diesel_schema_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.__diesel_schema_migrations VALUES ('20261122000000', '2026-11-29 18:43:32.192872');
INSERT INTO public.__diesel_schema_migrations VALUES ('20261122120000', '2026-11-29 18:43:32.192872');
INSERT INTO public.__diesel_schema_migrations VALUES ('20261122180000', '2026-11-29 18:43:32.192872');
INSERT INTO public.__diesel_schema_migrations VALUES ('20261123000000', '2026-11-29 18:43:32.192872');
INSERT INTO public.__diesel_schema_migrations VALUES ('20261129020000', '2026-11-29 18:43:32.192872');
INSERT INTO public.__diesel_schema_migrations VALUES ('20261129030000', '2026-11-29 18:43:32.192872');
INSERT INTO public.__diesel_schema_migrations VALUES ('20261129035900', '2026-11-29 18:43:32.192872');
INSERT INTO public.__diesel_schema_migrations VALUES ('20261129150000', '2026-11-29 18:43:32.192872');


--
-- Data for Name: captcha_uses; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: challenges; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: counters; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: devices; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.devices VALUES ('\x5065c0c8cd028a9ca7bd12d626461fe6d87f19356e5ff2cc8800d72ecb2c7c10', '01a2289e-9d27-7938-8c49-4a7a33c5fb7f', 1795977813287315, 1830537813287315);
INSERT INTO public.devices VALUES ('\x2e5f9c9b9b7e36ac605ab9460ef1e4853cccd9acc92cf278d8805d86ee0f6cd5', '01a2289e-9d8f-7284-8269-02226ab4526c', 1795977813391270, 1830537813391270);


--
-- Data for Name: failures; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.idempotency_keys VALUES ('\x7939aa9f5c77960a95289e8ddb2a71d98254d5b1eb5e7faf314ad55a3c079246', '01a2289e-9d27-7938-8c49-4a7a33c5fb7f', '\x1d00151fa3bdac8c40c4381e30ef04cbc2cdeebf7ceb10dd5ac41b876ae2538b', 1796064213287315);


--
-- Data for Name: invitations; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: mail_requests; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: outbox; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: pending_sign_ups; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: secrets; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: service_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.service_keys VALUES ('api', '\x49b8968d6eccad384ba95446ff26ef29061abd37cbc8161c098a2c1b3f1088be', 1795977814869724);


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sessions VALUES ('01a2289e-9d27-786d-b423-36234dad4c85', '01a2289e-9d27-7938-8c49-4a7a33c5fb7f', '\xf9e39c7117e8b8474db91872de26e0c20e7d6fb311da41669db67b56bc1cc933', 1795977813287315, 1795977813287315, 1797187413287315, 1803753813287315, true, '127.0.0.1', 'curl/7.88.1', '\x5065c0c8cd028a9ca7bd12d626461fe6d87f19356e5ff2cc8800d72ecb2c7c10', 1795977813287315, 'pwd');


--
-- Data for Name: signing_keys; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: token_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.token_keys VALUES ('agj39J2PzXD-mpAYD7P9uByycYHVK94a_DccdJMe-MA', '3ZO6shjAPNYzFUd9Tv4TwhG0bnro2rToLehY2QoWSf8', 'sRqLm3npY-Ffo7dG93_jjSpeOfW7gJNFN9Wxoa6H7Jk', '\x621ae1e25563355d1a7bcf8a95c67d99c416fed883767990746c9fd895ce49a53efbf5267e9933ab20767fd741b71aa78ce1a8cca905ce320171441e443b755ee325eae7d568347e36e8c26f258a7978a4dc6e0d52b20d29d6050fdbfc961e640800a03bfbecae1a3326e1abf66c3c6b373e53d310bead28ad9b07887791006daf8e91a0f1f3a551eddd92e8e8d9c655ed432d7542efd815fe86ddc76795fbd66274953fbdae', 1795977813596849, 1795977813596849);


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.users VALUES ('01a2289e-9d27-7938-8c49-4a7a33c5fb7f', 'ann', 'ann', 'ann@example.com', 'ann@example.com', true, '$2b$04$J/1TQKBbHpYlSU5KMm7hYe53k0PEAHlbnQbS3U4lh8o4t7fTMssym', 0, false, 1795977813287315, 0, NULL, '{"plan":"pro"}', '', '{}', 1795977813287315);
INSERT INTO public.users VALUES ('01a2289e-9d8f-7284-8269-02226ab4526c', 'ben', 'ben', 'ben@example.com', 'ben@example.com', false, '$2b$04$GmPatrZuW7wzpuZMuI0xjuAYHAg3iUBcz8XMU5enphD.kGLxHSy.a', 0, true, 1795977813391270, 0, NULL, '{}', '', '{}', 1795977813391270);


--
-- Name: __diesel_schema_migrations __diesel_schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.__diesel_schema_migrations
    ADD CONSTRAINT __diesel_schema_migrations_pkey PRIMARY KEY (version);


--
-- Name: captcha_uses captcha_uses_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.captcha_uses
    ADD CONSTRAINT captcha_uses_pkey PRIMARY KEY (digest);


--
-- Name: challenges challenges_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.challenges
    ADD CONSTRAINT challenges_pkey PRIMARY KEY (id);


--
-- Name: counters counters_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.counters
    ADD CONSTRAINT counters_pkey PRIMARY KEY (subject);


--
-- Name: devices devices_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (token_hash);


--
-- Name: failures failures_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.failures
    ADD CONSTRAINT failures_pkey PRIMARY KEY (subject);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (key_hash);


--
-- Name: invitations invitations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);


--
-- Name: mail_requests mail_requests_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mail_requests
    ADD CONSTRAINT mail_requests_pkey PRIMARY KEY (id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: pending_sign_ups pending_sign_ups_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pending_sign_ups
    ADD CONSTRAINT pending_sign_ups_pkey PRIMARY KEY (id);


--
-- Name: secrets secrets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_pkey PRIMARY KEY (name);


--
-- Name: service_keys service_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.service_keys
    ADD CONSTRAINT service_keys_pkey PRIMARY KEY (name);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);


--
-- Name: signing_keys signing_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (id);


--
-- Name: token_keys token_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token_keys
    ADD CONSTRAINT token_keys_pkey PRIMARY KEY (id);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: captcha_uses_expires_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX captcha_uses_expires_at ON public.captcha_uses USING btree (expires_at);


--
-- Name: challenges_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX challenges_user_id ON public.challenges USING btree (user_id, purpose);


--
-- Name: counters_ends_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX counters_ends_at ON public.counters USING btree (ends_at);


--
-- Name: devices_expires_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX devices_expires_at ON public.devices USING btree (expires_at);


--
-- Name: devices_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX devices_user_id ON public.devices USING btree (user_id, created_at);


--
-- Name: failures_forgotten_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX failures_forgotten_at ON public.failures USING btree (forgotten_at);


--
-- Name: idempotency_keys_expires_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_keys_expires_at ON public.idempotency_keys USING btree (expires_at);


--
-- Name: idempotency_keys_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_keys_user_id ON public.idempotency_keys USING btree (user_id);


--
-- Name: invitations_expires_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX invitations_expires_at ON public.invitations USING btree (expires_at);


--
-- Name: invitations_token_hash; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX invitations_token_hash ON public.invitations USING btree (token_hash);


--
-- Name: mail_requests_mailbox; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX mail_requests_mailbox ON public.mail_requests USING btree (mailbox, kind);


--
-- Name: outbox_due_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_due_at ON public.outbox USING btree (state, due_at);


--
-- Name: pending_sign_ups_email_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pending_sign_ups_email_key ON public.pending_sign_ups USING btree (email_key);


--
-- Name: pending_sign_ups_expires_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pending_sign_ups_expires_at ON public.pending_sign_ups USING btree (expires_at);


--
-- Name: pending_sign_ups_invitation_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pending_sign_ups_invitation_id ON public.pending_sign_ups USING btree (invitation_id);


--
-- Name: pending_sign_ups_username_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pending_sign_ups_username_key ON public.pending_sign_ups USING btree (username_key);


--
-- Name: service_keys_key_hash; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX service_keys_key_hash ON public.service_keys USING btree (key_hash);


--
-- Name: sessions_expires_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_expires_at ON public.sessions USING btree (expires_at);


--
-- Name: sessions_token_hash; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX sessions_token_hash ON public.sessions USING btree (token_hash);


--
-- Name: sessions_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_user_id ON public.sessions USING btree (user_id, created_at);


--
-- Name: signing_keys_signs_from; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX signing_keys_signs_from ON public.signing_keys USING btree (signs_from);


--
-- Name: token_keys_signs_from; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX token_keys_signs_from ON public.token_keys USING btree (signs_from);


--
-- Name: users_email_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX users_email_key ON public.users USING btree (email_key);


--
-- Name: users_username_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX users_username_key ON public.users USING btree (username_key);


--
-- Name: challenges challenges_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.challenges
    ADD CONSTRAINT challenges_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: devices devices_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: idempotency_keys idempotency_keys_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: sessions sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


