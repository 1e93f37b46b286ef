IF OBJECT_ID(N'[locks].[schema_migrations]') IS NULL
BEGIN
    IF SCHEMA_ID(N'locks') IS NULL EXEC(N'CREATE SCHEMA [locks];');
    CREATE TABLE [locks].[schema_migrations] (
        [MigrationId] nvarchar(150) NOT NULL,
        [ProductVersion] nvarchar(32) NOT NULL,
        CONSTRAINT [PK_schema_migrations] PRIMARY KEY ([MigrationId])
    );
END;
GO

BEGIN TRANSACTION;
IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    IF SCHEMA_ID(N'locks') IS NULL EXEC(N'CREATE SCHEMA [locks];');
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    CREATE TABLE [locks].[leases] (
        [id] uniqueidentifier NOT NULL,
        [version] bigint NOT NULL,
        [state] varchar(8) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [owner] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
        [client_id] nvarchar(128) COLLATE Latin1_General_100_BIN2 NULL,
        [ttl] bigint NULL,
        [granted_at] datetimeoffset(6) NULL,
        [expires_at] datetimeoffset(6) NULL,
        [notify_address] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
        [notify_request_id] uniqueidentifier NULL,
        [end_reason] varchar(32) COLLATE Latin1_General_100_BIN2 NULL,
        [ended_by] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
        [ended_at] datetimeoffset(6) NULL,
        [due_at] datetimeoffset(6) NULL,
        [due_token_id] uniqueidentifier NULL,
        [written_at] datetimeoffset(6) NOT NULL,
        CONSTRAINT [pk_leases] PRIMARY KEY ([id]),
        CONSTRAINT [ck_leases_state] CHECK ((state = 'Active' AND expires_at IS NOT NULL AND ended_at IS NULL) OR (state = 'Ending' AND expires_at IS NOT NULL AND ended_at IS NOT NULL) OR (state = 'Ended' AND ended_at IS NOT NULL))
    );
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    CREATE TABLE [locks].[lock_waiters] (
        [lock_id] uniqueidentifier NOT NULL,
        [ticket] bigint NOT NULL,
        [acquire_id] uniqueidentifier NOT NULL,
        [owner] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [token] nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [ttl] bigint NOT NULL,
        [queued_at] datetimeoffset(6) NOT NULL,
        [deadline] datetimeoffset(6) NOT NULL,
        [client_id] nvarchar(128) COLLATE Latin1_General_100_BIN2 NULL,
        [reply_address] nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [reply_request_id] uniqueidentifier NULL,
        [lease_id] uniqueidentifier NULL,
        [may_join_cohort] bit NOT NULL,
        CONSTRAINT [pk_lock_waiters] PRIMARY KEY ([lock_id], [ticket])
    );
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    CREATE TABLE [locks].[locks] (
        [id] uniqueidentifier NOT NULL,
        [version] bigint NOT NULL,
        [key] nvarchar(512) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [state] varchar(8) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [last_fence] bigint NOT NULL,
        [last_ticket] bigint NOT NULL,
        [holder_acquire_id] uniqueidentifier NULL,
        [holder_owner] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
        [holder_token] nvarchar(128) COLLATE Latin1_General_100_BIN2 NULL,
        [holder_ttl] bigint NULL,
        [holder_granted_at] datetimeoffset(6) NULL,
        [holder_expires_at] datetimeoffset(6) NULL,
        [holder_client_id] nvarchar(128) COLLATE Latin1_General_100_BIN2 NULL,
        [holder_notify_address] nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
        [holder_notify_request_id] uniqueidentifier NULL,
        [holder_lease_id] uniqueidentifier NULL,
        [holder_released_at] datetimeoffset(6) NULL,
        [holder_cohort] varbinary(max) NULL,
        [due_at] datetimeoffset(6) NULL,
        [expiry_token_id] uniqueidentifier NULL,
        [ended] varbinary(max) NULL,
        [written_at] datetimeoffset(6) NOT NULL,
        CONSTRAINT [pk_locks] PRIMARY KEY ([id]),
        CONSTRAINT [ck_locks_state] CHECK ((state = 'Free' AND holder_acquire_id IS NULL AND holder_released_at IS NULL) OR (state IN ('Offered', 'Held') AND holder_acquire_id IS NOT NULL AND holder_released_at IS NULL) OR (state = 'Cooling' AND holder_acquire_id IS NOT NULL AND holder_released_at IS NOT NULL))
    );
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_leases_due_at] ON [locks].[leases] ([due_at]) WHERE due_at IS NOT NULL');
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_leases_ended_since] ON [locks].[leases] ([written_at]) WHERE state = ''Ended''');
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_lock_waiters_lease_id] ON [locks].[lock_waiters] ([lease_id], [lock_id]) WHERE lease_id IS NOT NULL');
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_locks_due_at] ON [locks].[locks] ([due_at]) WHERE due_at IS NOT NULL');
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_locks_holder_lease_id] ON [locks].[locks] ([holder_lease_id]) INCLUDE ([due_at]) WHERE holder_lease_id IS NOT NULL');
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    EXEC(N'CREATE INDEX [ix_locks_idle_since] ON [locks].[locks] ([written_at]) WHERE state = ''Free''');
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    CREATE INDEX [ix_locks_key] ON [locks].[locks] ([key]);
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    ALTER TABLE [locks].[locks] SET (LOCK_ESCALATION = DISABLE);
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    ALTER TABLE [locks].[lock_waiters] SET (LOCK_ESCALATION = DISABLE);
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    ALTER TABLE [locks].[leases] SET (LOCK_ESCALATION = DISABLE);
END;

IF NOT EXISTS (
    SELECT * FROM [locks].[schema_migrations]
    WHERE [MigrationId] = N'20261129131543_Initial'
)
BEGIN
    INSERT INTO [locks].[schema_migrations] ([MigrationId], [ProductVersion])
    VALUES (N'20261129131543_Initial', N'(EF Core)');
END;

COMMIT;
GO
