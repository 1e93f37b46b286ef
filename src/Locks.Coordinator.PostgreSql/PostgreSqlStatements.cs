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
          l.holder_tell_address, l.holder_tell_request_id, l.holder_released_at, l.holder_shared_lease_id, l.holder_followers,
          s.state, s.expires_at, s.tell_address
        FROM locks.locks l
        LEFT JOIN LATERAL (
          SELECT state, expires_at, tell_address FROM locks.leases WHERE id = l.holder_shared_lease_id OFFSET 0) s ON true
        WHERE l.id = ANY ($1)
        UNION ALL
        SELECT w.lock_id, w.position, w.acquire_id, w.owner, w.token, w.lease, w.queued_at, w.deadline,
          w.client_id, NULL, NULL, NULL, NULL, w.may_follow, NULL, NULL,
          w.reply_address, w.reply_request_id, NULL, w.shared_lease_id, NULL, s.state, s.expires_at, s.tell_address
        FROM locks.lock_waiters w
        LEFT JOIN LATERAL (
          SELECT state, expires_at, tell_address FROM locks.leases WHERE id = w.shared_lease_id OFFSET 0) s ON true
        WHERE w.lock_id = ANY ($1)
        """;

    public const string FindOverdue =
        "SELECT key, last_fence, due_at FROM locks.locks WHERE due_at < $1 ORDER BY due_at LIMIT $2";

    // Skips what another purge or a commit is busy with. A row that a commit changed in the blink before it was locked is checked again.
    public const string PurgeIdle =
        """
        DELETE FROM locks.locks
        WHERE id = ANY (ARRAY(
            SELECT id FROM locks.locks WHERE state = 'Free' AND written_at < $1 ORDER BY written_at LIMIT $2 FOR UPDATE SKIP LOCKED))
          AND state = 'Free' AND written_at < $1
        """;

    // How a set is written:
    // - Rows are locked in the order of their ids, one after the other, so two sets that overlap cannot wait for each other.
    // - A write that expects a version first locks a row of that version. Without one (the row was changed, or purged) the write is
    //   dropped here, and cannot come back as an insert. A write that expects none goes straight to the insert.
    // - ON CONFLICT covers the rest: two inserts of the same new lock are one insert and one refusal, not an error.
    // - Versions never repeat, so a row that has the expected version when it is locked is the row of the snapshot, and so are its waiters.
    // - The sets are matched by hashed sub-selects and correlated lookups, which leave the planner no choice that depends on table sizes.
    // What comes back is what was refused: nothing, as a rule.
    private const string Input =
        """
        WITH input AS (
          SELECT * FROM unnest(
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
          AS i (id, expected_version, version, key, state, last_fence, last_ticket, holder_acquire_id, holder_owner, holder_token, holder_lease,
            holder_granted_at, holder_expires_at, holder_confirmed, holder_client_id, holder_tell_address, holder_tell_request_id,
            holder_shared_lease_id, holder_released_at, holder_followers, due_at, expiry_token_id, ended, written_at))
        """;

    // Before any lock is: a commit that ends a lease waits for these, so its end and a grant on it are never stored side by side. Renewals
    // do not wait. A lease that was changed in the blink before it was locked is checked again.
    private const string LockLeases =
        """
        ,
        alive AS MATERIALIZED (
          SELECT id FROM locks.leases WHERE id = ANY ($41) AND state = 'Active' ORDER BY id FOR KEY SHARE),
        hopeless AS (
          SELECT lock_id FROM unnest($40, $41) AS a (lock_id, lease_id) WHERE lease_id NOT IN (SELECT id FROM alive))
        """;

    private const string All = "SELECT * FROM input ORDER BY id";

    private const string AllOnLivingLeases = "SELECT * FROM input WHERE id NOT IN (SELECT lock_id FROM hopeless) ORDER BY id";

    private const string AcceptFrom =
        """
        ,
        accepted AS (
          INSERT INTO locks.locks AS l (id, version, key, state, last_fence, last_ticket, holder_acquire_id, holder_owner, holder_token, holder_lease,
            holder_granted_at, holder_expires_at, holder_confirmed, holder_client_id, holder_tell_address, holder_tell_request_id,
            holder_shared_lease_id, holder_released_at, holder_followers, due_at, expiry_token_id, ended, written_at)
          SELECT i.id, i.version, i.key, i.state, i.last_fence, i.last_ticket, i.holder_acquire_id, i.holder_owner, i.holder_token, i.holder_lease,
            i.holder_granted_at, i.holder_expires_at, i.holder_confirmed, i.holder_client_id, i.holder_tell_address, i.holder_tell_request_id,
            i.holder_shared_lease_id, i.holder_released_at, i.holder_followers, i.due_at, i.expiry_token_id, i.ended, i.written_at
          FROM (
        """;

    private const string Accept =
        """
        ) i
          WHERE i.expected_version = 0
            OR EXISTS (SELECT 1 FROM locks.locks c WHERE c.id = i.id AND c.version = i.expected_version FOR NO KEY UPDATE)
          ON CONFLICT (id) DO UPDATE SET
            version = excluded.version,
            state = excluded.state,
            last_fence = excluded.last_fence,
            last_ticket = excluded.last_ticket,
            holder_acquire_id = excluded.holder_acquire_id,
            holder_owner = excluded.holder_owner,
            holder_token = excluded.holder_token,
            holder_lease = excluded.holder_lease,
            holder_granted_at = excluded.holder_granted_at,
            holder_expires_at = excluded.holder_expires_at,
            holder_confirmed = excluded.holder_confirmed,
            holder_client_id = excluded.holder_client_id,
            holder_tell_address = excluded.holder_tell_address,
            holder_tell_request_id = excluded.holder_tell_request_id,
            holder_shared_lease_id = excluded.holder_shared_lease_id,
            holder_released_at = excluded.holder_released_at,
            holder_followers = excluded.holder_followers,
            due_at = excluded.due_at,
            expiry_token_id = excluded.expiry_token_id,
            ended = excluded.ended,
            written_at = excluded.written_at
          WHERE (l.id, l.version) IN (SELECT id, expected_version FROM input)
          RETURNING l.id)
        """;

    private const string WriteWaiters =
        """
        ,
        dequeued AS (
          DELETE FROM locks.lock_waiters WHERE ctid = ANY (ARRAY(
            SELECT stored.ctid
            FROM unnest($25, $26) AS d (lock_id, position)
            CROSS JOIN LATERAL (
              SELECT w.ctid FROM locks.lock_waiters w WHERE w.lock_id = d.lock_id AND w.position = d.position OFFSET 0) stored
            WHERE (d.lock_id IN (SELECT id FROM accepted)) IS TRUE))),
        enqueued AS (
          INSERT INTO locks.lock_waiters (lock_id, position, acquire_id, owner, token, lease, queued_at, deadline, client_id, reply_address,
            reply_request_id, shared_lease_id, may_follow)
          SELECT * FROM unnest($27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39)
          AS e (lock_id, position, acquire_id, owner, token, lease, queued_at, deadline, client_id, reply_address, reply_request_id, shared_lease_id,
            may_follow)
          WHERE (e.lock_id IN (SELECT id FROM accepted)) IS TRUE
          ON CONFLICT (lock_id, position) DO UPDATE SET
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
            may_follow = excluded.may_follow)
        """;

    private const string SelectRefused =
        """

        SELECT id FROM input WHERE id NOT IN (SELECT id FROM accepted)
        """;

    /// <summary>Writes locks whose lines did not change, and of which none is granted on a shared lease.</summary>
    public const string Commit = Input + AcceptFrom + All + Accept + SelectRefused;

    /// <summary>Writes locks and the changes of their lines; none is granted on a shared lease.</summary>
    public const string CommitWithWaiters = Input + AcceptFrom + All + Accept + WriteWaiters + SelectRefused;

    /// <summary>Writes locks and the changes of their lines; those that are granted on a shared lease only if that is alive.</summary>
    public const string CommitOnLeases =
        Input + LockLeases + AcceptFrom + AllOnLivingLeases + Accept + WriteWaiters + SelectRefused;
}
