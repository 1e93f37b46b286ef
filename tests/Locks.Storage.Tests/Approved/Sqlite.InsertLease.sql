INSERT INTO leases (id, version, state, owner, client_id, ttl, granted_at, expires_at, notify_address, notify_request_id, end_reason, ended_by,
    ended_at, due_at, due_token_id, written_at)
VALUES ($id, $version, $state, $owner, $client_id, $ttl, $granted_at, $expires_at, $notify_address, $notify_request_id, $end_reason,
    $ended_by, $ended_at, $due_at, $due_token_id, $written_at) ON CONFLICT (id) DO NOTHING
