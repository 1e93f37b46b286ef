using System.Text.Json;
using Locks.Testing;
using Locks.TestKit;
using Xunit;

namespace Locks.Cli.Tests.Hold;

public sealed class HoldCommandTests : IAsyncLifetime
{
    private const string Key = "de'ploy";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("locks-cli-");
    private LocksFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await LocksFixture.StartAsync();

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return _fixture.DisposeAsync();
    }

    [Fact]
    public async Task ALock_IsAcquired_Renewed_AndReleased_EachByAnotherProcess()
    {
        var acquire = Tool();
        Assert.Equal(0, await acquire.RunAsync("acquire", Key, "--lease", "10s", "--owner", "a script"));
        var token = acquire.Output.TrimEnd();
        Assert.Matches("^[A-Za-z0-9_-]{16,}$", token);
        await _fixture.Locks.ShouldBeHeldAsync(Key, "a script");

        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(9));
        Assert.Equal(0, await Tool(variables: token).RunAsync("renew", Key, "--lease", "10s"));
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(9));
        await _fixture.Locks.ShouldBeHeldAsync(Key, "a script");

        Assert.Equal(0, await Tool(input: token).RunAsync("release", Key, "--token-file", "-"));
        await _fixture.Locks.ShouldBeFreeAsync(Key);
    }

    [Fact]
    public async Task ALockThatIsNotHeldAnyMore_IsNeitherRenewedNorReleased_AndTheExitCodeSaysSo()
    {
        var acquire = Tool();
        await acquire.RunAsync("acquire", Key, "--lease", "10s");
        var token = acquire.Output.TrimEnd();
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(11));

        var renew = Tool(variables: token);
        Assert.Equal(ExitCodes.Lost, await renew.RunAsync("renew", Key, "--lease", "10s"));
        Assert.Contains("is not held any more (Expired)", renew.Errors, StringComparison.Ordinal);
        var release = Tool(variables: token);
        Assert.Equal(ExitCodes.Lost, await release.RunAsync("release", Key));
        Assert.Contains("was not held with this owner token", release.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(token, renew.Errors + release.Errors, StringComparison.Ordinal);
    }

    /// <summary>A grant out of the queue lasts for the confirmation window of 10 s, unless it is confirmed.</summary>
    [Fact]
    public async Task ALockThatWasWaitedFor_IsHeldForItsWholeLease()
    {
        var busy = await _fixture.Locks.BusyAsync(Key);
        var acquire = Tool();
        var acquired = acquire.RunAsync("acquire", Key, "--lease", "10m", "--owner", "a script");
        await _fixture.Locks.ShouldHaveWaitersAsync(Key, 1);

        await busy.ReleaseAsync();

        Assert.Equal(0, await acquired.Within());
        // At once: the tool's process ends with its answer, and can confirm nothing later.
        var found = await _fixture.Client.DescribeAsync(Key);
        Assert.Equal(("Held", "a script", TimeSpan.FromMinutes(10)), (found.State, found.Holder!.Owner, found.Holder.TimeLeft));
    }

    [Fact]
    public async Task ABusyLock_IsNotAcquired()
    {
        await using var busy = await _fixture.Locks.BusyAsync(Key, "another host");
        var acquire = Tool();

        Assert.Equal(ExitCodes.Busy, await acquire.RunAsync("acquire", Key, "-n"));
        Assert.Contains("is busy. It is held by 'another host'", acquire.Errors, StringComparison.Ordinal);
        Assert.Equal(7, await Tool().RunAsync("acquire", Key, "-n", "-E", "7"));
    }

    [Fact]
    public async Task TheToken_GoesToAFile_ThatItsOwnerAloneCanRead_AlsoWhereOneWasBefore()
    {
        var path = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(path, "old");
        var acquire = Tool();

        Assert.Equal(0, await acquire.RunAsync("acquire", Key, "--token-file", path));

        Assert.Empty(acquire.Output);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Single(_folder.GetFiles());
        Assert.Equal(0, await Tool().RunAsync("release", Key, "--token-file", path));
    }

    [Fact]
    public async Task AFileThatCannotBeWritten_IsRefused_BeforeTheLockIsAcquired()
    {
        var acquire = Tool();

        Assert.Equal(
            ExitCodes.Usage, await acquire.RunAsync("acquire", Key, "--token-file", Path.Combine(_folder.FullName, "no", "token")));
        Assert.Contains("--token-file can't be written", acquire.Errors, StringComparison.Ordinal);
        Assert.False(_fixture.Locks.WasAcquired(Key));
    }

    [Fact]
    public async Task TheExport_IsWhatAShellCanEvaluate()
    {
        var acquire = Tool();

        Assert.Equal(0, await acquire.RunAsync("acquire", Key, "--export", "--owner", "a script"));

        var lines = acquire.Output.TrimEnd().Split('\n');
        Assert.Equal(["export LOCKS_KEY='de'\\''ploy'", "export LOCKS_OWNER='a script'"], lines[..2]);
        Assert.Matches(@"^export LOCKS_FENCING_TOKEN=\d+$", lines[2]);
        Assert.Matches("^export LOCKS_OWNER_TOKEN='[A-Za-z0-9_-]+'$", lines[3]);
    }

    [Fact]
    public async Task TheJson_HasTheGrant()
    {
        var acquire = Tool();

        Assert.Equal(0, await acquire.RunAsync("acquire", Key, "--json", "--lease", "90s", "--owner", "a script"));

        var grant = JsonDocument.Parse(acquire.Output).RootElement;
        Assert.Equal((Key, "a script", 90_000), (Text("key"), Text("owner"), grant.GetProperty("lease").GetInt64()));
        Assert.Equal((await _fixture.Client.DescribeAsync(Key)).Holder!.FencingToken, grant.GetProperty("fencingToken").GetInt64());
        Assert.Equal(0, await Tool(variables: Text("ownerToken")).RunAsync("release", Key));

        string Text(string name) => grant.GetProperty(name).GetString()!;
    }

    [Theory]
    [InlineData("release k", "the owner token of LOCKS_OWNER_TOKEN is missing or empty; it must have 1 to 128 UTF-8 bytes")]
    [InlineData("release k --token-file -", "the owner token of standard input is missing or empty")]
    [InlineData("release k --token-file /no/such/file", "--token-file can't be read")]
    [InlineData("renew k", "Option '--lease' is required.")]
    [InlineData("acquire k --export --json", "--export and --json exclude each other")]
    public async Task AWrongCommandLine_IsRefused(string line, string problem)
    {
        var tool = Tool();

        Assert.Equal(ExitCodes.Usage, await tool.RunAsync(line.Split(' ')));
        Assert.Contains(problem, tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATokenThatIsTooLong_IsRefused_AndNotShown()
    {
        var tool = Tool(variables: new string('t', 129));

        Assert.Equal(ExitCodes.Usage, await tool.RunAsync("release", Key));
        Assert.Contains("has 129 UTF-8 bytes; the limit is 128", tool.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("ttt", tool.Errors, StringComparison.Ordinal);
    }

    private ToolUnderTest Tool(string? variables = null, string input = "")
    {
        var tool = new ToolUnderTest { Locks = _fixture, Input = input };
        if (variables is not null)
            tool.Variables["LOCKS_OWNER_TOKEN"] = variables;
        return tool;
    }
}
