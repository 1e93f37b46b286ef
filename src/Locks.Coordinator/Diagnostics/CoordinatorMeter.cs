using System.Diagnostics.Metrics;
using Locks.Transport.Diagnostics;

namespace Locks.Coordinator.Diagnostics;

/// <summary>What a coordinator measures of its work. Never by key or session: there is no end of them.</summary>
internal sealed class CoordinatorMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Locks.Coordinator";

    private const string CacheResult = "locks.cache.result";

    // One each, so that a measurement makes no new one.
    private static readonly KeyValuePair<string, object?> Hit = new(CacheResult, "hit");
    private static readonly KeyValuePair<string, object?> Miss = new(CacheResult, "miss");

    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<int> _commitSize;
    private readonly Histogram<int> _batchSize;
    private readonly Counter<long> _cacheLookups;
    private readonly Counter<long> _outdated;
    private readonly Counter<long> _deadlocks;
    private readonly UpDownCounter<int> _queueReaders;
    private readonly Counter<long> _queueMessages;
    private readonly Gauge<double> _clockOffset;
    private readonly Gauge<double> _clockError;

    /// <param name="factory">Creates the meter; absent in an application without metrics of its own.</param>
    public CoordinatorMeter(IMeterFactory? factory = null)
    {
        Meter = Measured.CreateMeter(Name, factory, owner: this);
        Decisions = new DecisionMeter(Meter);
        _commitDuration = Meter.CreateHistogram(
            "locks.commit.duration", "s", "How long a commit took in the store", tags: null, Measured.Answers);
        _commitSize = Meter.CreateHistogram(
            "locks.commit.size", "{lock}", "How many locks a commit wrote", tags: null, Measured.Sizes);
        _batchSize = Meter.CreateHistogram(
            "locks.batch.size", "{command}", "How many commands came in one message", tags: null, Measured.Sizes);
        _cacheLookups = Meter.CreateCounter<long>(
            "locks.cache.lookups", "{lookup}", "Locks that were looked for in the cache");
        _outdated = Meter.CreateCounter<long>(
            "locks.acquires.outdated", "{request}",
            "Requests that were denied undecided, because they had waited here for longer than their grant would last");
        _deadlocks = Meter.CreateCounter<long>(
            "locks.deadlocks", "{deadlock}", "Deadlocks that were found: circles of attempts that wait for locks of each other");
        _queueReaders = Meter.CreateUpDownCounter<int>(
            "locks.queue.readers", "{coordinator}", "Coordinators that should read the queue: this one, or none");
        _queueMessages = Meter.CreateCounter<long>(
            "locks.queue.messages", "{message}", "Messages of the queue that came to this coordinator");
        _clockOffset = Meter.CreateGauge<double>(
            "locks.clock.offset", "s", "How far the machine's wall clock is ahead of the store's, by which the coordinator decides");
        _clockError = Meter.CreateGauge<double>(
            "locks.clock.error", "s", "By how much the time by which the coordinator decides may differ from the store's");
    }

    /// <summary>The meter.</summary>
    public Meter Meter { get; }

    /// <summary>What is measured of decisions.</summary>
    public DecisionMeter Decisions { get; }

    /// <summary>A commit has ended.</summary>
    /// <param name="duration">How long it took.</param>
    /// <param name="locks">How many locks it wrote.</param>
    /// <param name="failure">Why it failed, if it did.</param>
    public void RecordCommit(TimeSpan duration, int locks, Exception? failure)
    {
        if (failure is not null)
        {
            _commitDuration.Record(
                duration.TotalSeconds, new KeyValuePair<string, object?>(Measured.ErrorType, failure.GetType().FullName));
            return;
        }

        _commitDuration.Record(duration.TotalSeconds);
        _commitSize.Record(locks);
    }

    /// <summary>A message with commands has come.</summary>
    public void RecordBatch(int commands) => _batchSize.Record(commands);

    /// <summary>Locks were looked for in the cache.</summary>
    public void CountLookups(int hits, int misses)
    {
        if (hits > 0)
            _cacheLookups.Add(hits, Hit);
        if (misses > 0)
            _cacheLookups.Add(misses, Miss);
    }

    /// <summary>Requests were denied undecided.</summary>
    public void CountOutdated(int requests) => _outdated.Add(requests);

    /// <summary>A deadlock was found.</summary>
    public void CountDeadlock() => _deadlocks.Add(1);

    /// <summary>Describes the clocks.</summary>
    public void RecordClock(TimeSpan offset, TimeSpan error)
    {
        _clockOffset.Record(offset.TotalSeconds);
        _clockError.Record(error.TotalSeconds);
    }

    /// <summary>A message of a partition's queue has come.</summary>
    public void CountMessage(string queue) => _queueMessages.Add(1, Of(queue));

    /// <summary>This coordinator should read a queue from now on.</summary>
    public void BeginShare(string queue) => _queueReaders.Add(1, Of(queue));

    /// <summary>This coordinator should not read a queue any more.</summary>
    public void EndShare(string queue) => _queueReaders.Add(-1, Of(queue));

    /// <summary>Reports numbers of the store's whenever they are asked for.</summary>
    public void ObserveStore(Func<IEnumerable<Measurement<int>>> held, Func<IEnumerable<Measurement<int>>> waiting)
    {
        Meter.CreateObservableGauge(
            "locks.held", held, "{lock}", "Locks that are held, offered or cooling now, in the whole store: the same from every coordinator");
        Meter.CreateObservableGauge(
            "locks.waiting", waiting, "{waiter}", "Attempts that wait in queues now, in the whole store: the same from every coordinator");
    }

    public void Dispose() => Meter.Dispose();

    private static KeyValuePair<string, object?> Of(string queue) => new(Measured.Queue, queue);
}
