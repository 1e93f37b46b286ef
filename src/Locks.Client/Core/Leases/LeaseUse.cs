namespace Locks.Client.Core.Leases;

/// <summary>A question about a shared lease that is on its way; disposed of when there is an answer.</summary>
internal sealed class LeaseUse(LeaseBook book, SharedLease lease) : IDisposable
{
    public SharedLease Lease { get; } = lease;

    public void Dispose() => book.EndUse(Lease);
}
