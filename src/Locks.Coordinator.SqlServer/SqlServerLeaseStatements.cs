namespace Locks.Coordinator.SqlServer;

/// <summary>The statements about shared leases, made like those about locks (<see cref="SqlServerStatements"/>).</summary>
internal static class SqlServerLeaseStatements
{
    public const string Load =
        """
        SET NOCOUNT, XACT_ABORT ON;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        DECLARE @wanted TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
        INSERT INTO @wanted (id) SELECT id FROM OPENJSON(@ids) WITH (id uniqueidentifier '$');

        SELECT s.id, s.state, s.version, s.owner, s.client_id, s.ttl, s.granted_at, s.expires_at, s.tell_address, s.tell_request_id,
          s.end_reason, s.ended_by, s.ended_at, s.due_token_id
        FROM @wanted AS i
        INNER LOOP JOIN locks.leases AS s WITH (FORCESEEK) ON s.id = i.id
        OPTION (FORCE ORDER);
        """;

    // As locks are written. To change a row is to wait for the grants that are under way on it, which hold it shared.
    public const string Commit =
        """
        SET NOCOUNT, XACT_ABORT ON;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        DECLARE @input TABLE (
          id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED, expected_version bigint NOT NULL, version bigint NOT NULL,
          state varchar(8) NOT NULL, owner nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
          client_id nvarchar(128) COLLATE Latin1_General_100_BIN2 NULL, ttl bigint NULL, granted_at datetimeoffset(6) NULL,
          expires_at datetimeoffset(6) NULL, tell_address nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL,
          tell_request_id uniqueidentifier NULL, end_reason varchar(32) NULL,
          ended_by nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL, ended_at datetimeoffset(6) NULL, due_at datetimeoffset(6) NULL,
          due_token_id uniqueidentifier NULL, written_at datetimeoffset(6) NOT NULL);
        INSERT INTO @input
        SELECT id, expected_version, version, state, owner, client_id, ttl, granted_at, expires_at, tell_address, tell_request_id,
          end_reason, ended_by, ended_at, due_at, due_token_id, written_at
        FROM OPENJSON(@writes) WITH (
          id uniqueidentifier, expected_version bigint, version bigint, state varchar(8), owner nvarchar(256), client_id nvarchar(128),
          ttl bigint, granted_at datetimeoffset(6), expires_at datetimeoffset(6), tell_address nvarchar(max),
          tell_request_id uniqueidentifier, end_reason varchar(32), ended_by nvarchar(256), ended_at datetimeoffset(6),
          due_at datetimeoffset(6), due_token_id uniqueidentifier, written_at datetimeoffset(6));
        DECLARE @accepted TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
        DECLARE @seen bigint;

        BEGIN TRANSACTION;

        SELECT @seen = s.version
        FROM @input AS i
        INNER LOOP JOIN locks.leases AS s WITH (UPDLOCK, HOLDLOCK, ROWLOCK, FORCESEEK) ON s.id = i.id
        ORDER BY i.id
        OPTION (FORCE ORDER, MAXDOP 1, FAST 1);

        UPDATE s SET
          version = i.version,
          state = i.state,
          owner = i.owner,
          client_id = i.client_id,
          ttl = i.ttl,
          granted_at = i.granted_at,
          expires_at = i.expires_at,
          tell_address = i.tell_address,
          tell_request_id = i.tell_request_id,
          end_reason = i.end_reason,
          ended_by = i.ended_by,
          ended_at = i.ended_at,
          due_at = i.due_at,
          due_token_id = i.due_token_id,
          written_at = i.written_at
        OUTPUT inserted.id INTO @accepted (id)
        FROM @input AS i
        INNER LOOP JOIN locks.leases AS s WITH (ROWLOCK, FORCESEEK) ON s.id = i.id
        WHERE s.version = i.expected_version
        OPTION (FORCE ORDER, MAXDOP 1);

        INSERT INTO locks.leases (id, version, state, owner, client_id, ttl, granted_at, expires_at, tell_address, tell_request_id,
          end_reason, ended_by, ended_at, due_at, due_token_id, written_at)
        OUTPUT inserted.id INTO @accepted (id)
        SELECT i.id, i.version, i.state, i.owner, i.client_id, i.ttl, i.granted_at, i.expires_at, i.tell_address, i.tell_request_id,
          i.end_reason, i.ended_by, i.ended_at, i.due_at, i.due_token_id, i.written_at
        FROM @input AS i
        WHERE i.expected_version = 0
          AND NOT EXISTS (SELECT 1 FROM locks.leases AS s WITH (ROWLOCK, FORCESEEK) WHERE s.id = i.id);

        COMMIT TRANSACTION;

        SELECT i.id FROM @input AS i WHERE NOT EXISTS (SELECT 1 FROM @accepted AS a WHERE a.id = i.id);
        """;

    // Something is due on a lock whose lease has taken over its time only while somebody waits for it (a grant that nobody has confirmed
    // comes with the first). Waits for what a commit is busy with, unlike the looks for what is overdue: no lock may be missed here. The
    // index has all that is read, so nothing is held while it waits.
    public const string FindLocks =
        """
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SELECT TOP (@limit) id
        FROM locks.locks WITH (INDEX (ix_locks_holder_shared_lease_id), FORCESEEK, ROWLOCK)
        WHERE holder_shared_lease_id IS NOT NULL AND holder_shared_lease_id = @lease
        ORDER BY due_at DESC
        OPTION (MAXDOP 1);
        """;

    public const string CountLocks =
        """
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SELECT COUNT(*)
        FROM locks.locks WITH (INDEX (ix_locks_holder_shared_lease_id), FORCESEEK, ROWLOCK)
        WHERE holder_shared_lease_id IS NOT NULL AND holder_shared_lease_id = @lease;
        """;

    // Skips what a commit is busy with, which the next look will find.
    public const string FindOverdue =
        """
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SELECT TOP (@limit) id, due_at
        FROM locks.leases WITH (READPAST, READCOMMITTEDLOCK, ROWLOCK)
        WHERE due_at IS NOT NULL AND due_at < @dueBefore
        ORDER BY due_at;
        """;

    // Found and then locked by id, as idle locks are.
    public const string PurgeEnded =
        """
        SET NOCOUNT, XACT_ABORT ON;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        DECLARE @ended TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
        INSERT INTO @ended (id)
        SELECT TOP (@limit) id
        FROM locks.leases WITH (READPAST, READCOMMITTEDLOCK, ROWLOCK)
        WHERE state = 'Ended' AND written_at < @endedSince
        ORDER BY written_at;

        DELETE s
        FROM @ended AS i
        INNER LOOP JOIN locks.leases AS s WITH (UPDLOCK, READPAST, ROWLOCK, FORCESEEK) ON s.id = i.id
        WHERE s.state = 'Ended' AND s.written_at < @endedSince
        OPTION (FORCE ORDER, MAXDOP 1);

        SELECT @@ROWCOUNT;
        """;
}
