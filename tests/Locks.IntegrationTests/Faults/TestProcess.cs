using System.Diagnostics;

namespace Locks.IntegrationTests.Faults;

/// <summary>A process of tests/Locks.TestHost, ended with the test at the latest.</summary>
internal sealed class TestProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TestProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
                _firstLine.TrySetResult(text);
            else
                _firstLine.TrySetException(new InvalidOperationException("The process ended before it said anything."));
        };
        process.Start();
        process.BeginOutputReadLine();
    }

    /// <summary>The first line that the process prints, once it is ready.</summary>
    public Task<string> FirstLine => _firstLine.Task.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);

    /// <summary>Starts a coordinator on a world's queue and database.</summary>
    public static TestProcess Coordinator(string queue, string store, string? dieAfterCommitOf = null) =>
        Start(["coordinator", "--Queue", queue, "--Store", store, .. dieAfterCommitOf is null ? [] : (string[])["--DieAfterCommitOf", dieAfterCommitOf]]);

    /// <summary>Starts a process that takes a lock and holds it, and then perhaps waits for another.</summary>
    public static TestProcess Holder(string queue, string key, double leaseSeconds, string? thenWaitFor = null) =>
        Start([
            "holder", "--Queue", queue, "--Key", key, "--LeaseSeconds", FormattableString.Invariant($"{leaseSeconds}"),
            .. thenWaitFor is null ? [] : (string[])["--ThenWaitFor", thenWaitFor],
        ]);

    /// <summary>Starts an instance that stands in line to write the journal, and does so while it holds the lock.</summary>
    public static TestProcess Exclusive(
        string queue, string store, string name, double leaseSeconds, double marginSeconds = 0.5, Uri? broker = null) =>
        Start(
            [
                "exclusive", "--Queue", queue, "--Store", store, "--Key", "journal", "--Name", name,
                "--LeaseSeconds", FormattableString.Invariant($"{leaseSeconds}"), "--MarginSeconds", FormattableString.Invariant($"{marginSeconds}"),
            ],
            broker);

    /// <summary>Starts a process with many synchronous callers in a small thread pool; it says how they fared, and ends.</summary>
    public static TestProcess Blocked(string queue, int callers, int keys, int minThreads) =>
        Start(["blocked", "--Queue", queue, "--Callers", $"{callers}", "--Keys", $"{keys}", "--MinThreads", $"{minThreads}"]);

    /// <summary>Ends the process at once, without a chance to say goodbye.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks the process to stop, as docker and systemd do, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
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

    private static TestProcess Start(string[] arguments, Uri? broker = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Locks.TestHost.dll"));
        foreach (var argument in (string[])[.. arguments, "--Broker", (broker ?? TestServices.RabbitMq).ToString()])
            start.ArgumentList.Add(argument);
        return new TestProcess(new Process { StartInfo = start });
    }
}
