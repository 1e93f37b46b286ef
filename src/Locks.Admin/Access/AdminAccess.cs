namespace Locks.Admin.Access;

/// <summary>What a request needs to be allowed, from nothing to most.</summary>
internal enum AdminAccess
{
    /// <summary>Nothing: health, and the dashboard's files, which hold no data.</summary>
    Open,

    /// <summary>The right to see locks, owners and numbers.</summary>
    Read,

    /// <summary>The right to take locks from their holders and waiters out of queues.</summary>
    Write,
}
