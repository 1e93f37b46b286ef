SELECT l.id, NULL, l.holder_acquire_id, l.holder_owner, l.holder_token, l.holder_lease, l.holder_granted_at, l.holder_expires_at,
  l.holder_client_id, l.key, l.version, l.last_fence, l.last_ticket, l.holder_confirmed, l.expiry_token_id, l.ended,
  l.holder_tell_address, l.holder_tell_request_id, l.holder_released_at, l.holder_shared_lease_id, l.holder_cohort, s.state,
  s.expires_at, s.tell_address
FROM locks l
LEFT JOIN leases s ON s.id = l.holder_shared_lease_id
WHERE l.id IN (SELECT value FROM json_each($ids))
UNION ALL
SELECT w.lock_id, w.ticket, w.acquire_id, w.owner, w.token, w.lease, w.queued_at, w.deadline, w.client_id, NULL, NULL, NULL, NULL,
  w.may_join_cohort, NULL, NULL, w.reply_address, w.reply_request_id, NULL, w.shared_lease_id, NULL, s.state, s.expires_at,
  s.tell_address
FROM lock_waiters w
LEFT JOIN leases s ON s.id = w.shared_lease_id
WHERE w.lock_id IN (SELECT value FROM json_each($ids))
