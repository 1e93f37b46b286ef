using Locks.IntegrationTests.Faults;
using Locks.IntegrationTests.Protocol;
using Locks.TestHost;
using Locks.TestKit;
using MassTransit;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.ConsumeFilter;

/// <summary>Two processes that capture payments from one queue, and the same message more than once.</summary>
public sealed class TwoTillsTests : IAsyncLifetime
{
    private readonly RabbitMqLockFixture _world = new();
    private readonly string _till = $"till-{Guid.CreateVersion7():N}";
    private readonly List<TestProcess> _processes = [];
    private NpgsqlDataSource? _store;
    private NpgsqlConnection? _gate;

    public async ValueTask InitializeAsync()
    {
        await _world.StartAsync();
        _store = NpgsqlDataSource.Create(_world.ConnectionString);
        await using var table = _store.CreateCommand(Till.Table);
        await table.ExecuteNonQueryAsync();
        _gate = await _store.OpenConnectionAsync();
        await using var shut = new NpgsqlCommand(Till.Shut, _gate);
        await shut.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        await OpenTheGateAsync();
        await _store!.DisposeAsync();
        await _world.DisposeAsync();
        await RabbitMqQueue.DeleteAsync(_till);
    }

    [Theory]
    [InlineData("skip", "Skipped")]
    [InlineData("wait", "waits up to")]
    public async Task TheSameMessageTwice_IsCapturedOnce(string policy, string otherSays)
    {
        var first = await StartAsync(policy);
        var second = await StartAsync(policy);

        await PublishTwiceAsync();
        await Eventually.HoldsAsync(() => first.HasSaid("LOOKS") || second.HasSaid("LOOKS"));
        var (one, other) = first.HasSaid("LOOKS") ? (first, second) : (second, first);
        await other.SaysAsync(otherSays);
        Assert.False(other.HasSaid("LOOKS"));
        await OpenTheGateAsync();

        await one.SaysAsync("CAPTURED");
        if (policy == "wait")
            await other.SaysAsync("FOUND");
        await Eventually.HoldsAsync(async () => await RabbitMqQueue.ReadyAsync(_till) == 0 && (await _world.LookAsync("payment:7"))!.Holder is null);
        Assert.Equal(1, await CapturesAsync());
        Assert.False(other.HasSaid("CAPTURED"));
    }

    /// <summary>So that the test above is known to be able to fail.</summary>
    [Fact]
    public async Task WithoutAGuard_TheSameMessageTwice_IsCapturedTwice()
    {
        var first = await StartAsync("none");
        var second = await StartAsync("none");

        await PublishTwiceAsync();
        await first.SaysAsync("MISSES");
        await second.SaysAsync("MISSES");
        await OpenTheGateAsync();

        await first.SaysAsync("CAPTURED");
        await second.SaysAsync("CAPTURED");
        Assert.Equal(2, await CapturesAsync());
    }

    [Fact]
    public async Task AMessageWhoseConsumerIsKilled_IsNotSkippedForItsOwnLock()
    {
        var first = await StartAsync("skip", leaseSeconds: 10);
        await _world.Bus.Publish(new CapturePayment("7"));
        await first.SaysAsync("LOOKS");
        var second = await StartAsync("skip", leaseSeconds: 10);

        first.Kill();

        await second.SaysAsync("waits up to 00:00:20 for the lock payment:7");
        await OpenTheGateAsync();
        await second.SaysAsync("CAPTURED");
        Assert.Equal(1, await CapturesAsync());
    }

    [Fact]
    public async Task AMessageWhoseConsumerIsKilled_WhileItIsHeldForRedelivery_IsNotLost()
    {
        await using var holder = await _world.NewClient().TryAcquireAsync("payment:7", TimeSpan.FromMinutes(5));
        var first = await StartAsync("redeliver");
        await _world.Bus.Publish(new CapturePayment("7"));
        await first.SaysAsync("comes again in 00:15:00");
        var second = await StartAsync("redeliver");
        await OpenTheGateAsync();
        await holder!.ReleaseAsync();

        first.Kill();

        await second.SaysAsync("CAPTURED");
        Assert.Equal(1, await CapturesAsync());
    }

    private async Task<TestProcess> StartAsync(string policy, double leaseSeconds = 30)
    {
        var process = TestProcess.Till(_world.QueueName, _till, _world.ConnectionString, policy, leaseSeconds);
        _processes.Add(process);
        Assert.Equal("READY", await process.FirstLine);
        return process;
    }

    private async Task PublishTwiceAsync()
    {
        var messageId = Guid.CreateVersion7();
        for (var i = 0; i < 2; i++)
            await _world.Bus.Publish(new CapturePayment("7"), send => send.MessageId = messageId);
    }

    private async Task OpenTheGateAsync()
    {
        if (_gate is null)
            return;

        await _gate.DisposeAsync();
        _gate = null;
        // The session lasts as long as its connection, which the pool would keep.
        _store!.Clear();
    }

    private async Task<long> CapturesAsync()
    {
        await using var count = _store!.CreateCommand("SELECT count(*) FROM captures");
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
