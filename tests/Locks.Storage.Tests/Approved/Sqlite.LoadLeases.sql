SELECT id, version, state, owner, client_id, ttl, granted_at, expires_at, notify_address, notify_request_id, end_reason, ended_by,
    ended_at, due_token_id FROM leases WHERE id IN (SELECT value FROM json_each($ids))
