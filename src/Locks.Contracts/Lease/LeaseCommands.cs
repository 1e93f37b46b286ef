namespace Locks.Contracts;

/// <summary>Asks for a lease that many locks can share. Answered with <see cref="LeaseGranted"/>.</summary>
/// <param name="LeaseId">The lease's name, chosen by the caller; not a secret.</param>
/// <param name="Ttl">How long the lease lives unless it is renewed: 100 ms to 24 h.</param>
/// <param name="Owner">Who asks: 1 to 256 UTF-8 bytes.</param>
public sealed record GrantLease(Guid LeaseId, TimeSpan Ttl, string Owner);

/// <summary>Extends a shared lease, and every lock on it, from the coordinator's now.</summary>
/// <param name="LeaseId">The lease's name.</param>
/// <param name="Ttl">How long the lease lives from now on: 100 ms to 24 h.</param>
/// <param name="Owner">Who asks: 1 to 256 UTF-8 bytes.</param>
public sealed record RenewLease(Guid LeaseId, TimeSpan Ttl, string Owner);

/// <summary>Ends a shared lease and releases every lock on it.</summary>
/// <param name="LeaseId">The lease's name.</param>
/// <param name="Owner">Who asks: 1 to 256 UTF-8 bytes.</param>
public sealed record RevokeLease(Guid LeaseId, string Owner);
