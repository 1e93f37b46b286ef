using Locks.Client;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>A server with its locks in memory, which a class of tests shares. Each test has keys of its own.</summary>
public sealed class AdminFixture : IAsyncLifetime
{
    private RunningServer? _server;
    private AdminClient? _client;

    /// <summary>The server's own lock client.</summary>
    public ILockClient Locks => Server.Services.GetRequiredService<ILockClient>();

    internal RunningServer Server => _server ?? throw new InvalidOperationException("The server is not started.");

    internal AdminClient Client => _client ?? throw new InvalidOperationException("The server is not started.");

    /// <summary>A key that no other test uses, with a slash in it.</summary>
    public static string NewKey(string name = "folder") => $"{name}/{Guid.CreateVersion7():N}";

    public async ValueTask InitializeAsync()
    {
        // The tests of this class write more than an operator does; the limit has tests of its own.
        _server = await RunningServer.StartAsync(
            "--Locks:Broker=inmemory", "--Locks:Store=InMemory", "--Locks:Admin:WriteBurst=1000", "--Locks:Admin:WritesPerMinute=6000");
        _client = AdminClient.Of(_server.Address);
        await _server.GetUntilAsync("/health/ready", 200);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>Holds a lock.</summary>
    internal async Task<ILockHandle> HoldAsync(string key, string owner = "the holder")
    {
        var held = await Locks.TryAcquireAsync(key, new LockOptions { Owner = owner, Lease = TimeSpan.FromMinutes(5) });
        return held ?? throw new InvalidOperationException($"{key} is not free.");
    }

    /// <summary>Waits for a lock; the task of the caller and the attempt in the queue.</summary>
    internal async Task<(Task<ILockHandle> Caller, Guid AttemptId)> WaitAsync(string key, string owner = "the waiter")
    {
        var before = (await Locks.DescribeAsync(key)).Waiters;
        var caller = Locks.AcquireAsync(key, TimeSpan.FromMinutes(5), new LockOptions { Owner = owner });
        while (true)
        {
            var found = await Locks.DescribeAsync(key);
            if (found.Waiters > before)
                return (caller, found.Queue[^1].AttemptId);
        }
    }
}
