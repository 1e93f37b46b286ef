using System.Linq.Expressions;
using Hangfire;
using Hangfire.InMemory;
using Locks.TestKit;

namespace Locks.Compliance.Adapters.Hangfire;

/// <summary>
/// Hangfire's own server and in-memory storage. Hangfire's configuration is one for a process, so there is one application at a time.
/// </summary>
public class JobServer : IAsyncDisposable
{
    private readonly InMemoryStorage _storage = new();
    private BackgroundJobServer? _server;

    /// <summary>Starts the server of an application.</summary>
    public void Start(IServiceProvider application)
    {
        GlobalConfiguration.Configuration.UseDistributedLocks(application);
        _server = new BackgroundJobServer(
            new BackgroundJobServerOptions
            {
                WorkerCount = 4,
                SchedulePollingInterval = TimeSpan.FromMilliseconds(100),
                CancellationCheckInterval = TimeSpan.FromMilliseconds(100),
            },
            _storage);
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

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_server is not null)
        {
            _server.SendStop();
            await _server.WaitForShutdownAsync(CancellationToken.None).Within();
            _server.Dispose();
        }

        _storage.Dispose();
    }
}
