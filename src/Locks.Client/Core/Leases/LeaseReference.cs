namespace Locks.Client.Core.Leases;

/// <summary>A question about a shared lease that is on its way; disposed of when there is an answer.</summary>
internal sealed class LeaseReference(LeaseRegistry registry, SharedLease lease) : IDisposable
{
    public SharedLease Lease { get; } = lease;

    public void Dispose() => registry.EndUse(Lease);
}
