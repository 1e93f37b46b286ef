using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Scheduling;

/// <summary>
/// Delivers scheduled messages from this process's memory, so that <c>Schedule(…)</c> in the state machine works with no broker plug-in and
/// no scheduler service (<see cref="DeferredSchedules"/> is the door to it). Notes that a lock is due go straight to the locks, all that are due at
/// once together; whatever else there is, is sent. Nothing is lost when the process ends: the stored due time is the truth, and
/// <see cref="OverdueSweeper"/> finds what no timer was left for.
/// </summary>
internal sealed class InProcessScheduler : IDisposable
{
    // The longest time that a system timer takes is about 49 days; a lease is at most a day.
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    private readonly Lazy<IBus> _bus;
    private readonly Func<IReadOnlyList<DueExpiry>, Task> _wake;
    private readonly TimeProvider _time;
    private readonly ILogger<InProcessScheduler> _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Entry> _entries = [];
    private readonly SortedSet<Entry> _byDueTime = new(Comparer<Entry>.Create(static (x, y) =>
        x.DueAt.CompareTo(y.DueAt) is var order && order != 0 ? order : x.TokenId.CompareTo(y.TokenId)));
    private readonly ITimer _timer;
    private bool _disposed;

    public InProcessScheduler(Lazy<IBus> bus, Func<IReadOnlyList<DueExpiry>, Task> wake, TimeProvider time, ILogger<InProcessScheduler> logger)
    {
        _bus = bus;
        _wake = wake;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static timer => ((InProcessScheduler)timer!).DeliverWhatIsDue(), this, Never, Never);
    }

    /// <summary>How many messages are scheduled.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    /// <summary>Schedules a message under a token that was chosen before.</summary>
    public void Set<T>(Guid tokenId, Uri destinationAddress, DateTime scheduledTime, T message, IPipe<SendContext<T>> pipe)
        where T : class
    {
        var entry = new Entry(
            tokenId,
            new DateTimeOffset(scheduledTime, TimeSpan.Zero),
            message is LeaseExpired note ? new DueExpiry(note, tokenId) : null,
            message is LeaseExpired ? null : Sending(destinationAddress, message, new ScheduledSendPipe<T>(pipe, tokenId)));

        lock (_gate)
        {
            _entries.Add(entry.TokenId, entry);
            _byDueTime.Add(entry);
            if (_byDueTime.Min == entry)
                SetTimer_NeedsGate();
        }
    }

    /// <summary>Calls a message off, unless it was sent already.</summary>
    public void Cancel(Guid tokenId)
    {
        lock (_gate)
        {
            if (_entries.Remove(tokenId, out var entry))
                _byDueTime.Remove(entry);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
    }

    private void DeliverWhatIsDue()
    {
        var locks = new List<DueExpiry>();
        var others = new List<Func<Task>>();
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            while (_byDueTime.Min is { } entry && entry.DueAt <= now)
            {
                _byDueTime.Remove(entry);
                _entries.Remove(entry.TokenId);
                if (entry.Lock is not null)
                    locks.Add(entry.Lock);
                else
                    others.Add(entry.Send!);
            }

            SetTimer_NeedsGate();
        }

        _ = WakeAsync(locks);
        foreach (var send in others)
            _ = DeliverAsync(send);
    }

    private async Task WakeAsync(List<DueExpiry> locks)
    {
        foreach (var set in locks.Chunk(ExpiryDispatcher.SetSize))
            await DeliverAsync(() => _wake(set)).ConfigureAwait(false);
    }

    private async Task DeliverAsync(Func<Task> deliver)
    {
        try
        {
            await deliver().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the sweeper will find what is due; nothing above could do better.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.TimerFailed(exception);
        }
    }

    private Func<Task> Sending<T>(Uri destinationAddress, T message, IPipe<SendContext<T>> pipe)
        where T : class =>
        async () =>
        {
            var endpoint = await _bus.Value.GetSendEndpoint(destinationAddress).ConfigureAwait(false);
            await endpoint.Send(message, pipe).ConfigureAwait(false);
        };

    private void SetTimer_NeedsGate()
    {
        if (_disposed || _byDueTime.Min is not { } next)
            return;

        // A whole millisecond later at the most, never earlier: system timers round down.
        var wait = next.DueAt - _time.GetUtcNow();
        _timer.Change(wait > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : TimeSpan.Zero, Never);
    }

    private sealed record Entry(Guid TokenId, DateTimeOffset DueAt, DueExpiry? Lock, Func<Task>? Send);

    /// <summary>Stamps the token on the message, by which the state machine knows a timer that is no longer current.</summary>
    private sealed class ScheduledSendPipe<T>(IPipe<SendContext<T>> next, Guid tokenId) : IPipe<SendContext<T>>
        where T : class
    {
        public Task Send(SendContext<T> context)
        {
            context.Headers.Set(MessageHeaders.SchedulingTokenId, tokenId.ToString("N"));
            context.Durable = false;
            return next.IsNotEmpty() ? next.Send(context) : Task.CompletedTask;
        }

        public void Probe(ProbeContext context)
        {
        }
    }
}
