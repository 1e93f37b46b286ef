using Locks.Storage.Relational;

namespace Locks.Coordinator.PostgreSql;

/// <summary>
/// The statements of the hot path. Each is one round trip and one transaction, and has the same text whatever the size of its set, so that
/// it is prepared once for each connection.
/// </summary>
internal static class PostgreSqlStatements
{
    // The parameters of a commit, in the order in which CommitParameters adds them.
    private const int FirstLockParameter = 1;
    private static readonly int FirstDequeuedParameter = FirstLockParameter + LockColumns.Table.Input.Count;
    private static readonly int FirstEnqueuedParameter = FirstDequeuedParameter + 2;
    private static readonly int FirstAttachmentParameter = FirstEnqueuedParameter + WaiterColumns.Table.Input.Count;

    /// <summary>
    /// The locks, and under them their waiters, each with the lease that it names: one statement, hence one snapshot. A union and
    /// not a join, which would repeat the lock's columns for each of perhaps ten thousand waiters; and leases are looked up one by one
    /// (which costs nothing where none is named), so that no plan reads them all.
    /// </summary>
    public static readonly string Load =
        $"""
        SELECT {Selected(LoadedRow.OfLocks(column => $"l.{column}", PostgreSqlTypes.NullOf))}
        FROM locks.locks l
        {LeaseOf("l.holder_lease_id")}
        WHERE l.id = ANY ($1)
        UNION ALL
        SELECT {Selected(LoadedRow.OfWaiters(column => $"w.{column}", PostgreSqlTypes.NullOf))}
        FROM locks.lock_waiters w
        {LeaseOf("w.lease_id")}
        WHERE w.lock_id = ANY ($1)
        """;

    /// <summary>The server's time, as it is now and not when the transaction began.</summary>
    public const string ReadTime = "SELECT clock_timestamp()";

    // What the sweeper and the purge look for is not indexed by itself: an update of an indexed column has to write every index, which
    // would double the cost of taking and freeing a lock. Instead due_from and idle_from are indexed: times before which there is nothing
    // to find. A commit moves them back where it must and never forward, so most leave them as they are; they are moved forward when they
    // are reached. A row that a commit is busy with is left to the next look, so nothing waits here.
    public const string CatchUpWithDue =
        """
        UPDATE locks.locks SET due_from = due_at
        WHERE id = ANY (ARRAY(
          SELECT id FROM locks.locks WHERE due_from < $1 AND (due_at < $1) IS NOT TRUE ORDER BY due_from LIMIT $2
          FOR NO KEY UPDATE SKIP LOCKED))
        """;

    public static readonly string FindOverdue =
        $"""
        SELECT {SqlText.Names(ListReader.OfLocks)}
        FROM (
          SELECT {SqlText.Names(ListReader.OfLocks)} FROM locks.locks
          WHERE due_from < $1 AND due_at < $1 ORDER BY due_from LIMIT $2) overdue
        ORDER BY due_at
        """;

    public const string CatchUpWithIdle =
        """
        UPDATE locks.locks SET idle_from = CASE state WHEN 'Free' THEN written_at END
        WHERE id = ANY (ARRAY(
          SELECT id FROM locks.locks WHERE idle_from < $1 AND NOT (state = 'Free' AND written_at < $1) ORDER BY idle_from LIMIT $2
          FOR NO KEY UPDATE SKIP LOCKED))
        """;

    // Skips what another purge or a commit is busy with. A row that a commit changed just before it was locked is checked again.
    public const string PurgeIdle =
        """
        DELETE FROM locks.locks
        WHERE id = ANY (ARRAY(
            SELECT id FROM locks.locks WHERE idle_from < $1 AND state = 'Free' AND written_at < $1 ORDER BY idle_from LIMIT $2
            FOR UPDATE SKIP LOCKED))
          AND state = 'Free' AND written_at < $1
        """;

    // How a set is written:
    // - It comes in the order of the ids. Locks that are new are inserted first, the others updated afterwards, both one after the other.
    //   An
    //   insert may wait for an insert or an update of another set and an update only for an update, so two sets that overlap cannot wait
    //   for each other.
    // - An update finds the row of its id and checks its version, again when it had to wait for the row. Without one (the row was changed,
    //   or
    //   purged) it is refused. Two inserts of the same new lock are one insert and one refusal, not an error.
    // - Versions never repeat, so a row that has the expected version when it is locked is the row of the snapshot, and so are its waiters.
    // - Arrays are unnested side by side in a select list, which passes the rows on; in FROM, each array would be copied first.
    // - The sets are matched by hashed sub-selects and correlated lookups, which leave the planner no choice that depends on table sizes. A
    //   comparison with ANY can be looked up in the index but not merged or hashed, so a row is looked up for each of the input.
    // What comes back is what was refused (nothing, as a rule), and the server's time, by which the coordinators decide (CommitReader).
    private static readonly string Unnested = $"SELECT {UnnestedInput(LockColumns.Table, FirstLockParameter)}";

    private static readonly string Input =
        $"""
        WITH input AS MATERIALIZED (
          {Unnested})
        """;

    // Before any lock is: a commit that ends a lease waits for these, so its end and a grant on it are never stored side by side. Renewals
    // do not wait. A lease that was changed just before it was locked is checked again.
    private static readonly string InputOnLivingLeases =
        $"""
        WITH alive AS MATERIALIZED (
          SELECT id FROM locks.leases WHERE id = ANY (${FirstAttachmentParameter + 1}) AND state = 'Active' ORDER BY id FOR KEY SHARE),
        hopeless AS (
          SELECT lock_id
          FROM unnest(${FirstAttachmentParameter}, ${FirstAttachmentParameter + 1}) AS a (lock_id, lease_id)
          WHERE lease_id NOT IN (SELECT id FROM alive)),
        input AS MATERIALIZED (
          SELECT * FROM (
          {Unnested}) i WHERE id NOT IN (SELECT lock_id FROM hopeless))
        """;

    private static readonly string Insert =
        $"""
        ,
        inserted AS (
          INSERT INTO locks.locks ({SqlText.Names(LockColumns.Table.Stored)},
            due_from, idle_from)
          SELECT {SqlText.Names(LockColumns.Table.Stored)},
            due_at, CASE state WHEN 'Free' THEN written_at END
          FROM input WHERE expected_version = 0
          ON CONFLICT (id) DO NOTHING
          RETURNING id)
        """;

    private static readonly string Update =
        $"""
          UPDATE locks.locks AS l SET
            {Assignments(LockColumns.Table.Changing, "i")},
            due_from = LEAST(l.due_from, i.due_at),
            idle_from = LEAST(l.idle_from, CASE i.state WHEN 'Free' THEN i.written_at END)
        """;

    private static readonly string UpdateInput =
        $"""
        ,
        updated AS (
        {Update}
          FROM (SELECT * FROM input WHERE expected_version > 0 OFFSET 0) i
          WHERE l.id = ANY (ARRAY[i.id]) AND l.version = i.expected_version AND (SELECT count(*) FROM inserted) >= 0
          RETURNING l.id),
        accepted AS (SELECT id FROM inserted UNION ALL SELECT id FROM updated)
        """;

    private static readonly string UpdateUnnested =
        $"""
        WITH accepted AS (
        {Update}
          FROM (
          {Unnested}
          OFFSET 0) i
          WHERE l.id = ANY (ARRAY[i.id]) AND l.version = i.expected_version
          RETURNING l.id)
        """;

    private static readonly string WriteWaiters =
        $"""
        ,
        dequeued AS (
          DELETE FROM locks.lock_waiters WHERE ctid = ANY (ARRAY(
            SELECT stored.ctid
            FROM unnest(${FirstDequeuedParameter}, ${FirstDequeuedParameter + 1}) AS d (lock_id, ticket)
            CROSS JOIN LATERAL (
              SELECT w.ctid FROM locks.lock_waiters w WHERE w.lock_id = d.lock_id AND w.ticket = d.ticket OFFSET 0) stored
            WHERE (d.lock_id IN (SELECT id FROM accepted)) IS TRUE))),
        enqueued AS (
          INSERT INTO locks.lock_waiters ({SqlText.Names(WaiterColumns.Table.Stored)})
          SELECT * FROM (
            SELECT {UnnestedInput(WaiterColumns.Table, FirstEnqueuedParameter, "      ")}) e
          WHERE (e.lock_id IN (SELECT id FROM accepted)) IS TRUE
          ON CONFLICT (lock_id, ticket) DO UPDATE SET
            {Assignments(WaiterColumns.Table.Changing, "excluded")})
        """;

    private const string SelectRefused =
        """

        SELECT id, NULL::timestamptz FROM unnest($1) AS i (id) WHERE id NOT IN (SELECT id FROM accepted)
        UNION ALL
        SELECT NULL, clock_timestamp()
        """;

    // A set of one, of which most are while there is little to do, needs no arrays to be unnested and matched: that costs as much again as
    // the update itself. Its values take the arrays' places.
    private static readonly string UpdateOne =
        $"""
        {Update}
          FROM (
          {Unnested.Replace("unnest(", "(", StringComparison.Ordinal)}) i
          WHERE l.id = i.id AND l.version = i.expected_version
        """;

    private const string SelectOneRefused =
        """

        SELECT CASE WHEN NOT EXISTS (SELECT FROM accepted) THEN $1 END, clock_timestamp()
        """;

    // The parameters of a commit of one lock by a known time, after those of the lock.
    private static readonly int FromParameter = FirstDequeuedParameter, UntilParameter = FromParameter + 1;

    /// <summary>
    /// Writes one lock that is stored already, whose queue did not change, and that this write does not grant on a lease; refused also when
    /// the server's time is not between the two that are given. Nothing comes back but how many rows were written: a row that is returned
    /// costs the server a third of what the update does.
    /// </summary>
    public static readonly string CommitOneByTime =
        $"""
        {UpdateOne}
            AND clock_timestamp() BETWEEN ${FromParameter} AND ${UntilParameter}
        """;

    /// <summary>
    /// Writes one lock that is stored already, whose queue did not change, and that this write does not grant on a lease. What comes back
    /// is the server's time, and nothing if the lock was refused.
    /// </summary>
    public static readonly string CommitOne =
        $"""
        {UpdateOne}
          RETURNING clock_timestamp()
        """;

    /// <summary>Writes one lock that is stored already, and the changes of its queue; this write does not grant it on a lease.</summary>
    public static readonly string CommitOneWithWaiters =
        $"""
        WITH accepted AS (
        {UpdateOne}
          RETURNING l.id)
        {WriteWaiters}
        {SelectOneRefused}
        """;

    /// <summary>Writes locks that are stored already and whose queues did not change; none is granted on a lease.</summary>
    public static readonly string Commit = UpdateUnnested + SelectRefused;

    /// <summary>Writes locks that are stored already and the changes of their queues; none is granted on a lease.</summary>
    public static readonly string CommitWithWaiters = UpdateUnnested + WriteWaiters + SelectRefused;

    /// <summary>Writes locks, new ones and others, and the changes of their queues; none is granted on a lease.</summary>
    public static readonly string CommitWithNew = Input + Insert + UpdateInput + WriteWaiters + SelectRefused;

    /// <summary>The same; a lock that is granted on a lease is written only if the lease lives.</summary>
    public static readonly string CommitOnLeases = InputOnLivingLeases + Insert + UpdateInput + WriteWaiters + SelectRefused;

    /// <summary>The assignments of an update.</summary>
    /// <param name="columns">The columns that it sets.</param>
    /// <param name="source">Where the values come from.</param>
    /// <param name="indent">What each line but the first begins with.</param>
    internal static string Assignments(IEnumerable<Column> columns, string source, string indent = "    ") =>
        SqlText.Lines(columns.Select(column => $"{column} = {source}.{column}"), indent);

    private static string UnnestedInput<TRow>(Table<TRow> table, int firstParameter, string indent = "    ") =>
        SqlText.List(table.Input.Select((column, i) => $"unnest(${firstParameter + i}) AS {column}"), indent);

    private static string Selected(IEnumerable<string> columns) =>
        SqlText.List([.. columns, .. LoadedRow.Lease.Select(column => $"s.{column}")], "  ");

    private static string LeaseOf(string id) =>
        $"""
        LEFT JOIN LATERAL (
          SELECT {SqlText.Names(LoadedRow.Lease)} FROM locks.leases WHERE id = {id} OFFSET 0) s ON true
        """;
}
