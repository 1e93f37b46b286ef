using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Transport;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Scheduling;

/// <summary>A lock on which something is due.</summary>
/// <param name="Message">The timer's message.</param>
/// <param name="TokenId">
/// The timer that went off. It counts only as long as it is the one that the lock names: another coordinator may have set one since, and has
/// no way to cancel this one. Absent where the stored time says that the lock is due.
/// </param>
internal sealed record DueExpiry(LeaseExpired Message, Guid? TokenId = null);

/// <summary>
/// Runs the timers of locks and leases in this process's memory, so that no broker plug-in and no scheduler service is needed. Locks that are
/// due go straight to the pipeline, all that are due at once together; other messages are sent. Nothing is lost when the process ends: the
/// stored due time is the truth, and <see cref="OverdueSweeper"/> finds what no timer was left for.
/// </summary>
internal sealed class InProcessScheduler : IDisposable
{
    /// <summary>How many locks are dispatched at a time.</summary>
    private const int SetSize = 1_000;

    // The longest time that a system timer takes is about 49 days; a lease is at most a day.
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    private readonly ISendEndpointProvider _sender;
    private readonly Func<IReadOnlyList<DueExpiry>, Task> _dispatch;
    private readonly CoordinatorClock _clock;
    private readonly ILogger<InProcessScheduler> _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Entry> _entries = [];
    private readonly SortedSet<Entry> _byDueTime = new(Comparer<Entry>.Create(static (x, y) =>
        x.DueAt.CompareTo(y.DueAt) is var order && order != 0 ? order : x.TokenId.CompareTo(y.TokenId)));
    private readonly ITimer _timer;
    private bool _disposed;

    /// <param name="sender">Sends the messages that are not about locks.</param>
    /// <param name="dispatch">Takes the locks that are due.</param>
    /// <param name="clock">The time that due times are compared with.</param>
    /// <param name="time">The machine's clocks, of which the timer is one.</param>
    /// <param name="logger">Logs what could not be delivered.</param>
    public InProcessScheduler(
        ISendEndpointProvider sender,
        Func<IReadOnlyList<DueExpiry>, Task> dispatch,
        CoordinatorClock clock,
        TimeProvider time,
        ILogger<InProcessScheduler> logger)
    {
        _sender = sender;
        _dispatch = dispatch;
        _clock = clock;
        _logger = logger;
        _timer = DetachedContext.CreateTimer(time, static scheduler => ((InProcessScheduler)scheduler!).DeliverWhatIsDue(), this);

        // The timer was set for what the time was thought to be.
        clock.Corrected += _ => LookNow();
    }

    /// <summary>How many timers are set.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    /// <summary>Sets the timer of a lock, under a token that was chosen before.</summary>
    public void SetExpiry(Guid tokenId, DateTimeOffset dueAt, LeaseExpired message) =>
        Set(new Entry(tokenId, dueAt, new DueExpiry(message, tokenId), Send: null));

    /// <summary>Schedules a message, under a token that was chosen before.</summary>
    public void Set<T>(Guid tokenId, Uri destinationAddress, DateTime scheduledTime, T message, IPipe<SendContext<T>> pipe)
        where T : class =>
        Set(new Entry(
            tokenId,
            new DateTimeOffset(scheduledTime, TimeSpan.Zero),
            Lock: null,
            Sending(destinationAddress, message, new ScheduledSendPipe<T>(pipe, tokenId))));

    /// <summary>Cancels a timer, unless it has gone off already.</summary>
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

    private void Set(Entry entry)
    {
        lock (_gate)
        {
            _entries.Add(entry.TokenId, entry);
            _byDueTime.Add(entry);
            if (_byDueTime.Min == entry)
                SetTimer_NeedsGate();
        }
    }

    private void LookNow()
    {
        lock (_gate)
        {
            if (!_disposed)
                _timer.Change(TimeSpan.Zero, Never);
        }
    }

    private void DeliverWhatIsDue()
    {
        var locks = new List<DueExpiry>();
        var messages = new List<Func<Task>>();
        lock (_gate)
        {
            var now = _clock.Now;
            while (_byDueTime.Min is { } entry && entry.DueAt <= now)
            {
                _byDueTime.Remove(entry);
                _entries.Remove(entry.TokenId);
                if (entry.Lock is not null)
                    locks.Add(entry.Lock);
                else
                    messages.Add(entry.Send!);
            }

            SetTimer_NeedsGate();
        }

        _ = DispatchAsync(locks);
        foreach (var send in messages)
            _ = DeliverAsync(send);
    }

    private async Task DispatchAsync(List<DueExpiry> locks)
    {
        foreach (var set in locks.Chunk(SetSize))
            await DeliverAsync(() => _dispatch(set)).ConfigureAwait(false);
    }

    private async Task DeliverAsync(Func<Task> deliver)
    {
        try
        {
            await deliver().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The sweeper finds what is due; nothing above could do better.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.TimerFailed(exception);
        }
    }

    private Func<Task> Sending<T>(Uri destinationAddress, T message, IPipe<SendContext<T>> pipe)
        where T : class =>
        () => BoundedSend.RunAsync(
            async cancel =>
            {
                var endpoint = await _sender.GetSendEndpoint(destinationAddress).ConfigureAwait(false);
                await endpoint.Send(message, pipe, cancel).ConfigureAwait(false);
            },
            CancellationToken.None);

    private void SetTimer_NeedsGate()
    {
        if (_disposed || _byDueTime.Min is not { } next)
            return;

        // A whole millisecond later at the most, never earlier: system timers round down.
        var wait = next.DueAt - _clock.Now;
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
