using Locks.Client;

namespace Locks.Cli.Connection;

/// <summary>A lock client that is connected, or connects as it is used. Disposing disconnects it, and takes no longer than 3 s.</summary>
internal interface ILockConnection : IAsyncDisposable
{
    ILockClient Client { get; }
}
