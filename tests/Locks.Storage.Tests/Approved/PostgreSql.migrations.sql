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
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121011055_Initial') THEN
        IF NOT EXISTS(SELECT 1 FROM pg_namespace WHERE nspname = 'locks') THEN
            CREATE SCHEMA locks;
        END IF;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121011055_Initial') THEN
    CREATE TABLE locks.lock_waiters (
        lock_id uuid NOT NULL,
        ticket bigint NOT NULL,
        acquire_id uuid NOT NULL,
        owner text NOT NULL,
        lease bigint NOT NULL,
        queued_at timestamp with time zone NOT NULL,
        deadline timestamp with time zone NOT NULL,
        client_id text,
        reply_address text NOT NULL,
        reply_request_id uuid,
        token text NOT NULL,
        CONSTRAINT pk_lock_waiters PRIMARY KEY (lock_id, ticket)
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121011055_Initial') THEN
    CREATE TABLE locks.locks (
        id uuid NOT NULL,
        key text NOT NULL,
        state text NOT NULL,
        version bigint NOT NULL,
        last_fence bigint NOT NULL,
        last_ticket bigint NOT NULL,
        holder_acquire_id uuid,
        holder_owner text,
        holder_lease bigint,
        holder_granted_at timestamp with time zone,
        holder_expires_at timestamp with time zone,
        holder_confirmed boolean,
        holder_client_id text,
        due_at timestamp with time zone,
        expiry_token_id uuid,
        written_at timestamp with time zone NOT NULL,
        ended bytea,
        holder_token text,
        CONSTRAINT pk_locks PRIMARY KEY (id),
        CONSTRAINT ck_locks_state CHECK ((state = 'Held' AND holder_acquire_id IS NOT NULL) OR (state = 'Free' AND holder_acquire_id IS NULL))
    );
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121011055_Initial') THEN
    CREATE INDEX ix_locks_due_at ON locks.locks (due_at) WHERE due_at IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121011055_Initial') THEN
    CREATE INDEX ix_locks_idle_since ON locks.locks (written_at) WHERE state = 'Free';
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121011055_Initial') THEN
    INSERT INTO locks.schema_migrations ("MigrationId", "ProductVersion")
    VALUES ('20261121011055_Initial', '(EF Core)');
    END IF;
END $EF$;
COMMIT;

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121043326_SharedLeases') THEN
    ALTER TABLE locks.locks ADD holder_released_at timestamp with time zone;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121043326_SharedLeases') THEN
    ALTER TABLE locks.locks ADD holder_shared_lease_id uuid;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121043326_SharedLeases') THEN
    ALTER TABLE locks.locks ADD holder_tell_address text;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121043326_SharedLeases') THEN
    ALTER TABLE locks.locks ADD holder_tell_request_id uuid;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121043326_SharedLeases') THEN
    ALTER TABLE locks.lock_waiters ADD shared_lease_id uuid;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121043326_SharedLeases') THEN
    CREATE TABLE locks.leases (
        id uuid NOT NULL,
        state text NOT NULL,
        version bigint NOT NULL,
        owner text,
        client_id text,
        ttl bigint,
        granted_at timestamp with time zone,
        expires_at timestamp with time zone,
        tell_address text,
        tell_request_id uuid,
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
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121043326_SharedLeases') THEN
    CREATE INDEX ix_locks_holder_shared_lease_id ON locks.locks (holder_shared_lease_id, due_at) WHERE holder_shared_lease_id IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121043326_SharedLeases') THEN
    CREATE INDEX ix_leases_due_at ON locks.leases (due_at) WHERE due_at IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121043326_SharedLeases') THEN
    CREATE INDEX ix_leases_ended_since ON locks.leases (written_at) WHERE state = 'Ended';
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121043326_SharedLeases') THEN
    INSERT INTO locks.schema_migrations ("MigrationId", "ProductVersion")
    VALUES ('20261121043326_SharedLeases', '(EF Core)');
    END IF;
END $EF$;
COMMIT;

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121072954_HotUpdates') THEN
    DROP INDEX locks.ix_locks_due_at;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121072954_HotUpdates') THEN
    DROP INDEX locks.ix_locks_holder_shared_lease_id;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121072954_HotUpdates') THEN
    DROP INDEX locks.ix_locks_idle_since;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121072954_HotUpdates') THEN
    ALTER TABLE locks.locks SET (fillfactor=50);
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121072954_HotUpdates') THEN
    ALTER TABLE locks.locks ADD due_from timestamp with time zone;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121072954_HotUpdates') THEN
    ALTER TABLE locks.locks ADD idle_from timestamp with time zone;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121072954_HotUpdates') THEN
    ALTER TABLE locks.locks RENAME COLUMN ended TO ended_before;
    ALTER TABLE locks.locks ADD COLUMN ended bytea;
    UPDATE locks.locks SET ended = ended_before, due_from = due_at, idle_from = CASE state WHEN 'Free' THEN written_at END;
    ALTER TABLE locks.locks DROP COLUMN ended_before;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121072954_HotUpdates') THEN
    CREATE INDEX ix_locks_due_from ON locks.locks (due_from) WHERE due_from IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121072954_HotUpdates') THEN
    CREATE INDEX ix_locks_holder_shared_lease_id ON locks.locks (holder_shared_lease_id, due_from) WHERE holder_shared_lease_id IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121072954_HotUpdates') THEN
    CREATE INDEX ix_locks_idle_from ON locks.locks (idle_from) WHERE idle_from IS NOT NULL;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121072954_HotUpdates') THEN
    INSERT INTO locks.schema_migrations ("MigrationId", "ProductVersion")
    VALUES ('20261121072954_HotUpdates', '(EF Core)');
    END IF;
END $EF$;
COMMIT;

START TRANSACTION;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121073000_Runs') THEN
    ALTER TABLE locks.locks ADD holder_cohort bytea;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121073000_Runs') THEN
    ALTER TABLE locks.lock_waiters ADD may_join_cohort boolean NOT NULL DEFAULT FALSE;
    END IF;
END $EF$;

DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM locks.schema_migrations WHERE "MigrationId" = '20261121073000_Runs') THEN
    INSERT INTO locks.schema_migrations ("MigrationId", "ProductVersion")
    VALUES ('20261121073000_Runs', '(EF Core)');
    END IF;
END $EF$;
COMMIT;
