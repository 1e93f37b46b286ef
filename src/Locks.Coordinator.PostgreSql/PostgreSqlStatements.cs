namespace Locks.Coordinator.PostgreSql;

/// <summary>
/// The statements of the hot path. Each is one round trip and one transaction, and has the same text whatever the size of its set, so that
/// it is prepared once for each connection.
/// </summary>
internal static class PostgreSqlStatements
{
    /// <summary>
    /// The locks, and under them their waiters, each with the shared lease that it names: one statement, hence one snapshot. A union and
    /// not a join, which would repeat the lock's columns for each of perhaps ten thousand waiters; and leases are looked up one by one
    /// (which costs nothing where none is named), so that no plan reads them all.
    /// </summary>
    public const string Load =
        """
        SELECT l.id, NULL::bigint, l.holder_acquire_id, l.holder_owner, l.holder_token, l.holder_lease, l.holder_granted_at, l.holder_expires_at,
          l.holder_client_id, l.key, l.version, l.last_fence, l.last_ticket, l.holder_confirmed, l.expiry_token_id, l.ended,
          l.holder_tell_address, l.holder_tell_request_id, l.holder_released_at, l.holder_shared_lease_id, l.holder_cohort,
          s.state, s.expires_at, s.tell_address
        FROM locks.locks l
        LEFT JOIN LATERAL (
          SELECT state, expires_at, tell_address FROM locks.leases WHERE id = l.holder_shared_lease_id OFFSET 0) s ON true
        WHERE l.id = ANY ($1)
        UNION ALL
        SELECT w.lock_id, w.ticket, w.acquire_id, w.owner, w.token, w.lease, w.queued_at, w.deadline,
          w.client_id, NULL, NULL, NULL, NULL, w.may_join_cohort, NULL, NULL,
          w.reply_address, w.reply_request_id, NULL, w.shared_lease_id, NULL, s.state, s.expires_at, s.tell_address
        FROM locks.lock_waiters w
        LEFT JOIN LATERAL (
          SELECT state, expires_at, tell_address FROM locks.leases WHERE id = w.shared_lease_id OFFSET 0) s ON true
        WHERE w.lock_id = ANY ($1)
        """;

    // What the sweeper and the purge look for is not indexed by itself: an update of an indexed column has to write every index, which would
    // double the cost of taking and freeing a lock. Instead due_from and idle_from are indexed: times before which there is nothing to find.
    // A commit moves them back where it must and never forward, so most leave them as they are; they are moved forward when they are reached.
    // A row that a commit is busy with is left to the next look, so nobody waits here.
    public const string CatchUpWithDue =
        """
        UPDATE locks.locks SET due_from = due_at
        WHERE id = ANY (ARRAY(
          SELECT id FROM locks.locks WHERE due_from < $1 AND (due_at < $1) IS NOT TRUE ORDER BY due_from LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED))
        """;

    public const string FindOverdue =
        """
        SELECT key, last_fence, due_at
        FROM (SELECT key, last_fence, due_at FROM locks.locks WHERE due_from < $1 AND due_at < $1 ORDER BY due_from LIMIT $2) overdue
        ORDER BY due_at
        """;

    public const string CatchUpWithIdle =
        """
        UPDATE locks.locks SET idle_from = CASE state WHEN 'Free' THEN written_at END
        WHERE id = ANY (ARRAY(
          SELECT id FROM locks.locks WHERE idle_from < $1 AND NOT (state = 'Free' AND written_at < $1) ORDER BY idle_from LIMIT $2
          FOR NO KEY UPDATE SKIP LOCKED))
        """;

    // Skips what another purge or a commit is busy with. A row that a commit changed in the blink before it was locked is checked again.
    public const string PurgeIdle =
        """
        DELETE FROM locks.locks
        WHERE id = ANY (ARRAY(
            SELECT id FROM locks.locks WHERE idle_from < $1 AND state = 'Free' AND written_at < $1 ORDER BY idle_from LIMIT $2
            FOR UPDATE SKIP LOCKED))
          AND state = 'Free' AND written_at < $1
        """;

    // How a set is written:
    // - It comes in the order of the ids. Locks that are new are inserted first, the others updated afterwards, both one after the other. An
    //   insert may wait for an insert or an update of another set and an update only for an update, so two sets that overlap cannot wait
    //   for each other.
    // - An update finds the row of its id and checks its version, again when it had to wait for the row. Without one (the row was changed, or
    //   purged) it is refused. Two inserts of the same new lock are one insert and one refusal, not an error.
    // - Versions never repeat, so a row that has the expected version when it is locked is the row of the snapshot, and so are its waiters.
    // - Arrays are unnested side by side in a select list, which passes the rows on; in FROM, each array would be copied first.
    // - The sets are matched by hashed sub-selects and correlated lookups, which leave the planner no choice that depends on table sizes. A
    //   comparison with ANY can be looked up in the index but not merged or hashed, so a row is looked up for each of the input.
    // What comes back is what was refused: nothing, as a rule.
    private const string Unnested =
        """
        SELECT unnest($1) AS id, unnest($2) AS expected_version, unnest($3) AS version, unnest($4) AS key, unnest($5) AS state,
            unnest($6) AS last_fence, unnest($7) AS last_ticket, unnest($8) AS holder_acquire_id, unnest($9) AS holder_owner,
            unnest($10) AS holder_token, unnest($11) AS holder_lease, unnest($12) AS holder_granted_at, unnest($13) AS holder_expires_at,
            unnest($14) AS holder_confirmed, unnest($15) AS holder_client_id, unnest($16) AS holder_tell_address,
            unnest($17) AS holder_tell_request_id, unnest($18) AS holder_shared_lease_id, unnest($19) AS holder_released_at,
            unnest($20) AS holder_cohort, unnest($21) AS due_at, unnest($22) AS expiry_token_id, unnest($23) AS ended,
            unnest($24) AS written_at
        """;

    private const string Input =
        $"""
        WITH input AS MATERIALIZED (
          {Unnested})
        """;

    // Before any lock is: a commit that ends a lease waits for these, so its end and a grant on it are never stored side by side. Renewals
    // do not wait. A lease that was changed in the blink before it was locked is checked again.
    private const string InputOnLivingLeases =
        $"""
        WITH alive AS MATERIALIZED (
          SELECT id FROM locks.leases WHERE id = ANY ($41) AND state = 'Active' ORDER BY id FOR KEY SHARE),
        hopeless AS (
          SELECT lock_id FROM unnest($40, $41) AS a (lock_id, lease_id) WHERE lease_id NOT IN (SELECT id FROM alive)),
        input AS MATERIALIZED (
          SELECT * FROM (
          {Unnested}) i WHERE id NOT IN (SELECT lock_id FROM hopeless))
        """;

    private const string Insert =
        """
        ,
        inserted AS (
          INSERT INTO locks.locks (id, version, key, state, last_fence, last_ticket, holder_acquire_id, holder_owner, holder_token, holder_lease,
            holder_granted_at, holder_expires_at, holder_confirmed, holder_client_id, holder_tell_address, holder_tell_request_id,
            holder_shared_lease_id, holder_released_at, holder_cohort, due_at, expiry_token_id, ended, written_at,
            due_from, idle_from)
          SELECT id, version, key, state, last_fence, last_ticket, holder_acquire_id, holder_owner, holder_token, holder_lease,
            holder_granted_at, holder_expires_at, holder_confirmed, holder_client_id, holder_tell_address, holder_tell_request_id,
            holder_shared_lease_id, holder_released_at, holder_cohort, due_at, expiry_token_id, ended, written_at,
            due_at, CASE state WHEN 'Free' THEN written_at END
          FROM input WHERE expected_version = 0
          ON CONFLICT (id) DO NOTHING
          RETURNING id)
        """;

    private const string Update =
        """
          UPDATE locks.locks AS l SET
            version = i.version,
            state = i.state,
            last_fence = i.last_fence,
            last_ticket = i.last_ticket,
            holder_acquire_id = i.holder_acquire_id,
            holder_owner = i.holder_owner,
            holder_token = i.holder_token,
            holder_lease = i.holder_lease,
            holder_granted_at = i.holder_granted_at,
            holder_expires_at = i.holder_expires_at,
            holder_confirmed = i.holder_confirmed,
            holder_client_id = i.holder_client_id,
            holder_tell_address = i.holder_tell_address,
            holder_tell_request_id = i.holder_tell_request_id,
            holder_shared_lease_id = i.holder_shared_lease_id,
            holder_released_at = i.holder_released_at,
            holder_cohort = i.holder_cohort,
            due_at = i.due_at,
            expiry_token_id = i.expiry_token_id,
            ended = i.ended,
            written_at = i.written_at,
            due_from = LEAST(l.due_from, i.due_at),
            idle_from = LEAST(l.idle_from, CASE i.state WHEN 'Free' THEN i.written_at END)
        """;

    private const string UpdateInput =
        $"""
        ,
        updated AS (
        {Update}
          FROM (SELECT * FROM input WHERE expected_version > 0 OFFSET 0) i
          WHERE l.id = ANY (ARRAY[i.id]) AND l.version = i.expected_version AND (SELECT count(*) FROM inserted) >= 0
          RETURNING l.id),
        accepted AS (SELECT id FROM inserted UNION ALL SELECT id FROM updated)
        """;

    private const string UpdateUnnested =
        $"""
        WITH accepted AS (
        {Update}
          FROM (
          {Unnested}
          OFFSET 0) i
          WHERE l.id = ANY (ARRAY[i.id]) AND l.version = i.expected_version
          RETURNING l.id)
        """;

    private const string WriteWaiters =
        """
        ,
        dequeued AS (
          DELETE FROM locks.lock_waiters WHERE ctid = ANY (ARRAY(
            SELECT stored.ctid
            FROM unnest($25, $26) AS d (lock_id, ticket)
            CROSS JOIN LATERAL (
              SELECT w.ctid FROM locks.lock_waiters w WHERE w.lock_id = d.lock_id AND w.ticket = d.ticket OFFSET 0) stored
            WHERE (d.lock_id IN (SELECT id FROM accepted)) IS TRUE))),
        enqueued AS (
          INSERT INTO locks.lock_waiters (lock_id, ticket, acquire_id, owner, token, lease, queued_at, deadline, client_id, reply_address,
            reply_request_id, shared_lease_id, may_join_cohort)
          SELECT * FROM (
            SELECT unnest($27) AS lock_id, unnest($28) AS ticket, unnest($29) AS acquire_id, unnest($30) AS owner, unnest($31) AS token,
              unnest($32) AS lease, unnest($33) AS queued_at, unnest($34) AS deadline, unnest($35) AS client_id, unnest($36) AS reply_address,
              unnest($37) AS reply_request_id, unnest($38) AS shared_lease_id, unnest($39) AS may_join_cohort) e
          WHERE (e.lock_id IN (SELECT id FROM accepted)) IS TRUE
          ON CONFLICT (lock_id, ticket) DO UPDATE SET
            acquire_id = excluded.acquire_id,
            owner = excluded.owner,
            token = excluded.token,
            lease = excluded.lease,
            queued_at = excluded.queued_at,
            deadline = excluded.deadline,
            client_id = excluded.client_id,
            reply_address = excluded.reply_address,
            reply_request_id = excluded.reply_request_id,
            shared_lease_id = excluded.shared_lease_id,
            may_join_cohort = excluded.may_join_cohort)
        """;

    private const string SelectRefused =
        """

        SELECT id FROM unnest($1) AS i (id) WHERE id NOT IN (SELECT id FROM accepted)
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

        SELECT $1 WHERE NOT EXISTS (SELECT FROM accepted)
        """;

    /// <summary>
    /// Writes one lock that is stored already, whose line did not change, and that is not granted on a shared lease just now. Nothing comes back
    /// but the number of rows: none if it was refused.
    /// </summary>
    public static readonly string CommitOne = UpdateOne;

    /// <summary>Writes one lock that is stored already, and the changes of its line; it is not granted on a shared lease just now.</summary>
    public static readonly string CommitOneWithWaiters =
        $"""
        WITH accepted AS (
        {UpdateOne}
          RETURNING l.id)
        {WriteWaiters}
        {SelectOneRefused}
        """;

    /// <summary>Writes locks that are stored already, whose lines did not change, and of which none is granted on a shared lease.</summary>
    public const string Commit = UpdateUnnested + SelectRefused;

    /// <summary>Writes locks that are stored already and the changes of their lines; none is granted on a shared lease.</summary>
    public const string CommitWithWaiters = UpdateUnnested + WriteWaiters + SelectRefused;

    /// <summary>Writes locks, new ones and others, and the changes of their lines; none is granted on a shared lease.</summary>
    public const string CommitWithNew = Input + Insert + UpdateInput + WriteWaiters + SelectRefused;

    /// <summary>The same; those that are granted on a shared lease are written only if that is alive.</summary>
    public const string CommitOnLeases = InputOnLivingLeases + Insert + UpdateInput + WriteWaiters + SelectRefused;
}
