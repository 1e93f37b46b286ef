SET NOCOUNT, XACT_ABORT ON;
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;

BEGIN TRANSACTION;

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
DECLARE @accepted int = @@ROWCOUNT;
IF @accepted = 1
BEGIN
  DELETE w
  FROM OPENJSON(@dequeued) WITH (ticket bigint) AS d
  INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = @id AND w.ticket = d.ticket
  OPTION (FORCE ORDER);

  UPDATE w SET
    acquire_id = e.acquire_id,
    owner = e.owner,
    token = e.token,
    ttl = e.ttl,
    queued_at = e.queued_at,
    deadline = e.deadline,
    client_id = e.client_id,
    reply_address = e.reply_address,
    reply_request_id = e.reply_request_id,
    lease_id = e.lease_id,
    may_join_cohort = e.may_join_cohort
  FROM OPENJSON(@enqueued) WITH (
    lock_id uniqueidentifier, ticket bigint, acquire_id uniqueidentifier, owner nvarchar(256), token nvarchar(128), ttl bigint,
    queued_at datetimeoffset(6), deadline datetimeoffset(6), client_id nvarchar(128), reply_address nvarchar(max),
    reply_request_id uniqueidentifier, lease_id uniqueidentifier, may_join_cohort bit) AS e
  INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = @id AND w.ticket = e.ticket
  OPTION (FORCE ORDER);

  INSERT INTO locks.lock_waiters WITH (ROWLOCK) (lock_id, ticket, acquire_id, owner, token, ttl, queued_at, deadline, client_id, reply_address, reply_request_id, lease_id,
    may_join_cohort)
  SELECT e.lock_id, e.ticket, e.acquire_id, e.owner, e.token, e.ttl, e.queued_at, e.deadline, e.client_id, e.reply_address,
    e.reply_request_id, e.lease_id, e.may_join_cohort
  FROM OPENJSON(@enqueued) WITH (
    lock_id uniqueidentifier, ticket bigint, acquire_id uniqueidentifier, owner nvarchar(256), token nvarchar(128), ttl bigint,
    queued_at datetimeoffset(6), deadline datetimeoffset(6), client_id nvarchar(128), reply_address nvarchar(max),
    reply_request_id uniqueidentifier, lease_id uniqueidentifier, may_join_cohort bit) AS e
  WHERE NOT EXISTS (
    SELECT 1 FROM locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) WHERE w.lock_id = @id AND w.ticket = e.ticket);
END;

COMMIT TRANSACTION;

SELECT @id, CAST(NULL AS datetimeoffset) WHERE @accepted = 0
UNION ALL
SELECT CAST(NULL AS uniqueidentifier), SYSDATETIMEOFFSET();
