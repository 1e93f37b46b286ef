using Locks.Server.Commands;
using Xunit;

namespace Locks.Server.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("migrate", "--help")]
    public async Task Help_IsGivenWhereverItIsAskedFor(params string[] args)
    {
        Assert.Equal(CommandLine.Done, await RunAsync(args));

        Assert.Contains("--Locks:SETTING=VALUE", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnknownCommand_IsTold()
    {
        Assert.Equal(CommandLine.Misused, await RunAsync("start"));

        Assert.Equal("Locks.Server: There is no command 'start'; Locks.Server --help shows those there are.", Told);
    }

    [Fact]
    public async Task Run_WithBadSettings_SaysWhatIsWrong()
    {
        Assert.Equal(CommandLine.Misused, await RunAsync("--Locks:Broker=inmemory", "--Locks:Store=Oracle"));

        Assert.Equal("Locks.Server: Locks:Store is 'Oracle'; it must be one of InMemory, PostgreSql, SqlServer, Sqlite.", Told);
    }

    [Fact]
    public async Task Migrate_InMemory_IsAMistake()
    {
        Assert.Equal(CommandLine.Misused, await RunAsync("migrate", "--Locks:Store=InMemory"));

        Assert.Equal("Locks.Server: There is nothing to migrate: Locks:Store is 'InMemory', which has no tables.", Told);
    }

    [Theory]
    [InlineData("PostgreSql", "Host=127.0.0.1;Port=1;Database=locks;Username=locks;Password=s3cret;Timeout=2")]
    [InlineData("SqlServer", "Server=127.0.0.1,1;Database=locks;User Id=sa;Password=s3cret;Connect Timeout=1;Connect Retry Count=0;Encrypt=False")]
    public async Task Migrate_WithNoDatabaseThere_Fails_AndNeedsNoBroker(string store, string connectionString)
    {
        Assert.Equal(CommandLine.Failed, await RunAsync("migrate", $"--Locks:Store={store}", $"--Locks:ConnectionString={connectionString}"));

        Assert.Contains("can't be reached", Told, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_OfAServerThatDoesNotRun_Fails()
    {
        Assert.Equal(CommandLine.Failed, await RunAsync("health", "--urls=http://127.0.0.1:1"));

        Assert.StartsWith("Locks.Server: http://127.0.0.1:1/health/ready does not answer: ", Told, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
    }

    private string Told => _errors.ToString().TrimEnd();

    private Task<int> RunAsync(params string[] args) => CommandLine.RunAsync(args, _output, _errors);
}
