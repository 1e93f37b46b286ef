SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
SELECT TOP (@limit) id
FROM locks.locks WITH (INDEX (ix_locks_holder_lease_id), FORCESEEK, ROWLOCK)
WHERE holder_lease_id IS NOT NULL AND holder_lease_id = @lease
GROUP BY id
ORDER BY MAX(due_at) DESC
OPTION (MAXDOP 1);
