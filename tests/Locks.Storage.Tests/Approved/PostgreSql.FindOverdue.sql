SELECT key, last_fence, due_at
FROM (
  SELECT key, last_fence, due_at FROM locks.locks
  WHERE due_from < $1 AND due_at < $1 ORDER BY due_from LIMIT $2) overdue
ORDER BY due_at
