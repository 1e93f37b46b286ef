WITH accepted AS (
  UPDATE locks.locks AS l SET
    version = i.version,
    state = i.state,
    last_fence = i.last_fence,
    last_ticket = i.last_ticket,
    holder_acquire_id = i.holder_acquire_id,
    holder_owner = i.holder_owner,
    holder_token = i.holder_token,
    holder_ttl = i.holder_ttl,
    holder_granted_at = i.holder_granted_at,
    holder_expires_at = i.holder_expires_at,
    holder_client_id = i.holder_client_id,
    holder_notify_address = i.holder_notify_address,
    holder_notify_request_id = i.holder_notify_request_id,
    holder_lease_id = i.holder_lease_id,
    holder_released_at = i.holder_released_at,
    holder_cohort = i.holder_cohort,
    due_at = i.due_at,
    expiry_token_id = i.expiry_token_id,
    ended = i.ended,
    written_at = i.written_at,
    due_from = LEAST(l.due_from, i.due_at),
    idle_from = LEAST(l.idle_from, CASE i.state WHEN 'Free' THEN i.written_at END)
  FROM (
  SELECT unnest($1) AS id, unnest($2) AS expected_version, unnest($3) AS version, unnest($4) AS key, unnest($5) AS state,
    unnest($6) AS last_fence, unnest($7) AS last_ticket, unnest($8) AS holder_acquire_id, unnest($9) AS holder_owner,
    unnest($10) AS holder_token, unnest($11) AS holder_ttl, unnest($12) AS holder_granted_at, unnest($13) AS holder_expires_at,
    unnest($14) AS holder_client_id, unnest($15) AS holder_notify_address, unnest($16) AS holder_notify_request_id,
    unnest($17) AS holder_lease_id, unnest($18) AS holder_released_at, unnest($19) AS holder_cohort, unnest($20) AS due_at,
    unnest($21) AS expiry_token_id, unnest($22) AS ended, unnest($23) AS written_at
  OFFSET 0) i
  WHERE l.id = ANY (ARRAY[i.id]) AND l.version = i.expected_version
  RETURNING l.id),
dequeued AS (
  DELETE FROM locks.lock_waiters WHERE ctid = ANY (ARRAY(
    SELECT stored.ctid
    FROM unnest($24, $25) AS d (lock_id, ticket)
    CROSS JOIN LATERAL (
      SELECT w.ctid FROM locks.lock_waiters w WHERE w.lock_id = d.lock_id AND w.ticket = d.ticket OFFSET 0) stored
    WHERE (d.lock_id IN (SELECT id FROM accepted)) IS TRUE))),
enqueued AS (
  INSERT INTO locks.lock_waiters (lock_id, ticket, acquire_id, owner, token, ttl, queued_at, deadline, client_id, reply_address, reply_request_id, lease_id,
    may_join_cohort)
  SELECT * FROM (
    SELECT unnest($26) AS lock_id, unnest($27) AS ticket, unnest($28) AS acquire_id, unnest($29) AS owner, unnest($30) AS token,
      unnest($31) AS ttl, unnest($32) AS queued_at, unnest($33) AS deadline, unnest($34) AS client_id,
      unnest($35) AS reply_address, unnest($36) AS reply_request_id, unnest($37) AS lease_id, unnest($38) AS may_join_cohort) e
  WHERE (e.lock_id IN (SELECT id FROM accepted)) IS TRUE
  ON CONFLICT (lock_id, ticket) DO UPDATE SET
    acquire_id = excluded.acquire_id,
    owner = excluded.owner,
    token = excluded.token,
    ttl = excluded.ttl,
    queued_at = excluded.queued_at,
    deadline = excluded.deadline,
    client_id = excluded.client_id,
    reply_address = excluded.reply_address,
    reply_request_id = excluded.reply_request_id,
    lease_id = excluded.lease_id,
    may_join_cohort = excluded.may_join_cohort)
SELECT id, NULL::timestamptz FROM unnest($1) AS i (id) WHERE id NOT IN (SELECT id FROM accepted)
UNION ALL
SELECT NULL, clock_timestamp()
