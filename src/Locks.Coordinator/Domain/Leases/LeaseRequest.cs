namespace Locks.Coordinator.Domain.Leases;

/// <summary>What can be asked of a shared lease: a closed set.</summary>
internal abstract record LeaseRequest
{
    private LeaseRequest()
    {
    }

    /// <summary>Grants the lease.</summary>
    public sealed record Grant(TimeSpan Ttl, string Owner, string? ClientId, ReplyTo ReplyTo) : LeaseRequest;

    /// <summary>Extends the lease.</summary>
    public sealed record Renew(TimeSpan Ttl, ReplyTo? ReplyTo) : LeaseRequest;

    /// <summary>Ends the lease.</summary>
    public sealed record Revoke(string By, ReplyTo? ReplyTo) : LeaseRequest;

    /// <summary>Asks for the state of the lease.</summary>
    public sealed record Describe(ReplyTo? ReplyTo) : LeaseRequest;

    /// <summary>Does what is due.</summary>
    public sealed record Expire : LeaseRequest;

    /// <summary>Records that no lock is left on the lease.</summary>
    public sealed record ConfirmReleased : LeaseRequest;
}
