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
  SELECT ($1) AS id, ($2) AS expected_version, ($3) AS version, ($4) AS key, ($5) AS state,
    ($6) AS last_fence, ($7) AS last_ticket, ($8) AS holder_acquire_id, ($9) AS holder_owner,
    ($10) AS holder_token, ($11) AS holder_ttl, ($12) AS holder_granted_at, ($13) AS holder_expires_at,
    ($14) AS holder_client_id, ($15) AS holder_notify_address, ($16) AS holder_notify_request_id,
    ($17) AS holder_lease_id, ($18) AS holder_released_at, ($19) AS holder_cohort, ($20) AS due_at,
    ($21) AS expiry_token_id, ($22) AS ended, ($23) AS written_at) i
  WHERE l.id = i.id AND l.version = i.expected_version
  RETURNING clock_timestamp()
