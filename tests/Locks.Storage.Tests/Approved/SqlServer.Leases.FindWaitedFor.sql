SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
SELECT TOP (@limit) lock_id
FROM locks.lock_waiters WITH (INDEX (ix_lock_waiters_lease_id), FORCESEEK, ROWLOCK)
WHERE lease_id IS NOT NULL AND lease_id = @lease
GROUP BY lock_id
OPTION (MAXDOP 1);
