using Locks.Contracts;

namespace Locks.Coordinator.Deadlocks;

/// <summary>A lease is one contender, whichever owner or session an attempt on it names; without one, an owner in a session is.</summary>
internal sealed class ContenderComparer : IEqualityComparer<Contender>
{
    public static readonly ContenderComparer Instance = new();

    public bool Equals(Contender? x, Contender? y) =>
        x is null || y is null ? ReferenceEquals(x, y)
        : x.LeaseId is { } lease ? y.LeaseId == lease
        : y.LeaseId is null && (x.Owner, x.ClientId) == (y.Owner, y.ClientId);

    public int GetHashCode(Contender contender) =>
        contender.LeaseId?.GetHashCode() ?? HashCode.Combine(contender.Owner, contender.ClientId);
}
