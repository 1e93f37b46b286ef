using Locks.Contracts;

namespace Locks.Coordinator.Deadlocks;

/// <summary>A lease is one contender, whichever owner or session an attempt on it names; without one, an owner in a session is.</summary>
internal sealed class ContenderComparer : IEqualityComparer<Contender>
{
    public static readonly ContenderComparer Instance = new();

    public bool Equals(Contender? x, Contender? y) =>
        x is null || y is null ? ReferenceEquals(x, y)
        : x.LeaseFingerprint is { } lease ? y.LeaseFingerprint == lease
        : y.LeaseFingerprint is null && (x.Owner, x.ClientId) == (y.Owner, y.ClientId);

    public int GetHashCode(Contender contender) =>
        contender.LeaseFingerprint?.GetHashCode() ?? HashCode.Combine(contender.Owner, contender.ClientId);
}
