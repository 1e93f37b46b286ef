using Locks.Storage.Relational;
using static Locks.Coordinator.SqlServer.SqlServerColumns;

namespace Locks.Coordinator.SqlServer;

/// <summary>The statements about leases, made like those about locks (<see cref="SqlServerStatements"/>).</summary>
internal static class SqlServerLeaseStatements
{
    public static readonly string Load =
        $"""
        SET NOCOUNT, XACT_ABORT ON;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        DECLARE @wanted TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
        INSERT INTO @wanted (id) SELECT id FROM OPENJSON(@ids) WITH (id uniqueidentifier '$');

        SELECT {Names(LeaseReader.Selected, "s.")}
        FROM @wanted AS i
        INNER LOOP JOIN locks.leases AS s WITH (ROWLOCK, FORCESEEK) ON s.id = i.id
        OPTION (FORCE ORDER);
        """;

    // As locks are written. To change a row is to wait for the grants that are under way on it, which hold it shared.
    public static readonly string Commit =
        $"""
        SET NOCOUNT, XACT_ABORT ON;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        DECLARE @input TABLE (
          {Definitions(LeaseColumns.Table)});
        INSERT INTO @input
        SELECT {JsonValues(LeaseColumns.Table)}
        FROM OPENJSON(@writes) WITH (
          {JsonShape(LeaseColumns.Table)});
        DECLARE @accepted TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
        DECLARE @seen bigint;

        BEGIN TRANSACTION;

        SELECT @seen = s.version
        FROM @input AS i
        INNER LOOP JOIN locks.leases AS s WITH (XLOCK, HOLDLOCK, ROWLOCK, FORCESEEK) ON s.id = i.id
        ORDER BY i.id
        OPTION (FORCE ORDER, MAXDOP 1, FAST 1);

        UPDATE s SET
          {Assignments(LeaseColumns.Table.Changing, "i")}
        OUTPUT inserted.id INTO @accepted (id)
        FROM @input AS i
        INNER LOOP JOIN locks.leases AS s WITH (ROWLOCK, FORCESEEK) ON s.id = i.id
        WHERE s.version = i.expected_version
        OPTION (FORCE ORDER, MAXDOP 1);

        INSERT INTO locks.leases WITH (ROWLOCK) ({Names(LeaseColumns.Table.Stored)})
        OUTPUT inserted.id INTO @accepted (id)
        SELECT {Names(LeaseColumns.Table.Stored, "i.")}
        FROM @input AS i
        WHERE i.expected_version = 0
          AND NOT EXISTS (SELECT 1 FROM locks.leases AS s WITH (ROWLOCK, FORCESEEK) WHERE s.id = i.id);

        COMMIT TRANSACTION;

        SELECT i.id, CAST(NULL AS datetimeoffset) FROM @input AS i WHERE NOT EXISTS (SELECT 1 FROM @accepted AS a WHERE a.id = i.id)
        UNION ALL
        SELECT CAST(NULL AS uniqueidentifier), SYSDATETIMEOFFSET();
        """;

    // Something is due on a lock that lives on a lease only while attempts wait for it (a grant that is not confirmed comes with the
    // first), so the latest come first. Waits for what a commit is busy with, unlike the looks for what is overdue: no lock may be missed
    // here, since nothing found means that the lease has no locks left. So the order of the index is that of the lease and the lock's id,
    // which stay while the lock is on the lease. In an index by what is due, a lock would move while this reads without row versions, from
    // behind the reader to before it or the other way round, and come twice or not at all. The index has all that is read, so this holds
    // nothing while it waits.
    public const string FindLocks =
        """
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SELECT TOP (@limit) id
        FROM locks.locks WITH (INDEX (ix_locks_holder_lease_id), FORCESEEK, ROWLOCK)
        WHERE holder_lease_id IS NOT NULL AND holder_lease_id = @lease
        GROUP BY id
        ORDER BY MAX(due_at) DESC
        OPTION (MAXDOP 1);
        """;

    // As above: the index is in the order of what stays of a waiter, and has all that is read.
    public const string FindWaitedFor =
        """
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SELECT TOP (@limit) lock_id
        FROM locks.lock_waiters WITH (INDEX (ix_lock_waiters_lease_id), FORCESEEK, ROWLOCK)
        WHERE lease_id IS NOT NULL AND lease_id = @lease
        GROUP BY lock_id
        OPTION (MAXDOP 1);
        """;

    public const string CountLocks =
        """
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SELECT COUNT(*)
        FROM locks.locks WITH (INDEX (ix_locks_holder_lease_id), FORCESEEK, ROWLOCK)
        WHERE holder_lease_id IS NOT NULL AND holder_lease_id = @lease;
        """;

    // Skips what a commit is busy with, which the next look will find.
    public static readonly string FindOverdue =
        $"""
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SELECT TOP (@limit) {Names(ListReader.OfLeases)}
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
        SELECT DISTINCT id
        FROM (
          SELECT TOP (@limit) id
          FROM locks.leases WITH (READPAST, READCOMMITTEDLOCK, ROWLOCK)
          WHERE state = 'Ended' AND written_at < @endedSince
          ORDER BY written_at) AS found;

        DELETE s
        FROM @ended AS i
        INNER LOOP JOIN locks.leases AS s WITH (XLOCK, READPAST, ROWLOCK, FORCESEEK) ON s.id = i.id
        WHERE s.state = 'Ended' AND s.written_at < @endedSince
        OPTION (FORCE ORDER, MAXDOP 1);

        SELECT @@ROWCOUNT;
        """;
}
