INSERT INTO locks (id, version, key, state, last_fence, last_ticket, holder_acquire_id, holder_owner, holder_token, holder_lease,
    holder_granted_at, holder_expires_at, holder_confirmed, holder_client_id, holder_tell_address, holder_tell_request_id,
    holder_shared_lease_id, holder_released_at, holder_cohort, due_at, expiry_token_id, ended, written_at)
VALUES ($id, $version, $key, $state, $last_fence, $last_ticket, $holder_acquire_id, $holder_owner, $holder_token, $holder_lease,
    $holder_granted_at, $holder_expires_at, $holder_confirmed, $holder_client_id, $holder_tell_address, $holder_tell_request_id,
    $holder_shared_lease_id, $holder_released_at, $holder_cohort, $due_at, $expiry_token_id, $ended, $written_at) ON CONFLICT (id) DO NOTHING
