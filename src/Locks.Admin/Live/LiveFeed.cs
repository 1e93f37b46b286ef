using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Locks.Admin.Json;
using Locks.Admin.Problems;
using Locks.Client;

namespace Locks.Admin.Live;

/// <summary>
/// Looks at the locks once a second while dashboards are open, and gives all of them the same event: what a look costs does not depend on how
/// many look.
/// </summary>
internal sealed class LiveFeed
{
    /// <summary>How many may subscribe at a time.</summary>
    public const int MaxSubscribers = 100;

    private const string SnapshotEvent = "snapshot";
    private const string ProblemEvent = "problem";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ILockClient _locks;
    private readonly RateRecorder _rates;
    private readonly TimeProvider _time;
    private readonly ILogger<LiveFeed> _logger;
    private readonly CancellationToken _stopping;

    private readonly Lock _gate = new();
    private readonly HashSet<Channel<SseItem<string>>> _subscribers = [];
    private bool _isRunning;
    private SseItem<string>? _last;

    public LiveFeed(
        ILockClient locks, RateRecorder rates, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<LiveFeed> logger)
    {
        (_locks, _rates, _time, _logger, _stopping) = (locks, rates, time, logger, lifetime.ApplicationStopping);
    }

    /// <summary>How many look at the moment.</summary>
    public int Subscribers
    {
        get
        {
            lock (_gate)
                return _subscribers.Count;
        }
    }

    /// <summary>Whether it looks at the locks.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_gate)
                return _isRunning;
        }
    }

    /// <summary>How often it has looked since the start.</summary>
    public int Samples { get; private set; }

    /// <summary>The events from now on, until the subscriber goes or the server stops. One that reads slowly misses some.</summary>
    public async IAsyncEnumerable<SseItem<string>> SubscribeAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping);
        var events = Channel.CreateBounded<SseItem<string>>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        Add(events);
        try
        {
            while (await WaitAsync(events.Reader, end.Token).ConfigureAwait(false))
            {
                while (events.Reader.TryRead(out var item))
                    yield return item;
            }
        }
        finally
        {
            lock (_gate)
                _subscribers.Remove(events);
        }
    }

    private static async Task<bool> WaitAsync(ChannelReader<SseItem<string>> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Add(Channel<SseItem<string>> events)
    {
        lock (_gate)
        {
            _subscribers.Add(events);
            if (_isRunning)
            {
                if (_last is { } last)
                    events.Writer.TryWrite(last);
                return;
            }

            _isRunning = true;
            // It goes on for others when this subscriber has gone.
            using (ExecutionContext.SuppressFlow())
                _ = Task.Run(RunAsync, CancellationToken.None);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            var look = await SampleAsync().ConfigureAwait(false);
            lock (_gate)
            {
                Samples++;
                var item = look with { EventId = Samples.ToString(CultureInfo.InvariantCulture) };
                _last = item;
                foreach (var events in _subscribers)
                    events.Writer.TryWrite(item);
                if (EndIfUnused_NeedsGate())
                    return;
            }

            await Task.Delay(Interval, _time, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_gate)
            {
                if (EndIfUnused_NeedsGate())
                    return;
            }
        }
    }

    private bool EndIfUnused_NeedsGate()
    {
        if (_subscribers.Count > 0 && !_stopping.IsCancellationRequested)
            return false;

        (_isRunning, _last) = (false, null);
        return true;
    }

    private async Task<SseItem<string>> SampleAsync()
    {
        try
        {
            var statistics = _locks.Inspector.DescribeStatisticsAsync(_stopping);
            var graph = _locks.Inspector.DescribeWaitForGraphAsync(_stopping);
            await Task.WhenAll(statistics, graph).ConfigureAwait(false);
            var snapshot = new LiveSnapshot(
                await statistics.ConfigureAwait(false), await graph.ConfigureAwait(false), _rates.Read());
            return new(JsonSerializer.Serialize(snapshot, AdminJson.Options), SnapshotEvent);
        }
        catch (LockUnavailableException unavailable)
        {
            return Failure(AdminProblem.Unavailable(unavailable.Message));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return Failure(AdminProblem.Unavailable("The server stops."));
        }
        catch (Exception defect)
        {
            // The dashboards stay open, and the next look may succeed.
            _logger.SampleFailed(defect);
            return Failure(AdminProblem.Failed());
        }
    }

    private static SseItem<string> Failure(AdminProblem problem) =>
        new(JsonSerializer.Serialize(problem.ToDetails(), AdminJson.Options), ProblemEvent);
}
