using System.Collections.Concurrent;
using System.Diagnostics;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Cli;

/// <summary>The built tool, run as users run it. Disposing kills it if it still runs.</summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private ToolProcess(IReadOnlyDictionary<string, string> variables, string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts it with pipes, as cron and systemd do.</summary>
    public static ToolProcess Start(IReadOnlyDictionary<string, string> variables, params string[] arguments) =>
        new(variables, "dotnet", [Program, .. arguments]);

    /// <summary>Starts it on a terminal of its own, which is typed on by <see cref="TypeAsync"/>.</summary>
    /// <param name="variables">What is added to the environment.</param>
    /// <param name="arguments">The arguments, as a shell reads them.</param>
    public static ToolProcess StartOnTerminal(IReadOnlyDictionary<string, string> variables, string arguments) =>
        new(variables, "script", ["--quiet", "--return", "--command", $"dotnet '{Program}' {arguments}", "/dev/null"]);

    /// <summary>What it has written to standard output so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>What it has written to standard error so far.</summary>
    public string Errors => string.Join('\n', _errors);

    // Built with the tests, hence in the same configuration.
    private static string Program { get; } = Path.Combine(
        Repository.PathOf("src/Locks.Cli/bin"), new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Locks.Cli.dll");

    /// <summary>Waits until it has written a line to standard output that begins like this.</summary>
    /// <returns>The rest of the line.</returns>
    public async Task<string> WritesAsync(string beginning)
    {
        string? found = null;
        await Eventually.HoldsAsync(() => (found = Find(beginning)) is not null || _process.HasExited, what: beginning);
        // It may have been written just before the end.
        found ??= Find(beginning);
        Assert.True(found is not null, $"It has ended with {(_process.HasExited ? _process.ExitCode : 0)}: {Output} {Errors}");
        return found[beginning.Length..];
    }

    /// <summary>Writes a line to standard input.</summary>
    public Task SendLineAsync(string line) => TypeAsync(line + "\n");

    /// <summary>Writes to standard input: a letter, or a key such as Ctrl-C.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Sends it a signal.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Kills it (SIGKILL), and nothing that it has started.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits until it has ended, and all that it has written was read.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().Within();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string? Find(string beginning) => _output.FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal));

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }
}
