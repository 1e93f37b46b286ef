using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace Locks.TestKit;

/// <summary>
/// A program that a test starts, that prints lines and reads some, and that may be stopped and killed. Disposing kills it if it still runs.
/// </summary>
public class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _printed = new();

    /// <summary>Starts a program.</summary>
    public ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        var process = _process = new Process { StartInfo = start };
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

    /// <summary>How to start a program of this repository.</summary>
    /// <param name="program">Its assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo DotNet(string program, params IEnumerable<string> arguments) => new("dotnet", [program, .. arguments]);

    /// <summary>Its number in the operating system.</summary>
    public int Id => _process.Id;

    /// <summary>What it has printed so far.</summary>
    public IReadOnlyCollection<string> Printed => _printed;

    /// <summary>The first line that the process prints, once it is ready.</summary>
    public Task<string> FirstLine { get; }

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
        return await ExitAsync();
    }

    /// <summary>Waits for the process to end by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }
}
