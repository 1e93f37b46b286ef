using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Deadlocks;

/// <summary>A wait is the same for as long as the same attempt waits for the same grant.</summary>
internal sealed class WaitComparer : IEqualityComparer<InspectedWait>
{
    public static readonly WaitComparer Instance = new();

    public bool Equals(InspectedWait? x, InspectedWait? y) =>
        x is null || y is null ? ReferenceEquals(x, y) : (x.AcquireId, x.HolderId) == (y.AcquireId, y.HolderId);

    public int GetHashCode([DisallowNull] InspectedWait wait) => HashCode.Combine(wait.AcquireId, wait.HolderId);
}
