namespace Locks.Contracts;

/// <summary>
/// Asks for a lease that many locks can share. Answered with <see cref="LeaseGranted"/>; a repeat is answered the same as long as the lease
/// lives, and with <see cref="LeaseNotFound"/> afterwards.
/// </summary>
/// <param name="LeaseId">
/// The lease's id, chosen by the caller: unguessable, because every client that knows it may use, renew and revoke the lease. Others are shown
/// its <see cref="LeaseFingerprint"/>.
/// </param>
/// <param name="Ttl">How long the lease lives unless it is renewed: 100 ms to 24 h. Count it from before the first copy was sent.</param>
/// <param name="Owner">The requester: 1 to 256 UTF-8 bytes.</param>
/// <param name="ClientId">
/// The client's session: 1 to 128 UTF-8 bytes. A session that is named is notified with <see cref="LeaseEnded"/> when the lease ends other
/// than by its own revocation.
/// </param>
public sealed record GrantLease(Guid LeaseId, TimeSpan Ttl, string Owner, string? ClientId = null);

/// <summary>
/// Extends a shared lease, and every lock on it, from the coordinator's now; never shortens it. Answered with <see cref="LeaseRenewed"/> or
/// <see cref="LeaseNotFound"/>.
/// </summary>
/// <param name="LeaseId">The lease's name.</param>
/// <param name="Ttl">How long the lease lives from now on: 100 ms to 24 h.</param>
/// <param name="Owner">The requester: 1 to 256 UTF-8 bytes.</param>
public sealed record RenewLease(Guid LeaseId, TimeSpan Ttl, string Owner);

/// <summary>
/// Ends a shared lease: every lock on it is free from the moment of the answer, <see cref="LeaseRevoked"/>; there is
/// <see cref="LeaseNotFound"/> for one that is no more. A <see cref="GrantLease"/> of the same name that arrives later grants nothing.
/// </summary>
/// <param name="LeaseId">The lease's name.</param>
/// <param name="Owner">The requester: 1 to 256 UTF-8 bytes.</param>
public sealed record RevokeLease(Guid LeaseId, string Owner);

/// <summary>Asks what is left of a shared lease. Answered with <see cref="LeaseDescribed"/> or <see cref="LeaseNotFound"/>.</summary>
/// <param name="LeaseId">The lease's name.</param>
public sealed record DescribeLease(Guid LeaseId);
