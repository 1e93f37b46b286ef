WITH input AS (
  SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
  AS i (id, expected_version, version, state, owner, client_id, ttl, granted_at, expires_at, notify_address, notify_request_id,
    end_reason, ended_by, ended_at, due_at, due_token_id, written_at)),
accepted AS (
  INSERT INTO locks.leases AS l (id, version, state, owner, client_id, ttl, granted_at, expires_at, notify_address, notify_request_id, end_reason, ended_by,
    ended_at, due_at, due_token_id, written_at)
  SELECT i.id, i.version, i.state, i.owner, i.client_id, i.ttl, i.granted_at, i.expires_at, i.notify_address, i.notify_request_id,
    i.end_reason, i.ended_by, i.ended_at, i.due_at, i.due_token_id, i.written_at
  FROM (SELECT * FROM input ORDER BY id) i
  WHERE CASE
    WHEN i.expected_version = 0 THEN true
    WHEN i.state = 'Active' THEN
      EXISTS (SELECT 1 FROM locks.leases c WHERE c.id = i.id AND c.version = i.expected_version FOR NO KEY UPDATE)
    ELSE EXISTS (SELECT 1 FROM locks.leases c WHERE c.id = i.id AND c.version = i.expected_version FOR UPDATE) END
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version,
    state = excluded.state,
    owner = excluded.owner,
    client_id = excluded.client_id,
    ttl = excluded.ttl,
    granted_at = excluded.granted_at,
    expires_at = excluded.expires_at,
    notify_address = excluded.notify_address,
    notify_request_id = excluded.notify_request_id,
    end_reason = excluded.end_reason,
    ended_by = excluded.ended_by,
    ended_at = excluded.ended_at,
    due_at = excluded.due_at,
    due_token_id = excluded.due_token_id,
    written_at = excluded.written_at
  WHERE (l.id, l.version) IN (SELECT id, expected_version FROM input)
  RETURNING l.id)
SELECT id, NULL::timestamptz FROM input WHERE id NOT IN (SELECT id FROM accepted)
UNION ALL
SELECT NULL, clock_timestamp()
