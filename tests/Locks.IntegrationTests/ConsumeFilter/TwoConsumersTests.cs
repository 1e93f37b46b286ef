using Locks.IntegrationTests.Faults;
using Locks.IntegrationTests.Protocol;
using Locks.TestHost;
using Locks.TestKit;
using MassTransit;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.ConsumeFilter;

/// <summary>Two processes that capture payments from one queue, to which the same message comes more than once.</summary>
public sealed class TwoConsumersTests : IAsyncLifetime
{
    private readonly RabbitMqLockFixture _fixture = new();
    private readonly string _payments = $"payments-{Guid.CreateVersion7():N}";
    private readonly List<TestProcess> _processes = [];
    private NpgsqlDataSource? _store;
    private NpgsqlConnection? _block;

    public async ValueTask InitializeAsync()
    {
        await _fixture.StartAsync();
        _store = NpgsqlDataSource.Create(_fixture.ConnectionString);
        await using var table = _store.CreateCommand(PaymentConsumer.Table);
        await table.ExecuteNonQueryAsync();
        _block = await _store.OpenConnectionAsync();
        await using var block = new NpgsqlCommand(PaymentConsumer.Block, _block);
        await block.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        await UnblockAsync();
        await _store!.DisposeAsync();
        await _fixture.DisposeAsync();
        await RabbitMqQueue.DeleteAsync(_payments);
    }

    [Theory]
    [InlineData("skip", "Skipped")]
    [InlineData("wait", "waits up to")]
    public async Task TheSameMessageTwice_IsCapturedOnce(string policy, string otherPrints)
    {
        var first = await StartAsync(policy);
        var second = await StartAsync(policy);

        await SendTwiceAsync();
        await Eventually.HoldsAsync(() => first.HasPrinted("LOOKS") || second.HasPrinted("LOOKS"));
        var (one, other) = first.HasPrinted("LOOKS") ? (first, second) : (second, first);
        await other.HasPrintedAsync(otherPrints);
        Assert.False(other.HasPrinted("LOOKS"));
        await UnblockAsync();

        await one.HasPrintedAsync("CAPTURED");
        if (policy == "wait")
            await other.HasPrintedAsync("FOUND");
        await Eventually.HoldsAsync(async () => await RabbitMqQueue.ReadyAsync(_payments) == 0 && (await _fixture.LookAsync("payment:7"))!.Holder is null);
        Assert.Equal(1, await CapturesAsync());
        Assert.False(other.HasPrinted("CAPTURED"));
    }

    /// <summary>So that the test above is known to be able to fail.</summary>
    [Fact]
    public async Task WithoutAGuard_TheSameMessageTwice_IsCapturedTwice()
    {
        var first = await StartAsync("none");
        var second = await StartAsync("none");

        await SendTwiceAsync();
        await first.HasPrintedAsync("MISSES");
        await second.HasPrintedAsync("MISSES");
        await UnblockAsync();

        await first.HasPrintedAsync("CAPTURED");
        await second.HasPrintedAsync("CAPTURED");
        Assert.Equal(2, await CapturesAsync());
    }

    [Fact]
    public async Task AMessageWhoseConsumerIsKilled_IsNotSkippedForItsOwnLock()
    {
        var first = await StartAsync("skip", leaseSeconds: 10);
        await SendAsync();
        await first.HasPrintedAsync("LOOKS");
        var second = await StartAsync("skip", leaseSeconds: 10);

        first.Kill();

        await second.HasPrintedAsync("waits up to 00:00:20 for the lock payment:7");
        await UnblockAsync();
        await second.HasPrintedAsync("CAPTURED");
        Assert.Equal(1, await CapturesAsync());
    }

    [Fact]
    public async Task AMessageWhoseConsumerIsKilled_WhileItIsHeldForRedelivery_IsNotLost()
    {
        await using var holder = await _fixture.NewClient().TryAcquireAsync("payment:7", TimeSpan.FromMinutes(5));
        var first = await StartAsync("redeliver");
        await SendAsync();
        await first.HasPrintedAsync("comes again in 00:15:00");
        var second = await StartAsync("redeliver");
        await UnblockAsync();
        await holder!.ReleaseAsync();

        first.Kill();

        await second.HasPrintedAsync("CAPTURED");
        Assert.Equal(1, await CapturesAsync());
    }

    private async Task<TestProcess> StartAsync(string policy, double leaseSeconds = 30)
    {
        var process = TestProcess.Payments(_fixture.QueueName, _payments, _fixture.ConnectionString, policy, leaseSeconds);
        _processes.Add(process);
        Assert.Equal("READY", await process.FirstLine);
        return process;
    }

    private async Task SendTwiceAsync()
    {
        var messageId = Guid.CreateVersion7();
        for (var i = 0; i < 2; i++)
            await SendAsync(messageId);
    }

    private async Task SendAsync(Guid? messageId = null)
    {
        var endpoint = await _fixture.Bus.GetSendEndpoint(new Uri($"queue:{_payments}"));
        await endpoint.Send(new CapturePayment("7"), send => send.MessageId = messageId ?? send.MessageId);
    }

    private async Task UnblockAsync()
    {
        if (_block is null)
            return;

        await _block.DisposeAsync();
        _block = null;
        // The session lasts as long as its connection, which the pool would keep.
        _store!.Clear();
    }

    private async Task<long> CapturesAsync()
    {
        await using var count = _store!.CreateCommand("SELECT count(*) FROM captures");
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
