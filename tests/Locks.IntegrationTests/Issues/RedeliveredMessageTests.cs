using Locks.IntegrationTests.ConsumeFilter;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>
/// The broker closed the channel of a consumer that works for longer than it waits, and delivered the message again. The copy was
/// acknowledged after the lease and 10 s, while the consumer, which ignored its token, went on: had it failed then, the work was lost.
/// </summary>
public sealed class RedeliveredMessageTests : IAsyncLifetime
{
    private readonly RabbitMqLockFixture _fixture = new();
    private readonly string _queue = $"reports-{Guid.CreateVersion7():N}";
    private readonly Reports _reports = new();

    public async ValueTask InitializeAsync() => await _fixture.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _reports.Done.TrySetResult();
        await _fixture.DisposeAsync();
        await RabbitMqQueue.DeleteAsync(_queue);
    }

    [Fact]
    public async Task TheCopy_WaitsUntilTheHolderIsDone_AndIsConsumedThen()
    {
        await StartAsync();
        await StartAsync();
        await _fixture.Bus.Publish(new BuildReport("1"));

        await Eventually.HoldsAsync(() => _reports.Begun == 1);
        await Eventually.HoldsAsync(async () => await _fixture.LookAsync("report:1") is { Waiters.Count: 1 });

        // Two attempts: the first one has ended when the lease and 10 s were over.
        var attempts = new HashSet<Guid>();
        await Eventually.HoldsAsync(async () =>
        {
            if (await _fixture.LookAsync("report:1") is { Waiters.Head: { } waiter })
                attempts.Add(waiter.AcquireId);
            return attempts.Count == 2;
        });
        Assert.Equal((1, 0), (_reports.Begun, _reports.Ended));
        _reports.Done.SetResult();

        await Eventually.HoldsAsync(() => _reports.Ended == 2);
        await Eventually.HoldsAsync(async () => await _fixture.LookAsync("report:1") is { Holder: null });
        Assert.Equal(0u, await RabbitMqQueue.ReadyAsync(_queue));
    }

    private Task<IHost> StartAsync() => _fixture.StartServiceAsync(bus =>
    {
        bus.AddSingleton(_reports);
        bus.AddConsumer<Builder>().Endpoint(endpoint => endpoint.Name = _queue);
        bus.AddConfigureEndpointsCallback((context, name, endpoint) =>
        {
            if (name == _queue)
            {
                endpoint.UseDistributedLock<BuildReport>(context, message => $"report:{message.ReportId}", guard =>
                {
                    guard.Lease = TimeSpan.FromSeconds(5);
                    guard.SkipWhenBusy();
                });
            }
        });
    });

    public sealed record BuildReport(string ReportId);

    internal sealed class Reports
    {
        private int _begun;
        private int _ended;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Begun => Volatile.Read(ref _begun);

        public int Ended => Volatile.Read(ref _ended);

        public async Task BuildAsync(ConsumeContext context)
        {
            if (Interlocked.Increment(ref _begun) == 1)
            {
                // Closing waits for the message that is consumed on the channel: this one.
                _ = context.ReceiveContext.GetPayload<ChannelContext>().Channel.CloseAsync();
            }

            await Done.Task;
            Interlocked.Increment(ref _ended);
        }
    }

    internal sealed class Builder(Reports reports) : IConsumer<BuildReport>
    {
        public Task Consume(ConsumeContext<BuildReport> context) => reports.BuildAsync(context);
    }
}
