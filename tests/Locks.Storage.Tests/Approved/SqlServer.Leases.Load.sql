SET NOCOUNT, XACT_ABORT ON;
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
DECLARE @wanted TABLE (id uniqueidentifier NOT NULL PRIMARY KEY CLUSTERED);
INSERT INTO @wanted (id) SELECT id FROM OPENJSON(@ids) WITH (id uniqueidentifier '$');

SELECT s.id, s.version, s.state, s.owner, s.client_id, s.ttl, s.granted_at, s.expires_at, s.notify_address, s.notify_request_id,
  s.end_reason, s.ended_by, s.ended_at, s.due_token_id
FROM @wanted AS i
INNER LOOP JOIN locks.leases AS s WITH (ROWLOCK, FORCESEEK) ON s.id = i.id
OPTION (FORCE ORDER);
