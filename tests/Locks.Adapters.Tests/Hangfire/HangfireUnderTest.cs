using System.Linq.Expressions;
using Hangfire;
using Hangfire.InMemory;
using Locks.Testing;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Adapters.Tests.Hangfire;

/// <summary>One application with Hangfire for all cases, because Hangfire's configuration is one for a process.</summary>
public sealed class HangfireUnderTest : IAsyncLifetime
{
    private readonly InMemoryStorage _storage = new();
    private LocksUnderTest? _app;
    private BackgroundJobServer? _server;

    public ILockTestHarness Locks => _app!.Locks;

    public CapturedLogs Logs { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _app = await LocksUnderTest.StartAsync(services => services
            .AddLogging(logging => logging.AddProvider(Logs))
            .AddLockClient(client => client.Owner = "me"));
        GlobalConfiguration.Configuration.UseDistributedLocks(_app.Services);
        _server = new BackgroundJobServer(
            new BackgroundJobServerOptions
            {
                WorkerCount = 4,
                SchedulePollingInterval = TimeSpan.FromMilliseconds(100),
                CancellationCheckInterval = TimeSpan.FromMilliseconds(100),
            },
            _storage);
    }

    public async ValueTask DisposeAsync()
    {
        _server!.SendStop();
        await _server.WaitForShutdownAsync(CancellationToken.None).Within();
        _server.Dispose();
        await _app!.DisposeAsync();
        _storage.Dispose();
    }

    /// <summary>Enqueues a job.</summary>
    public string Enqueue(Expression<Func<Task>> job) => new BackgroundJobClient(_storage).Enqueue(job);

    /// <inheritdoc cref="Enqueue(Expression{Func{Task}})"/>
    public string Enqueue(Expression<Action> job) => new BackgroundJobClient(_storage).Enqueue(job);

    /// <summary>The performance of that number for an account, once it has begun.</summary>
    public static async Task<Performance> PerformanceAsync(string account, int number = 1)
    {
        await Eventually.HoldsAsync(() => ReportJobs.Of(account).Count >= number);
        return ReportJobs.Of(account).ElementAt(number - 1);
    }

    /// <summary>Waits until a job has a state.</summary>
    public Task BecomesAsync(string job, string state) => Eventually.HoldsAsync(() => StateOf(job).Name == state);

    /// <summary>The state of a job, and what is written with it.</summary>
    public (string Name, IDictionary<string, string> Data) StateOf(string job)
    {
        using var connection = _storage.GetConnection();
        return connection.GetStateData(job) is { } state ? (state.Name, state.Data) : ("", new Dictionary<string, string>());
    }

    /// <summary>The states that a job has had, the first first.</summary>
    public IReadOnlyList<(string Name, string? Reason)> StatesOf(string job) =>
        [.. _storage.GetMonitoringApi().JobDetails(job).History.Reverse().Select(state => (state.StateName, (string?)state.Reason))];
}
