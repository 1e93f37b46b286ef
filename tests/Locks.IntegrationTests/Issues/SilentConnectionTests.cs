using Locks.Client;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>
/// A connection to the broker of which the other side is gone without a word looked alive until the broker's heartbeats were missed: service
/// was back after minutes.
/// </summary>
public sealed class SilentConnectionTests : IAsyncLifetime
{
    // Heartbeats, which are 60 s apart by default, have to be missed twice. Requests that are unanswered for 3 s tell earlier.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private readonly RabbitMqLockFixture _fixture = new();

    public async ValueTask InitializeAsync() => await _fixture.StartAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task AClientWhoseConnectionFellSilent_OpensANewOne()
    {
        var client = _fixture.NewClient();
        await using (await client.TryAcquireAsync("warm-up", Lease))
        {
        }

        var holder = await client.TryAcquireAsync("held", Lease);
        _fixture.ClientGate.Silence();
        var started = TimeProvider.System.GetTimestamp();

        await Eventually.HoldsAsync(() => WorksAsync(client), Limit);

        TestContext.Current.SendDiagnosticMessage("Service was back after {0}.", TimeProvider.System.GetElapsedTime(started));
        Assert.True(await holder!.ReleaseAsync());
    }

    [Fact]
    public async Task AClientThatOnlyWaits_OpensANewOne_AndIsGranted()
    {
        var client = _fixture.NewClient();
        await using var holder = await _fixture.NewClient().TryAcquireAsync("busy", Lease);
        var waiting = client.AcquireAsync("busy", TimeSpan.FromMinutes(5), Lease);
        await Eventually.HoldsAsync(async () => await _fixture.LookAsync("busy") is { Waiters.Count: 1 });

        // Holder and waiter share the connection; the holder says nothing meanwhile.
        var before = (await _fixture.LookAsync("busy"))!.Waiters.Head!.ReplyTo;
        _fixture.ClientGate.Silence();
        await Eventually.HoldsAsync(
            async () => (await _fixture.LookAsync("busy"))!.Waiters.Head is { } waiter && waiter.ReplyTo.Address != before.Address, Limit);
        await holder!.ReleaseAsync();

        await using var granted = await waiting.WaitAsync(Limit, TimeProvider.System);
        Assert.True(granted.IsHeld);
    }

    private static async Task<bool> WorksAsync(ILockClient client)
    {
        try
        {
            await using var handle = await client.TryAcquireAsync("probe", Lease);
            return handle is not null;
        }
        catch (LockUnavailableException)
        {
            return false;
        }
    }
}
