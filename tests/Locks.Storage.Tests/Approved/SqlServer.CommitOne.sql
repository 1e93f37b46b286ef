SET NOCOUNT, XACT_ABORT ON;
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;

UPDATE l SET
  version = @version,
  state = @state,
  last_fence = @last_fence,
  last_ticket = @last_ticket,
  holder_acquire_id = @holder_acquire_id,
  holder_owner = @holder_owner,
  holder_token = @holder_token,
  holder_ttl = @holder_ttl,
  holder_granted_at = @holder_granted_at,
  holder_expires_at = @holder_expires_at,
  holder_client_id = @holder_client_id,
  holder_notify_address = @holder_notify_address,
  holder_notify_request_id = @holder_notify_request_id,
  holder_lease_id = @holder_lease_id,
  holder_released_at = @holder_released_at,
  holder_cohort = @holder_cohort,
  due_at = @due_at,
  expiry_token_id = @expiry_token_id,
  ended = @ended,
  written_at = @written_at
FROM locks.locks AS l WITH (ROWLOCK, FORCESEEK)
WHERE l.id = @id AND l.version = @expected_version;

SELECT @id, CAST(NULL AS datetimeoffset) WHERE @@ROWCOUNT = 0
UNION ALL
SELECT CAST(NULL AS uniqueidentifier), SYSDATETIMEOFFSET();
