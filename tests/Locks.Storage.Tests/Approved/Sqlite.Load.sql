SELECT l.id, NULL, l.holder_acquire_id, l.holder_owner, l.holder_token, l.holder_ttl, l.holder_granted_at, l.holder_expires_at,
  l.holder_client_id, l.key, l.version, l.state, l.last_fence, l.last_ticket, NULL, l.expiry_token_id, l.ended,
  l.holder_notify_address, l.holder_notify_request_id, l.holder_released_at, l.holder_lease_id, l.holder_cohort, s.state,
  s.expires_at, s.notify_address
FROM locks l
LEFT JOIN leases s ON s.id = l.holder_lease_id
WHERE l.id IN (SELECT value FROM json_each($ids))
UNION ALL
SELECT w.lock_id, w.ticket, w.acquire_id, w.owner, w.token, w.ttl, w.queued_at, w.deadline, w.client_id, NULL, NULL, NULL, NULL, NULL,
  w.may_join_cohort, NULL, NULL, w.reply_address, w.reply_request_id, NULL, w.lease_id, NULL, s.state, s.expires_at,
  s.notify_address
FROM lock_waiters w
LEFT JOIN leases s ON s.id = w.lease_id
WHERE w.lock_id IN (SELECT value FROM json_each($ids))
