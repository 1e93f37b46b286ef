using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Locks.TestKit;

namespace Locks.IntegrationTests.Faults;

/// <summary>A process of tests/Locks.TestHost. Disposing kills it if it still runs.</summary>
internal sealed class TestProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _printed = new();

    private TestProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                _printed.Enqueue(text);
                _lines.Writer.TryWrite(text);
            }
            else
            {
                _lines.Writer.TryComplete(new InvalidOperationException("The process ended before it printed another line."));
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        FirstLine = NextLineAsync();
    }

    /// <summary>The first line that the process prints, once it is ready.</summary>
    public Task<string> FirstLine { get; }

    /// <summary>Starts a coordinator on the queue and the database of a fixture, with a wall clock that may be wrong.</summary>
    public static TestProcess Coordinator(
        string queue, string store, string? dieAfterCommitOf = null, double clockAheadSeconds = 0, double clockStepSeconds = 0) =>
        Start([
            "coordinator", "--Queue", queue, "--Store", store,
            "--ClockAheadSeconds", FormattableString.Invariant($"{clockAheadSeconds}"),
            "--ClockStepSeconds", FormattableString.Invariant($"{clockStepSeconds}"),
            .. dieAfterCommitOf is null ? [] : (string[])["--DieAfterCommitOf", dieAfterCommitOf],
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

    /// <summary>Whether the process has printed a line with something in it.</summary>
    public bool HasPrinted(string text) => _printed.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until the process has printed a line with something in it.</summary>
    public async Task HasPrintedAsync(string text)
    {
        try
        {
            await Eventually.HoldsAsync(() => HasPrinted(text));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The process did not print '{text}', but: {string.Join(" | ", _printed)}");
        }
    }

    /// <summary>The next line that the process prints.</summary>
    public async Task<string> NextLineAsync() =>
        await _lines.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);

    /// <summary>Writes a line to the standard input of the process.</summary>
    public async Task SendLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Suspends the process (SIGSTOP). Its leases keep running.</summary>
    public async Task SuspendAsync()
    {
        await SignalAsync("STOP");
        // The signal reaches one thread, and on a busy machine the others run on until that thread was scheduled.
        await Eventually.HoldsAsync(() => Directory.GetDirectories($"/proc/{_process.Id}/task").All(
            thread => File.ReadAllText(Path.Combine(thread, "stat")).Split(") ")[^1].StartsWith('T')));
    }

    /// <summary>Resumes a suspended process (SIGCONT).</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>Kills the process (SIGKILL): it can release nothing.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks the process to stop, as docker and systemd do, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        await ExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Waits for the process to end by itself.</summary>
    public Task ExitAsync() => _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static TestProcess Start(string[] arguments, Uri? broker = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Locks.TestHost.dll"));
        foreach (var argument in (string[])[.. arguments, "--Broker", (broker ?? TestServices.RabbitMq).ToString()])
            start.ArgumentList.Add(argument);
        return new TestProcess(new Process { StartInfo = start });
    }
}
