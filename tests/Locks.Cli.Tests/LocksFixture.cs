using Locks.Cli.Connection;
using Locks.Client;
using Locks.Testing;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Cli.Tests;

/// <summary>A real coordinator and a real client in this process, by a time that the test moves.</summary>
public sealed class LocksFixture : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    private LocksFixture(ServiceProvider provider) => _provider = provider;

    public ILockClient Client => _provider.GetRequiredService<ILockClient>();

    public ILockTestHarness Locks => _provider.GetLockTestHarness();

    public static async Task<LocksFixture> StartAsync()
    {
        var provider = new ServiceCollection()
            .AddLockClient(client => client.Owner = "this test")
            .AddMassTransitTestHarness(TextWriter.Null)
            .AddLockTestHarness()
            .BuildServiceProvider();
        await provider.StartTestHarness();
        return new LocksFixture(provider);
    }

    /// <summary>A connection for the tool; the fixture lives on when the tool disconnects.</summary>
    internal ILockConnection Connect() => new Connection(Client);

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    private sealed class Connection(ILockClient client) : ILockConnection
    {
        public ILockClient Client => client;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
