CREATE TABLE IF NOT EXISTS "schema_migrations" (
    "MigrationId" TEXT NOT NULL CONSTRAINT "PK_schema_migrations" PRIMARY KEY,
    "ProductVersion" TEXT NOT NULL
);

BEGIN TRANSACTION;
CREATE TABLE "leases" (
    "id" TEXT NOT NULL CONSTRAINT "pk_leases" PRIMARY KEY,
    "version" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "owner" TEXT NULL,
    "client_id" TEXT NULL,
    "ttl" INTEGER NULL,
    "granted_at" INTEGER NULL,
    "expires_at" INTEGER NULL,
    "notify_address" TEXT NULL,
    "notify_request_id" TEXT NULL,
    "end_reason" TEXT NULL,
    "ended_by" TEXT NULL,
    "ended_at" INTEGER NULL,
    "due_at" INTEGER NULL,
    "due_token_id" TEXT NULL,
    "written_at" INTEGER NOT NULL,
    CONSTRAINT "ck_leases_state" CHECK ((state = 'Active' AND expires_at IS NOT NULL AND ended_at IS NULL) OR (state = 'Ending' AND expires_at IS NOT NULL AND ended_at IS NOT NULL) OR (state = 'Ended' AND ended_at IS NOT NULL))
);

CREATE TABLE "lock_waiters" (
    "lock_id" TEXT NOT NULL,
    "ticket" INTEGER NOT NULL,
    "acquire_id" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "ttl" INTEGER NOT NULL,
    "queued_at" INTEGER NOT NULL,
    "deadline" INTEGER NOT NULL,
    "client_id" TEXT NULL,
    "reply_address" TEXT NOT NULL,
    "reply_request_id" TEXT NULL,
    "lease_id" TEXT NULL,
    "may_join_cohort" INTEGER NOT NULL,
    CONSTRAINT "pk_lock_waiters" PRIMARY KEY ("lock_id", "ticket")
);

CREATE TABLE "locks" (
    "id" TEXT NOT NULL CONSTRAINT "pk_locks" PRIMARY KEY,
    "version" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "last_fence" INTEGER NOT NULL,
    "last_ticket" INTEGER NOT NULL,
    "holder_acquire_id" TEXT NULL,
    "holder_owner" TEXT NULL,
    "holder_token" TEXT NULL,
    "holder_ttl" INTEGER NULL,
    "holder_granted_at" INTEGER NULL,
    "holder_expires_at" INTEGER NULL,
    "holder_client_id" TEXT NULL,
    "holder_notify_address" TEXT NULL,
    "holder_notify_request_id" TEXT NULL,
    "holder_lease_id" TEXT NULL,
    "holder_released_at" INTEGER NULL,
    "holder_cohort" BLOB NULL,
    "due_at" INTEGER NULL,
    "expiry_token_id" TEXT NULL,
    "ended" BLOB NULL,
    "written_at" INTEGER NOT NULL,
    CONSTRAINT "ck_locks_state" CHECK ((state = 'Free' AND holder_acquire_id IS NULL AND holder_released_at IS NULL) OR (state IN ('Offered', 'Held') AND holder_acquire_id IS NOT NULL AND holder_released_at IS NULL) OR (state = 'Cooling' AND holder_acquire_id IS NOT NULL AND holder_released_at IS NOT NULL))
);

CREATE INDEX "ix_leases_due_at" ON "leases" ("due_at") WHERE due_at IS NOT NULL;

CREATE INDEX "ix_leases_ended_since" ON "leases" ("written_at") WHERE state = 'Ended';

CREATE INDEX "ix_lock_waiters_lease_id" ON "lock_waiters" ("lease_id", "lock_id") WHERE lease_id IS NOT NULL;

CREATE INDEX "ix_locks_due_at" ON "locks" ("due_at") WHERE due_at IS NOT NULL;

CREATE INDEX "ix_locks_holder_lease_id" ON "locks" ("holder_lease_id", "due_at") WHERE holder_lease_id IS NOT NULL;

CREATE INDEX "ix_locks_idle_since" ON "locks" ("written_at") WHERE state = 'Free';

CREATE INDEX "ix_locks_key" ON "locks" ("key");

INSERT INTO "schema_migrations" ("MigrationId", "ProductVersion")
VALUES ('20261129131557_Initial', '(EF Core)');

COMMIT;
