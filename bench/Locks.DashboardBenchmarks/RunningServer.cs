using System.Diagnostics;

namespace Locks.DashboardBenchmarks;

/// <summary>Locks.Server as a process of its own, at a port that is free.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;

    private RunningServer(Process process, string queueName, Uri address)
    {
        (_process, QueueName) = (process, queueName);
        Http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The queue that its coordinator reads.</summary>
    public string QueueName { get; }

    /// <summary>A caller of its API.</summary>
    public HttpClient Http { get; }

    /// <summary>Makes the tables, has them filled, and starts the server.</summary>
    public static async Task<RunningServer> StartAsync(
        string program, string broker, string database, Func<Task> fill, CancellationToken cancellationToken)
    {
        var queue = $"locks-bench-{Guid.CreateVersion7():N}";
        string[] settings =
        [
            $"--Locks:Broker={broker}", "--Locks:Store=PostgreSql", $"--Locks:ConnectionString={database}", $"--Locks:QueueName={queue}",
            "--urls=http://127.0.0.1:0",
        ];
        using var migration = Start(program, ["migrate", .. settings]);
        await migration.StandardOutput.ReadToEndAsync(cancellationToken);
        await migration.WaitForExitAsync(cancellationToken);
        if (migration.ExitCode != 0)
            throw new InvalidOperationException($"The migration failed: {await migration.StandardError.ReadToEndAsync(cancellationToken)}");
        await fill();

        var process = Start(program, settings);
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is var at and >= 0)
            {
                // What is not read stops the server once the pipe is full.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return new RunningServer(process, queue, new Uri(line[(at + Listening.Length)..].Trim()));
            }
        }

        throw new InvalidOperationException("The server has ended instead of listening.");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Start(string program, IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
