-- A database of the first version, as pg_dump --inserts wrote it. PinnedDatabaseTests restores it; it is never changed.
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
CREATE SCHEMA locks;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE locks.leases (
    id uuid NOT NULL,
    version bigint NOT NULL,
    state text NOT NULL,
    owner text,
    client_id text,
    ttl bigint,
    granted_at timestamp with time zone,
    expires_at timestamp with time zone,
    notify_address text,
    notify_request_id uuid,
    end_reason text,
    ended_by text,
    ended_at timestamp with time zone,
    due_at timestamp with time zone,
    due_token_id uuid,
    written_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_leases_state CHECK ((((state = 'Active'::text) AND (expires_at IS NOT NULL) AND (ended_at IS NULL)) OR ((state = 'Ending'::text) AND (expires_at IS NOT NULL) AND (ended_at IS NOT NULL)) OR ((state = 'Ended'::text) AND (ended_at IS NOT NULL))))
);
CREATE TABLE locks.lock_waiters (
    lock_id uuid NOT NULL,
    ticket bigint NOT NULL,
    acquire_id uuid NOT NULL,
    owner text NOT NULL,
    token text NOT NULL,
    ttl bigint NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    deadline timestamp with time zone NOT NULL,
    client_id text,
    reply_address text NOT NULL,
    reply_request_id uuid,
    lease_id uuid,
    may_join_cohort boolean NOT NULL
);
CREATE TABLE locks.locks (
    id uuid NOT NULL,
    version bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL,
    last_fence bigint NOT NULL,
    last_ticket bigint NOT NULL,
    holder_acquire_id uuid,
    holder_owner text,
    holder_token text,
    holder_ttl bigint,
    holder_granted_at timestamp with time zone,
    holder_expires_at timestamp with time zone,
    holder_client_id text,
    holder_notify_address text,
    holder_notify_request_id uuid,
    holder_lease_id uuid,
    holder_released_at timestamp with time zone,
    holder_cohort bytea,
    due_at timestamp with time zone,
    expiry_token_id uuid,
    written_at timestamp with time zone NOT NULL,
    due_from timestamp with time zone,
    idle_from timestamp with time zone,
    ended bytea,
    CONSTRAINT ck_locks_state CHECK ((((state = 'Free'::text) AND (holder_acquire_id IS NULL) AND (holder_released_at IS NULL)) OR ((state = ANY (ARRAY['Offered'::text, 'Held'::text])) AND (holder_acquire_id IS NOT NULL) AND (holder_released_at IS NULL)) OR ((state = 'Cooling'::text) AND (holder_acquire_id IS NOT NULL) AND (holder_released_at IS NOT NULL))))
)
WITH (fillfactor='50');
CREATE TABLE locks.schema_migrations (
    "MigrationId" character varying(150) NOT NULL,
    "ProductVersion" character varying(32) NOT NULL
);
INSERT INTO locks.lock_waiters VALUES ('cdddfaec-2e39-5afc-8f26-6822f4ff157c', 1, '01a22b39-1c0a-7b76-ac93-bb261b167e26', 'waiter 1', 'token-1', 30000000, '2026-03-29 01:59:59.999999+00', '2026-03-29 02:59:59.999999+00', 'client', 'loopback://localhost/replies', '01a22b39-1c13-7d0f-82f7-3a03aa54e40c', NULL, false);
INSERT INTO locks.lock_waiters VALUES ('cdddfaec-2e39-5afc-8f26-6822f4ff157c', 2, '01a22b39-1c14-7525-9aec-22bd350c4598', 'waiter 2', 'token-2', 30000000, '2026-03-29 01:59:59.999999+00', '2026-03-29 02:59:59.999999+00', 'client', 'loopback://localhost/replies', '01a22b39-1c14-72ef-918a-275eb928c9f6', NULL, false);
INSERT INTO locks.locks VALUES ('cdddfaec-2e39-5afc-8f26-6822f4ff157c', 1, 'pinned/held', 'Held', 7, 2, '01a22b39-1c07-796e-b09e-14f5daa2a6b2', 'owner', 'holder-token', 30000000, '2026-03-29 01:59:59.999999+00', '2026-03-29 02:00:29.999999+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-03-29 02:00:29.999999+00', NULL, '2026-03-29 01:59:59.999999+00', '2026-03-29 02:00:29.999999+00', NULL, '\x02c001a22b391c097df68062ed2fe9ed934400064e20177927ff001862657369747a657220c3bc3000fd9fc9f78288a7060101a22b391c097e2b846b65f7f92e5c3001c201a22b391c097b9ea892cabc4b35dffb01001862657369747a657220c3bc32fcb7b872f9e790858288a7064301a22b391c09783f933088c5794a01280106c401a22b391c097be790bedc84a74f5e6f01001862657369747a657220c3bc31f8eff0e401f5afd8928188a7060501a22b391c097d3bb4f0ca4589dd2a1301c601a22b391c097ec8b2d6c9bfd01476e00106f4a7a9d702f1f79fa08088a7064701a22b391c097bccb11bb9e6c3beeb4a0106');
INSERT INTO locks.locks VALUES ('fca93a5f-5695-55b9-a613-db00b7d99095', 1, 'pinned/free', 'Free', 3, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-03-29 01:59:59.999999+00', NULL, '2026-03-29 01:59:59.999999+00', '\x02c001a22b391bfc73ceae0ee51a73c4508e00064e20177927ff001862657369747a657220c3bc3000fd9fc9f78288a7060101a22b391bff7859b07463cf04b5497c01c201a22b391bff7ecf87e7f86943a1269f01001862657369747a657220c3bc32fcb7b872f9e790858288a7064301a22b391bff73508d9eff34b8c84b4d0106');
INSERT INTO locks.schema_migrations VALUES ('20261129131529_Initial', '10.0.15');
ALTER TABLE ONLY locks.schema_migrations
    ADD CONSTRAINT "PK_schema_migrations" PRIMARY KEY ("MigrationId");
ALTER TABLE ONLY locks.leases
    ADD CONSTRAINT pk_leases PRIMARY KEY (id);
ALTER TABLE ONLY locks.lock_waiters
    ADD CONSTRAINT pk_lock_waiters PRIMARY KEY (lock_id, ticket);
ALTER TABLE ONLY locks.locks
    ADD CONSTRAINT pk_locks PRIMARY KEY (id);
CREATE INDEX ix_leases_due_at ON locks.leases USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX ix_leases_ended_since ON locks.leases USING btree (written_at) WHERE (state = 'Ended'::text);
CREATE INDEX ix_lock_waiters_lease_id ON locks.lock_waiters USING btree (lease_id, lock_id) WHERE (lease_id IS NOT NULL);
CREATE INDEX ix_locks_due_from ON locks.locks USING btree (due_from) WHERE (due_from IS NOT NULL);
CREATE INDEX ix_locks_holder_lease_id ON locks.locks USING btree (holder_lease_id, due_from) WHERE (holder_lease_id IS NOT NULL);
CREATE INDEX ix_locks_idle_from ON locks.locks USING btree (idle_from) WHERE (idle_from IS NOT NULL);
CREATE INDEX ix_locks_key ON locks.locks USING btree (key);
