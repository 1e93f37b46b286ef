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
