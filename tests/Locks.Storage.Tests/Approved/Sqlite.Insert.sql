INSERT INTO locks (id, version, key, state, last_fence, last_ticket, holder_acquire_id, holder_owner, holder_token, holder_ttl, holder_granted_at,
    holder_expires_at, holder_client_id, holder_notify_address, holder_notify_request_id, holder_lease_id, holder_released_at,
    holder_cohort, due_at, expiry_token_id, ended, written_at)
VALUES ($id, $version, $key, $state, $last_fence, $last_ticket, $holder_acquire_id, $holder_owner, $holder_token, $holder_ttl,
    $holder_granted_at, $holder_expires_at, $holder_client_id, $holder_notify_address, $holder_notify_request_id,
    $holder_lease_id, $holder_released_at, $holder_cohort, $due_at, $expiry_token_id, $ended, $written_at) ON CONFLICT (id) DO NOTHING
