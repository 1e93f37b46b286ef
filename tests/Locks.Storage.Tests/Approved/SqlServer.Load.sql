SET NOCOUNT, XACT_ABORT ON;
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
DECLARE @wanted TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
INSERT INTO @wanted (id) SELECT id FROM OPENJSON(@ids) WITH (id uniqueidentifier '$');
DECLARE @leases TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);

BEGIN TRANSACTION;

SELECT l.id, CAST(NULL AS bigint), l.holder_acquire_id, l.holder_owner, l.holder_token, l.holder_ttl, l.holder_granted_at,
  l.holder_expires_at, l.holder_client_id, l.[key], l.version, l.state, l.last_fence, l.last_ticket, CAST(NULL AS bit),
  l.expiry_token_id, l.ended, l.holder_notify_address, l.holder_notify_request_id, l.holder_released_at, l.holder_lease_id,
  l.holder_cohort
FROM @wanted AS i
INNER LOOP JOIN locks.locks AS l WITH (REPEATABLEREAD, ROWLOCK, FORCESEEK) ON l.id = i.id
ORDER BY i.id
OPTION (FORCE ORDER, MAXDOP 1, FAST 1);

SELECT w.lock_id, w.ticket, w.acquire_id, w.owner, w.token, w.ttl, w.queued_at, w.deadline, w.client_id, CAST(NULL AS nvarchar(1)),
  CAST(NULL AS bigint), CAST(NULL AS nvarchar(1)), CAST(NULL AS bigint), CAST(NULL AS bigint), w.may_join_cohort,
  CAST(NULL AS uniqueidentifier), CAST(NULL AS varbinary(1)), w.reply_address, w.reply_request_id,
  CAST(NULL AS datetimeoffset(6)), w.lease_id, CAST(NULL AS varbinary(1))
FROM @wanted AS i
INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = i.id
OPTION (FORCE ORDER);

INSERT INTO @leases (id)
SELECT l.holder_lease_id
FROM @wanted AS i
INNER LOOP JOIN locks.locks AS l WITH (ROWLOCK, FORCESEEK) ON l.id = i.id
WHERE l.holder_lease_id IS NOT NULL
UNION
SELECT w.lease_id
FROM @wanted AS i
INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = i.id
WHERE w.lease_id IS NOT NULL
OPTION (FORCE ORDER);

COMMIT TRANSACTION;

SELECT s.id, s.state, s.expires_at, s.notify_address
FROM @leases AS i
INNER LOOP JOIN locks.leases AS s WITH (ROWLOCK, FORCESEEK) ON s.id = i.id
OPTION (FORCE ORDER);
