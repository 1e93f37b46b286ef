namespace Locks.Transport;

/// <summary>
/// The one transport of a process's coordinator. Its endpoints are configured before there is a bus, so the first caller says which bus it
/// is, by the address of an endpoint.
/// </summary>
internal sealed class TransportSelector
{
    private readonly Lock _gate = new();
    private volatile LockTransport? _transport;

    /// <summary>Whether keys can be partitioned on the bus; no as long as no caller has said which bus it is.</summary>
    public bool HasPartitions => _transport is { HasPartitions: true };

    /// <summary>The transport of the bus that an address belongs to; the same for every call.</summary>
    public LockTransport For(Uri address)
    {
        if (_transport is { } transport)
            return transport;

        lock (_gate)
            return _transport ??= LockTransport.For(address);
    }
}
