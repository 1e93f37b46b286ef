using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Server;

/// <summary>The built server, as the tests run it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new();
    private readonly ITestOutputHelper? _told = TestContext.Current.TestOutputHelper;

    private ServerProcess(string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = BuiltServer.StartInfo(environment, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The server has ended."));
        _process.OutputDataReceived += (_, line) => Receive(line.Data);
        _process.ErrorDataReceived += (_, line) => Receive(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written so far.</summary>
    public string Output => string.Join('\n', _output);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts a server that runs until it is told to stop.</summary>
    public static ServerProcess Start(IReadOnlyDictionary<string, string> environment) => new([], environment);

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string command, IReadOnlyDictionary<string, string> environment)
    {
        await using var server = new ServerProcess([command], environment);
        return (await server.ExitAsync(), server.Output);
    }

    /// <summary>The status of <c>/health/ready</c>.</summary>
    public async Task<HttpStatusCode> ReadinessAsync()
    {
        var address = await _address.Task.WaitAsync(Cancel);
        using var response = await _http.GetAsync(new Uri(address, "/health/ready"), Cancel);
        return response.StatusCode;
    }

    /// <summary>What <c>/health/ready</c> says of a check.</summary>
    public async Task<string?> DescriptionAsync(string check)
    {
        var address = await _address.Task.WaitAsync(Cancel);
        using var response = await _http.GetAsync(new Uri(address, "/health/ready"), Cancel);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        return body.RootElement.GetProperty("checks").GetProperty(check).GetProperty("description").GetString();
    }

    /// <summary>Waits until the server is ready; the test's time limit bounds it.</summary>
    public async Task WhenReadyAsync()
    {
        while (await ReadinessAsync() != HttpStatusCode.OK)
            await WhileItRunsAsync();
    }

    /// <summary>Waits until the log holds a text.</summary>
    public async Task WhenLoggedAsync(string text)
    {
        while (!Output.Contains(text, StringComparison.Ordinal))
            await WhileItRunsAsync();
    }

    /// <summary>Asks the server to stop, as docker and systemd do, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync(Cancel);
        return await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _http.Dispose();
    }

    /// <summary>A server that has ended is waited for in vain.</summary>
    private async Task WhileItRunsAsync()
    {
        Assert.False(_process.HasExited, Output);
        await Task.Delay(Between, TimeProvider.System, Cancel);
    }

    private async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(Cancel);
        return _process.ExitCode;
    }

    private void Receive(string? line)
    {
        if (line is null)
            return;

        _output.Enqueue(line);
        Tell(line);
        if (BuiltServer.AddressIn(line) is { } address)
            _address.TrySetResult(address);
    }

    /// <summary>A test that fails shows what its servers wrote, and when.</summary>
    private void Tell(string line)
    {
        try
        {
            _told?.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} [{_process.Id}] {line}");
        }
        catch (InvalidOperationException)
        {
            // The test ran into its limit and is over; the server still stops.
        }
    }
}
