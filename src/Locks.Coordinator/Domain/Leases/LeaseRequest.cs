namespace Locks.Coordinator.Domain.Leases;

/// <summary>What can be asked of a shared lease: a closed set.</summary>
public abstract record LeaseRequest
{
    private LeaseRequest()
    {
    }

    /// <summary>Begin it.</summary>
    public sealed record Grant(TimeSpan Ttl, string Owner, string? ClientId, ReplyTo ReplyTo) : LeaseRequest;

    /// <summary>Extend it.</summary>
    public sealed record Renew(TimeSpan Ttl, ReplyTo? ReplyTo) : LeaseRequest;

    /// <summary>End it.</summary>
    public sealed record Revoke(string By, ReplyTo? ReplyTo) : LeaseRequest;

    /// <summary>Tell about it.</summary>
    public sealed record Describe(ReplyTo? ReplyTo) : LeaseRequest;

    /// <summary>Look whether its time is up.</summary>
    public sealed record Look : LeaseRequest;

    /// <summary>No lock is left on it.</summary>
    public sealed record NoteCleared : LeaseRequest;
}
