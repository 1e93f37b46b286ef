SET NOCOUNT, XACT_ABORT ON;
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
DECLARE @input TABLE (
  id uniqueidentifier NOT NULL, expected_version bigint NOT NULL, version bigint NOT NULL,
  [key] nvarchar(512) COLLATE Latin1_General_100_BIN2 NOT NULL, state varchar(8) NOT NULL, last_fence bigint NOT NULL,
  last_ticket bigint NOT NULL, holder_acquire_id uniqueidentifier NULL,
  holder_owner nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
  holder_token nvarchar(128) COLLATE Latin1_General_100_BIN2 NULL, holder_ttl bigint NULL,
  holder_granted_at datetimeoffset(6) NULL, holder_expires_at datetimeoffset(6) NULL,
  holder_client_id nvarchar(128) COLLATE Latin1_General_100_BIN2 NULL,
  holder_notify_address nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL, holder_notify_request_id uniqueidentifier NULL,
  holder_lease_id uniqueidentifier NULL, holder_released_at datetimeoffset(6) NULL, holder_cohort varbinary(max) NULL,
  due_at datetimeoffset(6) NULL, expiry_token_id uniqueidentifier NULL, ended varbinary(max) NULL,
  written_at datetimeoffset(6) NOT NULL, PRIMARY KEY CLUSTERED (id));
INSERT INTO @input
SELECT id, expected_version, version, [key], state, last_fence, last_ticket, holder_acquire_id, holder_owner, holder_token, holder_ttl,
  holder_granted_at, holder_expires_at, holder_client_id, holder_notify_address, holder_notify_request_id, holder_lease_id,
  holder_released_at, CONVERT(varbinary(max), holder_cohort, 2), due_at, expiry_token_id, CONVERT(varbinary(max), ended, 2),
  written_at
FROM OPENJSON(@writes) WITH (
  id uniqueidentifier, expected_version bigint, version bigint, [key] nvarchar(512), state varchar(8), last_fence bigint,
  last_ticket bigint, holder_acquire_id uniqueidentifier, holder_owner nvarchar(256), holder_token nvarchar(128),
  holder_ttl bigint, holder_granted_at datetimeoffset(6), holder_expires_at datetimeoffset(6), holder_client_id nvarchar(128),
  holder_notify_address nvarchar(max), holder_notify_request_id uniqueidentifier, holder_lease_id uniqueidentifier,
  holder_released_at datetimeoffset(6), holder_cohort nvarchar(max), due_at datetimeoffset(6), expiry_token_id uniqueidentifier,
  ended nvarchar(max), written_at datetimeoffset(6));
DECLARE @accepted TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
DECLARE @seen bigint;

BEGIN TRANSACTION;

SELECT @seen = l.version
FROM @input AS i
INNER LOOP JOIN locks.locks AS l WITH (XLOCK, HOLDLOCK, ROWLOCK, FORCESEEK) ON l.id = i.id
ORDER BY i.id
OPTION (FORCE ORDER, MAXDOP 1, FAST 1);

UPDATE l SET
  version = i.version,
  state = i.state,
  last_fence = i.last_fence,
  last_ticket = i.last_ticket,
  holder_acquire_id = i.holder_acquire_id,
  holder_owner = i.holder_owner,
  holder_token = i.holder_token,
  holder_ttl = i.holder_ttl,
  holder_granted_at = i.holder_granted_at,
  holder_expires_at = i.holder_expires_at,
  holder_client_id = i.holder_client_id,
  holder_notify_address = i.holder_notify_address,
  holder_notify_request_id = i.holder_notify_request_id,
  holder_lease_id = i.holder_lease_id,
  holder_released_at = i.holder_released_at,
  holder_cohort = i.holder_cohort,
  due_at = i.due_at,
  expiry_token_id = i.expiry_token_id,
  ended = i.ended,
  written_at = i.written_at
OUTPUT inserted.id INTO @accepted (id)
FROM @input AS i
INNER LOOP JOIN locks.locks AS l WITH (ROWLOCK, FORCESEEK) ON l.id = i.id
WHERE l.version = i.expected_version
OPTION (FORCE ORDER, MAXDOP 1);

INSERT INTO locks.locks WITH (ROWLOCK) (id, version, [key], state, last_fence, last_ticket, holder_acquire_id, holder_owner, holder_token, holder_ttl, holder_granted_at,
  holder_expires_at, holder_client_id, holder_notify_address, holder_notify_request_id, holder_lease_id, holder_released_at,
  holder_cohort, due_at, expiry_token_id, ended, written_at)
OUTPUT inserted.id INTO @accepted (id)
SELECT i.id, i.version, i.[key], i.state, i.last_fence, i.last_ticket, i.holder_acquire_id, i.holder_owner, i.holder_token,
  i.holder_ttl, i.holder_granted_at, i.holder_expires_at, i.holder_client_id, i.holder_notify_address, i.holder_notify_request_id,
  i.holder_lease_id, i.holder_released_at, i.holder_cohort, i.due_at, i.expiry_token_id, i.ended, i.written_at
FROM @input AS i
WHERE i.expected_version = 0
  AND NOT EXISTS (SELECT 1 FROM locks.locks AS l WITH (ROWLOCK, FORCESEEK) WHERE l.id = i.id);

DELETE w
FROM OPENJSON(@dequeued) WITH (lock_id uniqueidentifier, ticket bigint) AS d
INNER JOIN @accepted AS a ON a.id = d.lock_id
INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = d.lock_id AND w.ticket = d.ticket
OPTION (FORCE ORDER);

DECLARE @queued TABLE (
  lock_id uniqueidentifier NOT NULL, ticket bigint NOT NULL, acquire_id uniqueidentifier NOT NULL,
  owner nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL, token nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  ttl bigint NOT NULL, queued_at datetimeoffset(6) NOT NULL, deadline datetimeoffset(6) NOT NULL,
  client_id nvarchar(128) COLLATE Latin1_General_100_BIN2 NULL,
  reply_address nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL, reply_request_id uniqueidentifier NULL,
  lease_id uniqueidentifier NULL, may_join_cohort bit NOT NULL, PRIMARY KEY CLUSTERED (lock_id, ticket));
INSERT INTO @queued
SELECT e.lock_id, e.ticket, e.acquire_id, e.owner, e.token, e.ttl, e.queued_at, e.deadline, e.client_id, e.reply_address,
  e.reply_request_id, e.lease_id, e.may_join_cohort
FROM OPENJSON(@enqueued) WITH (
  lock_id uniqueidentifier, ticket bigint, acquire_id uniqueidentifier, owner nvarchar(256), token nvarchar(128), ttl bigint,
  queued_at datetimeoffset(6), deadline datetimeoffset(6), client_id nvarchar(128), reply_address nvarchar(max),
  reply_request_id uniqueidentifier, lease_id uniqueidentifier, may_join_cohort bit) AS e
INNER JOIN @accepted AS a ON a.id = e.lock_id;

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
FROM @queued AS e
INNER LOOP JOIN locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) ON w.lock_id = e.lock_id AND w.ticket = e.ticket
OPTION (FORCE ORDER);

INSERT INTO locks.lock_waiters WITH (ROWLOCK) (lock_id, ticket, acquire_id, owner, token, ttl, queued_at, deadline, client_id, reply_address, reply_request_id, lease_id,
  may_join_cohort)
SELECT e.lock_id, e.ticket, e.acquire_id, e.owner, e.token, e.ttl, e.queued_at, e.deadline, e.client_id, e.reply_address,
  e.reply_request_id, e.lease_id, e.may_join_cohort
FROM @queued AS e
WHERE NOT EXISTS (
  SELECT 1 FROM locks.lock_waiters AS w WITH (ROWLOCK, FORCESEEK) WHERE w.lock_id = e.lock_id AND w.ticket = e.ticket);

COMMIT TRANSACTION;

SELECT i.id, CAST(NULL AS datetimeoffset) FROM @input AS i WHERE NOT EXISTS (SELECT 1 FROM @accepted AS a WHERE a.id = i.id)
UNION ALL
SELECT CAST(NULL AS uniqueidentifier), SYSDATETIMEOFFSET();
