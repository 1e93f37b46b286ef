using Locks.Storage.Relational;
using static Locks.Coordinator.SqlServer.SqlServerColumns;

namespace Locks.Coordinator.SqlServer;

/// <summary>
/// The statements of the hot path: each one batch, hence one round trip, and (where it is more than one statement) one transaction. A set
/// is passed as JSON. Table-valued parameters would be parsed faster, but their types live in the database, cannot be altered while
/// anything uses them, and would tie every change of a column to a change of all coordinators at once.
/// </summary>
/// <remarks>
/// All statements hold with READ_COMMITTED_SNAPSHOT on or off. Every look at a table says ROWLOCK, since SQL Server may otherwise lock
/// the page, and with it rows that no statement asked for, in an order that none chose. For the same reason no number of rows escalates to a
/// lock on a table: the migration switches that off.
/// </remarks>
internal static class SqlServerStatements
{
    /// <summary>The server's time.</summary>
    public const string ReadTime = "SELECT SYSDATETIMEOFFSET();";

    /// <summary>
    /// The locks, then their waiters, then the leases that they name. The shared locks on the locks' rows are kept until the waiters are
    /// read, and a commit that changes a queue needs the lock's row exclusively, so the two fit together whether or not the database uses
    /// row versions. The leases are read when those locks are released, since a grant that waits for a lock's row holds its lease: as they
    /// only move on and end, one that is younger than the lock is no less true of it.
    /// </summary>
    public static readonly string Load =
        $"""
        SET NOCOUNT, XACT_ABORT ON;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        DECLARE @wanted TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
        INSERT INTO @wanted (id) SELECT id FROM OPENJSON(@ids) WITH (id uniqueidentifier '$');
        DECLARE @leases TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);

        BEGIN TRANSACTION;

        SELECT {SqlText.List(LoadedRow.OfLocks(column => $"l.{NameOf(column)}", NullOf), "  ")}
        FROM @wanted AS i
        INNER LOOP JOIN locks.locks AS l WITH (REPEATABLEREAD, ROWLOCK, FORCESEEK) ON l.id = i.id
        ORDER BY i.id
        OPTION (FORCE ORDER, MAXDOP 1, FAST 1);

        SELECT {SqlText.List(LoadedRow.OfWaiters(column => $"w.{NameOf(column)}", NullOf), "  ")}
        FROM @wanted AS i
        INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = i.id
        OPTION (FORCE ORDER);

        INSERT INTO @leases (id)
        SELECT l.holder_lease_id
        FROM @wanted AS i
        INNER LOOP JOIN locks.locks AS l WITH (ROWLOCK, FORCESEEK) ON l.id = i.id
        WHERE l.holder_lease_id IS NOT NULL
        UNION
        SELECT w.lease_id
        FROM @wanted AS i
        INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = i.id
        WHERE w.lease_id IS NOT NULL
        OPTION (FORCE ORDER);

        COMMIT TRANSACTION;

        SELECT {Names(LockReader.LeasesApart, "s.")}
        FROM @leases AS i
        INNER LOOP JOIN locks.leases AS s WITH (ROWLOCK, FORCESEEK) ON s.id = i.id
        OPTION (FORCE ORDER);
        """;

    // Skips what a commit is busy with, which the next look will find: to wait here, with a lock on the index, for a row whose writer waits
    // for that index would be a deadlock. Without row versions, a lock whose time moves on meanwhile may come twice, which wakes it twice,
    // or not at all, until the next look.
    public static readonly string FindOverdue =
        $"""
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SELECT TOP (@limit) {Names(ListReader.OfLocks)}
        FROM locks.locks WITH (READPAST, READCOMMITTEDLOCK, ROWLOCK)
        WHERE due_at IS NOT NULL AND due_at < @dueBefore
        ORDER BY due_at;
        """;

    // Skips what another purge or a commit is busy with. The rows are found through their index without keeping a lock on it and then
    // locked by id, the way a commit goes, so that the two cannot wait for each other; what changed in between is checked again. Without
    // row versions, a lock that is written meanwhile moves in the index and may be found twice.
    public const string PurgeIdle =
        """
        SET NOCOUNT, XACT_ABORT ON;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        DECLARE @idle TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
        INSERT INTO @idle (id)
        SELECT DISTINCT id
        FROM (
          SELECT TOP (@limit) id
          FROM locks.locks WITH (READPAST, READCOMMITTEDLOCK, ROWLOCK)
          WHERE state = 'Free' AND written_at < @idleSince
          ORDER BY written_at) AS found;

        DELETE l
        FROM @idle AS i
        INNER LOOP JOIN locks.locks AS l WITH (XLOCK, READPAST, ROWLOCK, FORCESEEK) ON l.id = i.id
        WHERE l.state = 'Free' AND l.written_at < @idleSince
        OPTION (FORCE ORDER, MAXDOP 1);

        SELECT @@ROWCOUNT;
        """;

    // How a set is written:
    // - First the rows are locked, one after the other in the order of their ids, so two sets that overlap cannot wait for each other.
    //   They are locked exclusively at once: an update lock, which lets loads in, would have to be made exclusive by the update, in
    //   whatever order that goes, while a load holds the one row and waits for the other.
    //   Where there is no row, HOLDLOCK locks the gap in which it would be, so of two inserts of the same new lock the second waits here
    //   and is then refused.
    //   (FAST 1 keeps the join from reading ahead, and so from locking ahead, out of order.)
    // - Then nothing can change between the check of a version and the write. Only loads hold locks beside these, in the same order.
    // - Each table variable costs allocations in tempdb, where commits contend: so there are no more of them than statements that must see
    //   the same set, and none for a set of one.
    // What comes back is what was refused (nothing, as a rule), and the server's time, by which the coordinators decide (CommitReader).
    private static readonly string Input =
        $"""
        SET NOCOUNT, XACT_ABORT ON;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        DECLARE @input TABLE (
          {Definitions(LockColumns.Table)});
        INSERT INTO @input
        SELECT {JsonValues(LockColumns.Table)}
        FROM OPENJSON(@writes) WITH (
          {JsonShape(LockColumns.Table)});
        DECLARE @accepted TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
        DECLARE @seen bigint;
        """;

    // Shared locks on the leases, in the order of their ids and before any on a lock, kept to the end: a commit that ends a lease waits for
    // these, so its end and a grant on it are never stored side by side.
    private const string LockLeases =
        """

        DECLARE @attachments TABLE (
          lease_id uniqueidentifier NOT NULL, lock_id uniqueidentifier NOT NULL, PRIMARY KEY CLUSTERED (lease_id, lock_id));
        INSERT INTO @attachments (lease_id, lock_id)
        SELECT lease_id, lock_id FROM OPENJSON(@attaching) WITH (lease_id uniqueidentifier, lock_id uniqueidentifier);
        DECLARE @lease_state varchar(8);
        """;

    private const string Begin =
        """


        BEGIN TRANSACTION;
        """;

    // No stored lock has the version that this expects instead.
    private const string RefuseOnLeasesThatEnded =
        """


        SELECT @lease_state = s.state
        FROM @attachments AS a
        INNER LOOP JOIN locks.leases AS s WITH (REPEATABLEREAD, ROWLOCK, FORCESEEK) ON s.id = a.lease_id
        ORDER BY a.lease_id
        OPTION (FORCE ORDER, MAXDOP 1, FAST 1);

        UPDATE i SET
          expected_version = -1
        FROM @input AS i
        INNER JOIN @attachments AS a ON a.lock_id = i.id
        WHERE NOT EXISTS (
          SELECT 1 FROM locks.leases AS s WITH (REPEATABLEREAD, ROWLOCK, FORCESEEK) WHERE s.id = a.lease_id AND s.state = 'Active');
        """;

    private static readonly string WriteLocks =
        $"""


        SELECT @seen = l.version
        FROM @input AS i
        INNER LOOP JOIN locks.locks AS l WITH (XLOCK, HOLDLOCK, ROWLOCK, FORCESEEK) ON l.id = i.id
        ORDER BY i.id
        OPTION (FORCE ORDER, MAXDOP 1, FAST 1);

        UPDATE l SET
          {Assignments(LockColumns.Table.Changing, "i")}
        OUTPUT inserted.id INTO @accepted (id)
        FROM @input AS i
        INNER LOOP JOIN locks.locks AS l WITH (ROWLOCK, FORCESEEK) ON l.id = i.id
        WHERE l.version = i.expected_version
        OPTION (FORCE ORDER, MAXDOP 1);

        INSERT INTO locks.locks WITH (ROWLOCK) ({Names(LockColumns.Table.Stored)})
        OUTPUT inserted.id INTO @accepted (id)
        SELECT {Names(LockColumns.Table.Stored, "i.")}
        FROM @input AS i
        WHERE i.expected_version = 0
          AND NOT EXISTS (SELECT 1 FROM locks.locks AS l WITH (ROWLOCK, FORCESEEK) WHERE l.id = i.id);
        """;

    private static readonly string WriteWaiters =
        $"""


        DELETE w
        FROM OPENJSON(@dequeued) WITH (lock_id uniqueidentifier, ticket bigint) AS d
        INNER JOIN @accepted AS a ON a.id = d.lock_id
        INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = d.lock_id AND w.ticket = d.ticket
        OPTION (FORCE ORDER);

        DECLARE @queued TABLE (
          {Definitions(WaiterColumns.Table)});
        INSERT INTO @queued
        SELECT {JsonValues(WaiterColumns.Table, "e.")}
        FROM OPENJSON(@enqueued) WITH (
          {JsonShape(WaiterColumns.Table)}) AS e
        INNER JOIN @accepted AS a ON a.id = e.lock_id;

        UPDATE w SET
          {Assignments(WaiterColumns.Table.Changing, "e")}
        FROM @queued AS e
        INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = e.lock_id AND w.ticket = e.ticket
        OPTION (FORCE ORDER);

        INSERT INTO locks.lock_waiters WITH (ROWLOCK) ({Names(WaiterColumns.Table.Stored)})
        SELECT {Names(WaiterColumns.Table.Stored, "e.")}
        FROM @queued AS e
        WHERE NOT EXISTS (
          SELECT 1 FROM locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) WHERE w.lock_id = e.lock_id AND w.ticket = e.ticket);
        """;

    private const string SelectRefused =
        """


        COMMIT TRANSACTION;

        SELECT i.id, CAST(NULL AS datetimeoffset) FROM @input AS i WHERE NOT EXISTS (SELECT 1 FROM @accepted AS a WHERE a.id = i.id)
        UNION ALL
        SELECT CAST(NULL AS uniqueidentifier), SYSDATETIMEOFFSET();
        """;

    private const string Start =
        """
        SET NOCOUNT, XACT_ABORT ON;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        """;

    // One row needs no order, no input and no gap: while this waits for the row it holds no other. Its values are parameters.
    private static readonly string UpdateOne =
        $"""


        UPDATE l SET
          {AssignmentsOfParameters(LockColumns.Table.Changing)}
        FROM locks.locks AS l WITH (ROWLOCK, FORCESEEK)
        WHERE l.id = @id AND l.version = @expected_version;
        """;

    private static readonly string WriteWaitersOfOne =
        $"""

        DECLARE @accepted int = @@ROWCOUNT;
        IF @accepted = 1
        BEGIN
          DELETE w
          FROM OPENJSON(@dequeued) WITH (ticket bigint) AS d
          INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = @id AND w.ticket = d.ticket
          OPTION (FORCE ORDER);

          UPDATE w SET
            {Assignments(WaiterColumns.Table.Changing, "e", "    ")}
          FROM OPENJSON(@enqueued) WITH (
            {JsonShape(WaiterColumns.Table, "    ")}) AS e
          INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = @id AND w.ticket = e.ticket
          OPTION (FORCE ORDER);

          INSERT INTO locks.lock_waiters WITH (ROWLOCK) ({Names(WaiterColumns.Table.Stored, indent: "    ")})
          SELECT {Names(WaiterColumns.Table.Stored, "e.", "    ")}
          FROM OPENJSON(@enqueued) WITH (
            {JsonShape(WaiterColumns.Table, "    ")}) AS e
          WHERE NOT EXISTS (
            SELECT 1 FROM locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) WHERE w.lock_id = @id AND w.ticket = e.ticket);
        END;

        COMMIT TRANSACTION;

        SELECT @id, CAST(NULL AS datetimeoffset) WHERE @accepted = 0
        UNION ALL
        SELECT CAST(NULL AS uniqueidentifier), SYSDATETIMEOFFSET();
        """;

    private const string SelectOneRefused =
        """


        SELECT @id, CAST(NULL AS datetimeoffset) WHERE @@ROWCOUNT = 0
        UNION ALL
        SELECT CAST(NULL AS uniqueidentifier), SYSDATETIMEOFFSET();
        """;

    /// <summary>Writes one lock that is stored already, whose queue did not change, and that this write does not grant on a lease.</summary>
    public static readonly string CommitOne = Start + UpdateOne + SelectOneRefused;

    /// <summary>Writes one lock that is stored already, and the changes of its queue; this write does not grant it on a lease.</summary>
    public static readonly string CommitOneWithWaiters = Start + Begin + UpdateOne + WriteWaitersOfOne;

    /// <summary>Writes locks whose queues did not change; none is granted on a lease.</summary>
    public static readonly string Commit = Input + Begin + WriteLocks + SelectRefused;

    /// <summary>Writes locks and the changes of their queues; none is granted on a lease.</summary>
    public static readonly string CommitWithWaiters = Input + Begin + WriteLocks + WriteWaiters + SelectRefused;

    /// <summary>Writes locks and the changes of their queues; a lock that is granted on a lease only if the lease lives.</summary>
    public static readonly string CommitOnLeases =
        Input + LockLeases + Begin + RefuseOnLeasesThatEnded + WriteLocks + WriteWaiters + SelectRefused;
}
