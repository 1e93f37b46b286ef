namespace Locks.Client.Core.Leases;

/// <summary>Keeps a shared lease in the registry while a request about it is pending; disposing removes the reference.</summary>
internal sealed class LeaseReference(LeaseRegistry registry, SharedLease lease) : IDisposable
{
    public SharedLease Lease { get; } = lease;

    public void Dispose() => registry.RemoveReference(Lease);
}
