namespace Locks.Contracts;

/// <summary>The lease exists.</summary>
/// <param name="LeaseId">The lease's name.</param>
/// <param name="Ttl">How long it lives unless it is renewed.</param>
public sealed record LeaseGranted(Guid LeaseId, TimeSpan Ttl);

/// <summary>The lease, and every lock on it, lives on.</summary>
/// <param name="LeaseId">The lease's name.</param>
/// <param name="Ttl">How long it lives unless it is renewed again.</param>
public sealed record LeaseRenewed(Guid LeaseId, TimeSpan Ttl);

/// <summary>The lease is gone, and so are the locks on it.</summary>
/// <param name="LeaseId">The lease's name.</param>
public sealed record LeaseRevoked(Guid LeaseId);

/// <summary>No such lease: it expired, was revoked, or never existed.</summary>
/// <param name="LeaseId">The lease's name.</param>
public sealed record LeaseNotFound(Guid LeaseId);

/// <summary>What is known about a lease.</summary>
/// <param name="LeaseId">The lease's name.</param>
/// <param name="Ttl">How long it was granted for, or last renewed for.</param>
/// <param name="Remaining">How long it lives from now on unless it is renewed.</param>
/// <param name="Owner">The owner that it was granted to.</param>
/// <param name="Locks">How many locks are held on it.</param>
public sealed record LeaseDescribed(Guid LeaseId, TimeSpan Ttl, TimeSpan Remaining, string Owner, int Locks);

/// <summary>
/// Notifies the session that was granted a lease that the lease has ended. Sent without a request, with the request id of the session's
/// <see cref="GrantLease"/>.
/// </summary>
/// <param name="LeaseId">The lease's name.</param>
/// <param name="Reason"><see cref="LossReasons.Expired"/> or <see cref="LossReasons.Revoked"/>.</param>
/// <param name="By">The owner that revoked it.</param>
public sealed record LeaseEnded(Guid LeaseId, string Reason, string? By = null);
