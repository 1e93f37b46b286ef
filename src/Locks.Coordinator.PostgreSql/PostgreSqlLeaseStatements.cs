using Locks.Storage.Relational;

namespace Locks.Coordinator.PostgreSql;

/// <summary>The statements about leases, made like those about locks (<see cref="PostgreSqlStatements"/>).</summary>
internal static class PostgreSqlLeaseStatements
{
    public static readonly string Load =
        $"""
        SELECT {SqlText.Names(LeaseReader.Selected, indent: "  ")}
        FROM locks.leases
        WHERE id = ANY ($1)
        """;

    // As locks are written. A write that ends a lease locks it so that no grant can be under way on it; a renewal lets them pass.
    public static readonly string Commit =
        $"""
        WITH input AS (
          SELECT * FROM unnest({SqlText.List(LeaseColumns.Table.Input.Select((_, i) => $"${i + 1}"))})
          AS i ({SqlText.Names(LeaseColumns.Table.Input)})),
        accepted AS (
          INSERT INTO locks.leases AS l ({SqlText.Names(LeaseColumns.Table.Stored)})
          SELECT {SqlText.Names(LeaseColumns.Table.Stored, "i.")}
          FROM (SELECT * FROM input ORDER BY id) i
          WHERE CASE
            WHEN i.expected_version = 0 THEN true
            WHEN i.state = 'Active' THEN
              EXISTS (SELECT 1 FROM locks.leases c WHERE c.id = i.id AND c.version = i.expected_version FOR NO KEY UPDATE)
            ELSE EXISTS (SELECT 1 FROM locks.leases c WHERE c.id = i.id AND c.version = i.expected_version FOR UPDATE) END
          ON CONFLICT (id) DO UPDATE SET
            {PostgreSqlStatements.Assignments(LeaseColumns.Table.Changing, "excluded")}
          WHERE (l.id, l.version) IN (SELECT id, expected_version FROM input)
          RETURNING l.id)
        SELECT id, NULL::timestamptz FROM input WHERE id NOT IN (SELECT id FROM accepted)
        UNION ALL
        SELECT NULL, clock_timestamp()
        """;

    // Something is due on a lock that lives on a lease only while attempts wait for it, and then due_from is not null. A grant that is not
    // confirmed is due too, and comes with the first, as does a lock that was due until lately.
    public const string FindLocks =
        "SELECT id FROM locks.locks WHERE holder_lease_id = $1 ORDER BY due_from LIMIT $2";

    // From the index alone, in its order: a lock comes once for each of its waiters, side by side.
    public const string FindWaitedFor =
        "SELECT DISTINCT lock_id FROM locks.lock_waiters WHERE lease_id = $1 ORDER BY lock_id LIMIT $2";

    public const string CountLocks = "SELECT count(*)::int FROM locks.locks WHERE holder_lease_id = $1";

    public static readonly string FindOverdue =
        $"SELECT {SqlText.Names(ListReader.OfLeases)} FROM locks.leases WHERE due_at < $1 ORDER BY due_at LIMIT $2";

    // A lease that has ended does not change any more, so only another purge can be busy with it.
    public const string PurgeEnded =
        """
        DELETE FROM locks.leases
        WHERE id = ANY (ARRAY(
            SELECT id FROM locks.leases WHERE state = 'Ended' AND written_at < $1 ORDER BY written_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        """;
}
