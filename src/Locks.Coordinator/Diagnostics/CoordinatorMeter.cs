using System.Diagnostics.Metrics;

namespace Locks.Coordinator.Diagnostics;

/// <summary>What a coordinator counts. Never by key or session: there is no end of them.</summary>
internal static class CoordinatorMeter
{
    private static readonly Meter Meter = new("Locks.Coordinator");

    private static readonly Counter<long> PassedOver = Meter.CreateCounter<long>(
        "locks.waiters.passed_over", "{waiter}", "Waiters that were not granted when their turn came, because nothing had been heard of their session");

    private static readonly UpDownCounter<int> QueueReaders = Meter.CreateUpDownCounter<int>(
        "locks.queue.readers", "{coordinator}", "Coordinators that should read the queue: this one, or none");

    private static readonly Counter<long> QueueMessages = Meter.CreateCounter<long>(
        "locks.queue.messages", "{message}", "Messages of the queue that came to this coordinator");

    private static readonly Gauge<double> ClockOffset = Meter.CreateGauge<double>(
        "locks.clock.offset", "s", "How far the machine's wall clock is ahead of the store's, by which the coordinator decides");

    private static readonly Gauge<double> ClockError = Meter.CreateGauge<double>(
        "locks.clock.error", "s", "By how much the time by which the coordinator decides may differ from the store's");

    public static void RecordClock(TimeSpan offset, TimeSpan error)
    {
        ClockOffset.Record(offset.TotalSeconds);
        ClockError.Record(error.TotalSeconds);
    }

    private static readonly Counter<long> Outdated = Meter.CreateCounter<long>(
        "locks.acquires.outdated", "{request}",
        "Requests that were denied undecided, because they had waited here for longer than their grant would last");

    public static void CountOutdated() => Outdated.Add(1);

    public static void CountPassedOver(int waiters) => PassedOver.Add(waiters);

    public static void CountMessage(string queue) => QueueMessages.Add(1, Of(queue));

    public static void BeginShare(string queue) => QueueReaders.Add(1, Of(queue));

    public static void EndShare(string queue) => QueueReaders.Add(-1, Of(queue));

    private static KeyValuePair<string, object?> Of(string queue) => new("queue", queue);
}
