using System.Diagnostics.Metrics;

namespace Locks.Coordinator.Spread;

/// <summary>What a coordinator counts on the queues that keys are spread over, by queue.</summary>
internal static class QueueMeter
{
    private static readonly Meter Meter = new("Locks.Coordinator");

    private static readonly UpDownCounter<int> Shares = Meter.CreateUpDownCounter<int>(
        "locks.queue.readers", "{coordinator}", "Coordinators that should read the queue: this one, or none");

    private static readonly Counter<long> Messages = Meter.CreateCounter<long>(
        "locks.queue.messages", "{message}", "Messages of the queue that came to this coordinator");

    public static void CountMessage(string queue) => Messages.Add(1, Of(queue));

    public static void BeginShare(string queue) => Shares.Add(1, Of(queue));

    public static void EndShare(string queue) => Shares.Add(-1, Of(queue));

    private static KeyValuePair<string, object?> Of(string queue) => new("queue", queue);
}
