SET NOCOUNT, XACT_ABORT ON;
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
DECLARE @input TABLE (
  id uniqueidentifier NOT NULL, expected_version bigint NOT NULL, version bigint NOT NULL, state varchar(8) NOT NULL,
  owner nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL, client_id nvarchar(128) COLLATE Latin1_General_100_BIN2 NULL,
  ttl bigint NULL, granted_at datetimeoffset(6) NULL, expires_at datetimeoffset(6) NULL,
  notify_address nvarchar(max) COLLATE Latin1_General_100_BIN2 NULL, notify_request_id uniqueidentifier NULL,
  end_reason varchar(32) NULL, ended_by nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL, ended_at datetimeoffset(6) NULL,
  due_at datetimeoffset(6) NULL, due_token_id uniqueidentifier NULL, written_at datetimeoffset(6) NOT NULL,
  PRIMARY KEY CLUSTERED (id));
INSERT INTO @input
SELECT id, expected_version, version, state, owner, client_id, ttl, granted_at, expires_at, notify_address, notify_request_id,
  end_reason, ended_by, ended_at, due_at, due_token_id, written_at
FROM OPENJSON(@writes) WITH (
  id uniqueidentifier, expected_version bigint, version bigint, state varchar(8), owner nvarchar(256), client_id nvarchar(128),
  ttl bigint, granted_at datetimeoffset(6), expires_at datetimeoffset(6), notify_address nvarchar(max),
  notify_request_id uniqueidentifier, end_reason varchar(32), ended_by nvarchar(256), ended_at datetimeoffset(6),
  due_at datetimeoffset(6), due_token_id uniqueidentifier, written_at datetimeoffset(6));
DECLARE @accepted TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
DECLARE @seen bigint;

BEGIN TRANSACTION;

SELECT @seen = s.version
FROM @input AS i
INNER LOOP JOIN locks.leases AS s WITH (XLOCK, HOLDLOCK, ROWLOCK, FORCESEEK) ON s.id = i.id
ORDER BY i.id
OPTION (FORCE ORDER, MAXDOP 1, FAST 1);

UPDATE s SET
  version = i.version,
  state = i.state,
  owner = i.owner,
  client_id = i.client_id,
  ttl = i.ttl,
  granted_at = i.granted_at,
  expires_at = i.expires_at,
  notify_address = i.notify_address,
  notify_request_id = i.notify_request_id,
  end_reason = i.end_reason,
  ended_by = i.ended_by,
  ended_at = i.ended_at,
  due_at = i.due_at,
  due_token_id = i.due_token_id,
  written_at = i.written_at
OUTPUT inserted.id INTO @accepted (id)
FROM @input AS i
INNER LOOP JOIN locks.leases AS s WITH (ROWLOCK, FORCESEEK) ON s.id = i.id
WHERE s.version = i.expected_version
OPTION (FORCE ORDER, MAXDOP 1);

INSERT INTO locks.leases WITH (ROWLOCK) (id, version, state, owner, client_id, ttl, granted_at, expires_at, notify_address, notify_request_id, end_reason, ended_by,
  ended_at, due_at, due_token_id, written_at)
OUTPUT inserted.id INTO @accepted (id)
SELECT i.id, i.version, i.state, i.owner, i.client_id, i.ttl, i.granted_at, i.expires_at, i.notify_address, i.notify_request_id,
  i.end_reason, i.ended_by, i.ended_at, i.due_at, i.due_token_id, i.written_at
FROM @input AS i
WHERE i.expected_version = 0
  AND NOT EXISTS (SELECT 1 FROM locks.leases AS s WITH (ROWLOCK, FORCESEEK) WHERE s.id = i.id);

COMMIT TRANSACTION;

SELECT i.id, CAST(NULL AS datetimeoffset) FROM @input AS i WHERE NOT EXISTS (SELECT 1 FROM @accepted AS a WHERE a.id = i.id)
UNION ALL
SELECT CAST(NULL AS uniqueidentifier), SYSDATETIMEOFFSET();
