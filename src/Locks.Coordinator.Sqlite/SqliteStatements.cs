using Locks.Storage.Relational;

namespace Locks.Coordinator.Sqlite;

/// <summary>
/// The statements. All of them run on one connection, one after the other, so none has to care about what another one does. A parameter has the
/// name of the column that it fills.
/// </summary>
internal static class SqliteStatements
{
    /// <summary>The locks, and under them their waiters, each with the lease that it names: one statement, hence one snapshot.</summary>
    public static readonly string Load =
        $"""
        SELECT {Selected(LoadedRow.OfLocks(column => $"l.{column}", SqliteValues.NullOf))}
        FROM locks l
        LEFT JOIN leases s ON s.id = l.holder_lease_id
        WHERE l.id IN (SELECT value FROM json_each($ids))
        UNION ALL
        SELECT {Selected(LoadedRow.OfWaiters(column => $"w.{column}", SqliteValues.NullOf))}
        FROM lock_waiters w
        LEFT JOIN leases s ON s.id = w.lease_id
        WHERE w.lock_id IN (SELECT value FROM json_each($ids))
        """;

    public static readonly string Insert = InsertInto(LockColumns.Table) + " ON CONFLICT (id) DO NOTHING";

    public static readonly string Update = UpdateOf(LockColumns.Table) + " WHERE id = $id AND version = $expected_version";

    public const string Dequeue = "DELETE FROM lock_waiters WHERE lock_id = $lock_id AND ticket = $ticket";

    public static readonly string Enqueue =
        $"""
        {InsertInto(WaiterColumns.Table)}
        ON CONFLICT (lock_id, ticket) DO UPDATE SET
          {SqlText.Lines(WaiterColumns.Table.Changing.Select(column => $"{column} = excluded.{column}"), "  ")}
        """;

    public static readonly string FindOverdue =
        $"SELECT {SqlText.Names(ListReader.OfLocks)} FROM locks WHERE due_at < $before ORDER BY due_at LIMIT $limit";

    public const string PurgeIdle =
        """
        DELETE FROM locks WHERE id IN (
          SELECT id FROM locks WHERE state = 'Free' AND written_at < $before ORDER BY written_at LIMIT $limit)
        """;

    public const string IsLeaseActive = "SELECT count(*) FROM leases WHERE id = $id AND state = 'Active'";

    public static readonly string LoadLeases =
        $"SELECT {SqlText.Names(LeaseReader.Selected)} FROM leases WHERE id IN (SELECT value FROM json_each($ids))";

    public static readonly string InsertLease = InsertInto(LeaseColumns.Table) + " ON CONFLICT (id) DO NOTHING";

    public static readonly string UpdateLease = UpdateOf(LeaseColumns.Table) + " WHERE id = $id AND version = $expected_version";

    /// <summary>Something is due on a lock that lives on a lease only while attempts wait for it; SQLite sorts null behind all times here.</summary>
    public const string FindLocksOfLease = "SELECT id FROM locks WHERE holder_lease_id = $id ORDER BY due_at DESC LIMIT $limit";

    public const string FindLocksWaitedForOnLease =
        "SELECT DISTINCT lock_id FROM lock_waiters WHERE lease_id = $id ORDER BY lock_id LIMIT $limit";

    public const string CountLocksOfLease = "SELECT count(*) FROM locks WHERE holder_lease_id = $id";

    public static readonly string FindOverdueLeases =
        $"SELECT {SqlText.Names(ListReader.OfLeases)} FROM leases WHERE due_at < $before ORDER BY due_at LIMIT $limit";

    public const string PurgeEndedLeases =
        """
        DELETE FROM leases WHERE id IN (
          SELECT id FROM leases WHERE state = 'Ended' AND written_at < $before ORDER BY written_at LIMIT $limit)
        """;

    /// <summary>The name of the parameter that fills a column.</summary>
    public static string ParameterOf(Column column) => $"${column}";

    private static string InsertInto<TRow>(Table<TRow> table) =>
        $"""
        INSERT INTO {table.Name} ({SqlText.Names(table.Stored)})
        VALUES ({SqlText.List(table.Stored.Select(ParameterOf))})
        """;

    private static string UpdateOf<TRow>(Table<TRow> table) =>
        $"""
        UPDATE {table.Name} SET
          {SqlText.Lines(table.Changing.Select(column => $"{column} = {ParameterOf(column)}"), "  ")}
        """;

    private static string Selected(IEnumerable<string> columns) =>
        SqlText.List([.. columns, .. LoadedRow.Lease.Select(column => $"s.{column}")], "  ");
}
