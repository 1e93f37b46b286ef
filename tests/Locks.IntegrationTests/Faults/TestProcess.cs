using System.Diagnostics;
using Locks.Failpoints;
using Locks.TestKit;

namespace Locks.IntegrationTests.Faults;

/// <summary>A process of tests/Locks.TestHost. Disposing kills it if it still runs.</summary>
internal sealed class TestProcess : ChildProcess
{
    private TestProcess(ProcessStartInfo start)
        : base(start)
    {
    }

    /// <summary>Starts a coordinator on the queue and the database of a fixture, with a wall clock that may be wrong. It may kill itself when a key is granted.</summary>
    public static TestProcess Coordinator(
        string queue, string store, (Failpoint At, string Of)? die = null, double clockAheadSeconds = 0, double clockStepSeconds = 0) =>
        Start([
            "coordinator", "--Queue", queue, "--Store", store,
            "--ClockAheadSeconds", FormattableString.Invariant($"{clockAheadSeconds}"),
            "--ClockStepSeconds", FormattableString.Invariant($"{clockStepSeconds}"),
            .. die is var (at, of) ? (string[])["--DieAt", $"{at}", "--DieOf", of] : [],
        ]);

    /// <summary>Starts a process that acquires a lock and holds it, and optionally waits for a second lock.</summary>
    public static TestProcess Holder(string queue, string key, double leaseSeconds, string? thenWaitFor = null) =>
        Start([
            "holder", "--Queue", queue, "--Key", key, "--LeaseSeconds", FormattableString.Invariant($"{leaseSeconds}"),
            .. thenWaitFor is null ? [] : (string[])["--ThenWaitFor", thenWaitFor],
        ]);

    /// <summary>Starts a process in which many callers wait for one lock.</summary>
    public static TestProcess Waiters(string queue, string key, int callers, double heartbeatSeconds) =>
        Start([
            "waiters", "--Queue", queue, "--Key", key, "--Callers", $"{callers}", "--HeartbeatSeconds", FormattableString.Invariant($"{heartbeatSeconds}"),
        ]);

    /// <summary>Starts an instance that waits for the lock and writes the term log while it holds it.</summary>
    public static TestProcess Exclusive(
        string queue, string store, string name, double leaseSeconds, double marginSeconds = 0.5, Uri? broker = null) =>
        Start(
            [
                "exclusive", "--Queue", queue, "--Store", store, "--Key", "term-log", "--Name", name,
                "--LeaseSeconds", FormattableString.Invariant($"{leaseSeconds}"), "--MarginSeconds", FormattableString.Invariant($"{marginSeconds}"),
            ],
            broker);

    /// <summary>Starts a process with many synchronous callers in a small thread pool. It prints its figures and ends.</summary>
    public static TestProcess Blocked(string queue, int callers, int keys, int minThreads) =>
        Start(["blocked", "--Queue", queue, "--Callers", $"{callers}", "--Keys", $"{keys}", "--MinThreads", $"{minThreads}"]);

    /// <summary>Starts a process that captures payments under the guard that the policy names; the policy "none" has no guard.</summary>
    public static TestProcess Payments(string queue, string payments, string store, string policy, double leaseSeconds) =>
        Start([
            "payments", "--Queue", queue, "--Payments", payments, "--Store", store, "--Policy", policy,
            "--LeaseSeconds", FormattableString.Invariant($"{leaseSeconds}"),
        ]);

    /// <summary>Starts a process that captures many payments at a time under a guard that waits.</summary>
    public static TestProcess ConcurrentPayments(string queue, string payments, string store, int concurrency) =>
        Start(["concurrent-payments", "--Queue", queue, "--Payments", payments, "--Store", store, "--Concurrency", $"{concurrency}"]);

    private static TestProcess Start(string[] arguments, Uri? broker = null) => new(DotNet(
        Path.Combine(AppContext.BaseDirectory, "Locks.TestHost.dll"), [.. arguments, "--Broker", (broker ?? TestServices.RabbitMq).ToString()]));
}
