using System.Diagnostics.Metrics;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Locks.Admin.Live;
using Locks.Client;
using Locks.Contracts;
using Locks.Server;
using Locks.Server.Commands;
using Locks.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Dashboard.Tests;

/// <summary>The server in this process, in its own memory, with a client for the owners of a test.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(20);

    // Longer than a test moves the time.
    private static readonly TimeSpan LongTime = TimeSpan.FromHours(2);

    private readonly WebApplication _app;
    private readonly MovableTime _time = new();

    private RunningServer(string[] settings) => _app = ServerHost.Build(
        ["--urls=http://127.0.0.1:0", "--Locks:Broker=inmemory", "--Locks:Store=InMemory", "--Logging:LogLevel:Default=Warning", .. settings],
        configure: services => services.AddSingleton<TimeProvider>(_time));

    public Uri Address => new(_app.Urls.Single());

    private RateRecorder Rates => _app.Services.GetRequiredService<RateRecorder>();

    public ILockClient Locks => _app.Services.GetRequiredService<ILockClient>();

    public static async Task<RunningServer> StartAsync(params string[] settings)
    {
        var server = new RunningServer(settings);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>All ages grow by this.</summary>
    public void Advance(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Ends a step of the charts.</summary>
    public void EndStep() => Rates.EndStep();

    /// <summary>Lets the steps of the charts end by <see cref="EndStep"/> alone, and no longer with the time.</summary>
    public async Task StopStepsAsync()
    {
        // A service that is stopped before its loop has begun counts as one that failed, and the host ends with it.
        await Eventually.HoldsAsync(() => _time.HasTimer(RateRecorder.Step));
        await Rates.StopAsync(CancellationToken.None);
    }

    /// <summary>What the coordinator measures from now on.</summary>
    public CapturedMetrics CaptureMetrics() =>
        new(_app.Services.GetRequiredService<IMeterFactory>().Create(Instruments.Meter));

    /// <summary>What the charts are drawn of.</summary>
    public RateSeries ReadRates() => Rates.Read()!;

    /// <summary>What the next event tells the dashboards.</summary>
    public async Task<JsonNode> ReadSnapshotAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        await using var stream = await client.GetStreamAsync("api/v1/events");
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
        {
            if (item.EventType == "snapshot")
                return JsonNode.Parse(item.Data)!;
        }

        throw new InvalidOperationException("The server ended its events before it told anything.");
    }

    public Task<ILockHandle> AcquireAsync(string key, string owner, TimeSpan? lease = null, TimeSpan? holdAtLeast = null) =>
        WaitAsync(key, owner, lease, holdAtLeast);

    /// <summary>Begins to wait for a lock that is held, and returns when the store has the waiter.</summary>
    public async Task<Task<ILockHandle>> BeginToWaitAsync(string key, string owner, TimeSpan? lease = null)
    {
        var before = (await Locks.DescribeAsync(key)).Waiters;
        var waiting = WaitAsync(key, owner);
        await Eventually.HoldsAsync(async () => (await Locks.DescribeAsync(key)).Waiters > before);
        return waiting;
    }

    /// <summary>
    /// Begins to wait as services without the client library do, which do not confirm a grant: the lock is then offered to them until the
    /// confirmation window is over. Returns when the store has the waiters.
    /// </summary>
    /// <param name="key">The lock's key.</param>
    /// <param name="owner">The owner of each.</param>
    /// <param name="count">How many begin to wait.</param>
    /// <param name="session">The session that they name, and may share a grant in. Default: none.</param>
    public async Task BeginToWaitUnconfirmedAsync(string key, string owner, int count = 1, string? session = null)
    {
        var before = (await Locks.DescribeAsync(key)).Waiters;
        var bus = _app.Services.GetRequiredService<IBus>();
        var coordinator = await bus.GetSendEndpoint(new Uri("queue:locks"));
        for (var i = 0; i < count; i++)
        {
            var acquire = new AcquireLock(
                key, NewId.NextGuid(), owner, LongTime, Wait: LongTime, ClientId: session, MayJoinCohort: session is not null);
            await coordinator.Send(acquire, context => (context.RequestId, context.ResponseAddress) = (NewId.NextGuid(), bus.Address));
        }

        await Eventually.HoldsAsync(async () => (await Locks.DescribeAsync(key)).Waiters == before + count);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync() => await RunCommand.EndAsync(_app, LongestStop);

    private Task<ILockHandle> WaitAsync(string key, string owner, TimeSpan? lease = null, TimeSpan? holdAtLeast = null)
    {
        var options = new LockOptions { Owner = owner, Lease = lease ?? LongTime, AutoRenew = false, HoldAtLeast = holdAtLeast };
        // Each owner is a flow of control of its own, as in services of their own.
        using (ExecutionContext.SuppressFlow())
            return Task.Run(() => Locks.AcquireAsync(key, LongTime, options));
    }
}
