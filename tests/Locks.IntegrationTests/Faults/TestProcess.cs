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
    public Task<string> FirstLine => _firstLine.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);

    /// <summary>Starts a coordinator on a world's queue and database.</summary>
    public static TestProcess Coordinator(string queue, string store, string? dieAfterCommitOf = null) =>
        Start(["coordinator", "--Queue", queue, "--Store", store, .. dieAfterCommitOf is null ? [] : (string[])["--DieAfterCommitOf", dieAfterCommitOf]]);

    /// <summary>Starts a process that takes a lock and holds it, and then perhaps waits for another.</summary>
    public static TestProcess Holder(string queue, string key, double leaseSeconds, string? thenWaitFor = null) =>
        Start([
            "holder", "--Queue", queue, "--Key", key, "--LeaseSeconds", FormattableString.Invariant($"{leaseSeconds}"),
            .. thenWaitFor is null ? [] : (string[])["--ThenWaitFor", thenWaitFor],
        ]);

    /// <summary>Ends the process at once, without a chance to say goodbye.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for the process to end by itself.</summary>
    public Task ExitAsync() => _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static TestProcess Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Locks.TestHost.dll"));
        foreach (var argument in (string[])[.. arguments, "--Broker", TestServices.RabbitMq.ToString()])
            start.ArgumentList.Add(argument);
        return new TestProcess(new Process { StartInfo = start });
    }
}
