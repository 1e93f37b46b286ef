SELECT l.id, NULL::bigint, l.holder_acquire_id, l.holder_owner, l.holder_token, l.holder_ttl, l.holder_granted_at, l.holder_expires_at,
  l.holder_client_id, l.key, l.version, l.state, l.last_fence, l.last_ticket, NULL::boolean, l.expiry_token_id, l.ended,
  l.holder_notify_address, l.holder_notify_request_id, l.holder_released_at, l.holder_lease_id, l.holder_cohort, s.state,
  s.expires_at, s.notify_address
FROM locks.locks l
LEFT JOIN LATERAL (
  SELECT state, expires_at, notify_address FROM locks.leases WHERE id = l.holder_lease_id OFFSET 0) s ON true
WHERE l.id = ANY ($1)
UNION ALL
SELECT w.lock_id, w.ticket, w.acquire_id, w.owner, w.token, w.ttl, w.queued_at, w.deadline, w.client_id, NULL::text, NULL::bigint,
  NULL::text, NULL::bigint, NULL::bigint, w.may_join_cohort, NULL::uuid, NULL::bytea, w.reply_address, w.reply_request_id,
  NULL::timestamptz, w.lease_id, NULL::bytea, s.state, s.expires_at, s.notify_address
FROM locks.lock_waiters w
LEFT JOIN LATERAL (
  SELECT state, expires_at, notify_address FROM locks.leases WHERE id = w.lease_id OFFSET 0) s ON true
WHERE w.lock_id = ANY ($1)
