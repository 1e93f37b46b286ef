DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM pg_namespace WHERE nspname = 'locks') THEN
        CREATE SCHEMA locks;
    END IF;
END $EF$;
CREATE TABLE IF NOT EXISTS locks.schema_migrations (
    "MigrationId" character varying(150) NOT NULL,
    "ProductVersion" character varying(32) NOT NULL,
    CONSTRAINT "PK_schema_migrations" PRIMARY KEY ("MigrationId")
);

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
        IF NOT EXISTS(SELECT 1 FROM pg_namespace WHERE nspname = 'locks') THEN
            CREATE SCHEMA locks;
        END IF;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
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
        CONSTRAINT pk_leases PRIMARY KEY (id),
        CONSTRAINT ck_leases_state CHECK ((state = 'Active' AND expires_at IS NOT NULL AND ended_at IS NULL) OR (state = 'Ending' AND expires_at IS NOT NULL AND ended_at IS NOT NULL) OR (state = 'Ended' AND ended_at IS NOT NULL))
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
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
        may_join_cohort boolean NOT NULL,
        CONSTRAINT pk_lock_waiters PRIMARY KEY (lock_id, ticket)
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
    CREATE TABLE locks.locks (
        id uuid NOT NULL,
        version bigint NOT NULL,
        key text COLLATE "C" NOT NULL,
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
        CONSTRAINT pk_locks PRIMARY KEY (id),
        CONSTRAINT ck_locks_state CHECK ((state = 'Free' AND holder_acquire_id IS NULL AND holder_released_at IS NULL) OR (state IN ('Offered', 'Held') AND holder_acquire_id IS NOT NULL AND holder_released_at IS NULL) OR (state = 'Cooling' AND holder_acquire_id IS NOT NULL AND holder_released_at IS NOT NULL))
    )
    WITH (fillfactor=50);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
    CREATE INDEX ix_leases_due_at ON locks.leases (due_at) WHERE due_at IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
    CREATE INDEX ix_leases_ended_since ON locks.leases (written_at) WHERE state = 'Ended';
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
    CREATE INDEX ix_lock_waiters_lease_id ON locks.lock_waiters (lease_id, lock_id) WHERE lease_id IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
    CREATE INDEX ix_locks_due_from ON locks.locks (due_from) WHERE due_from IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
    CREATE INDEX ix_locks_holder_lease_id ON locks.locks (holder_lease_id, due_from) WHERE holder_lease_id IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
    CREATE INDEX ix_locks_idle_from ON locks.locks (idle_from) WHERE idle_from IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
    CREATE INDEX ix_locks_key ON locks.locks (key);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261129131529_Initial') THEN
    INSERT INTO locks.schema_migrations ("MigrationId", "ProductVersion")
    VALUES ('20261129131529_Initial', '(EF Core)');
    END IF;
END $EF$;
COMMIT;
