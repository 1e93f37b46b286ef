INSERT INTO lock_waiters (lock_id, ticket, acquire_id, owner, token, ttl, queued_at, deadline, client_id, reply_address, reply_request_id, lease_id,
    may_join_cohort)
VALUES ($lock_id, $ticket, $acquire_id, $owner, $token, $ttl, $queued_at, $deadline, $client_id, $reply_address, $reply_request_id,
    $lease_id, $may_join_cohort)
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
  may_join_cohort = excluded.may_join_cohort
