SELECT id, due_at FROM locks.leases WHERE due_at < $1 ORDER BY due_at LIMIT $2
