using System.Diagnostics.Metrics;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Tests.Domain;
using Locks.Coordinator.Tests.Pipeline;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests.Issues;

/// <summary>
/// A log provider, or a listener of metrics, that threw when it was told of a commit held up the locks of that commit for good, and after two
/// such commits their whole partition. So did a log that threw when it was told of a reply that could not be sent.
/// </summary>
public sealed class ListenerThatThrowsTests : IDisposable
{
    private static readonly LockRequest[] Turns = [Attempt.A.Try(), Attempt.A.Release(), Attempt.B.Try(), Attempt.B.Release(), Attempt.C.Try()];

    private readonly CapturedLogs _logs = new();
    private readonly ThrowingObserver _throwing = new();
    private readonly CountingObserver _counting = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task AnObserverThatThrows_HoldsUpNothing_AndIsLoggedOnce()
    {
        using var workers = new WorkersUnderTest(new ScriptedStore(), _logs, _throwing, _counting);

        await TakeTurnsAsync(workers);

        Assert.Equal((Turns.Length, Turns.Length), (_throwing.Notified, _counting.Notified));
        var line = Assert.Single(_logs.Lines, line => line.Contains("could not be logged, measured or traced", StringComparison.Ordinal));
        Assert.StartsWith("Error", line, StringComparison.Ordinal);
        Assert.Contains(ThrowingObserver.Problem, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALogThatThrowsAsWell_HoldsUpNothing()
    {
        using var workers = new WorkersUnderTest(new ScriptedStore(), new ThrowingLogs(), _throwing, _counting);

        await TakeTurnsAsync(workers);

        Assert.Equal((Turns.Length, Turns.Length), (_throwing.Notified, _counting.Notified));
    }

    [Fact]
    public async Task ALogThatThrows_WhereAReplyCanNotBeSent_HoldsUpNothing()
    {
        using var workers = new WorkersUnderTest(new ScriptedStore(), new ThrowingLogs(), _counting) { ReplyTo = Attempt.A.ReplyTo };

        await TakeTurnsAsync(workers);

        Assert.Equal(Turns.Length, _counting.Notified);
    }

    [Fact]
    public async Task AListenerOfMetricsThatThrows_HoldsUpNothing()
    {
        using var workers = new WorkersUnderTest(new ScriptedStore(), _logs, _counting);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == workers.Meter)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("The listener is full."));
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("The listener is full."));
        listener.Start();

        await TakeTurnsAsync(workers);

        Assert.Equal(Turns.Length, _counting.Notified);
        Assert.Contains(_logs.Lines, line => line.Contains("The listener is full.", StringComparison.Ordinal));
    }

    /// <summary>One commit after the other, all of one lock.</summary>
    private static async Task TakeTurnsAsync(WorkersUnderTest workers)
    {
        foreach (var turn in Turns)
            await workers.RunAsync(turn, "orders/42").Within();
    }

    private sealed class ThrowingObserver : ICommitObserver
    {
        public const string Problem = "The disk of the log is full.";

        public int Notified { get; private set; }

        public void OnCommitted(IReadOnlyList<Decision> decisions)
        {
            Notified++;
            throw new InvalidOperationException(Problem);
        }
    }

    private sealed class CountingObserver : ICommitObserver
    {
        public int Notified { get; private set; }

        public void OnCommitted(IReadOnlyList<Decision> decisions) => Notified++;
    }
}
