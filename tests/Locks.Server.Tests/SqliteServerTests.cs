using Locks.Server.Commands;
using Xunit;

namespace Locks.Server.Tests;

/// <summary>The server with its locks in a file.</summary>
// The variable that moves the default file is the whole process's.
[Collection("the default file")]
public sealed class SqliteServerTests : IDisposable
{
    private const int Limit = 60_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("locks-server-").FullName;

    private string File => Path.Combine(_folder, "Locks", "locks.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = Limit)]
    public async Task WithoutAnySetting_TheServerIsReady_AndSaysInOneLineWhatItRunsWith()
    {
        if (OperatingSystem.IsWindows())
            return; // The folder is the user's own there, and no variable moves it.

        Environment.SetEnvironmentVariable("XDG_DATA_HOME", _folder);
        try
        {
            await using var server = await RunningServer.StartAsync();

            await server.GetUntilAsync("/health/ready", 200);
            Assert.Single(server.Log, line => line.Contains(
                $"broker inmemory (only this process can reach it), queue locks, store Sqlite in {File}.", StringComparison.Ordinal));
            Assert.True(System.IO.File.Exists(File));
        }
        finally
        {
            Environment.SetEnvironmentVariable("XDG_DATA_HOME", null);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task ASecondServerOnTheFile_IsNotReady_AndSaysWhy()
    {
        await using var first = await StartAsync();
        await first.GetUntilAsync("/health/ready", 200);
        await using var second = await StartAsync();

        var body = await second.GetUntilAsync("/health/ready", 503);

        Assert.Contains("is used by another process", body, StringComparison.Ordinal);
        while (!second.Log.Any(line => line.Contains($"'{File}' is used by another process", StringComparison.Ordinal)))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = Limit)]
    public async Task Migrate_MakesTheFile()
    {
        var arguments = new[] { "migrate", "--Locks:Store=Sqlite", $"--Locks:ConnectionString={File}" };

        Assert.Equal(CommandLine.Done, await CommandLine.RunAsync(arguments, TextWriter.Null, TextWriter.Null));

        Assert.True(System.IO.File.Exists(File));
    }

    private Task<RunningServer> StartAsync() =>
        RunningServer.StartAsync("--Locks:Broker=inmemory", "--Locks:Store=Sqlite", $"--Locks:ConnectionString={File}");
}
