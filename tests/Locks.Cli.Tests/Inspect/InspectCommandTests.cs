using System.Text.RegularExpressions;
using Locks.Client;
using Locks.Testing;
using Locks.TestKit;
using Xunit;

namespace Locks.Cli.Tests.Inspect;

/// <summary>What people and scripts see of the same locks.</summary>
public sealed partial class InspectCommandTests : IAsyncLifetime
{
    private LocksFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await LocksFixture.StartAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task TheOutputs_AreTheApprovedOnes()
    {
        await PrepareAsync();
        string[][] lines =
        [
            ["list"],
            ["list", "--prefix", "folder:", "--json"],
            ["list", "--owner", "nightly", "--state", "Held"],
            ["list", "--waiting-longer-than", "1m"],
            ["show", "folder:/a"],
            ["show", "folder:/a", "--json"],
            ["show", "folder:/b"],
            ["show", "never used"],
            ["leases"],
            ["leases", "--json"],
        ];

        var outputs = new List<string>();
        foreach (var line in lines)
        {
            var tool = new ToolUnderTest { Locks = _fixture };
            Assert.Equal(ExitCodes.Done, await tool.RunAsync(line));
            Assert.Empty(tool.Errors);
            outputs.Add($"$ locks {string.Join(' ', line)}\n{tool.Output}");
        }

        Approved.Verify("tests/Locks.Cli.Tests/Approved/inspect.txt", Steady(string.Join('\n', outputs)));
    }

    [Fact]
    public async Task AList_GoesOnBeyondAPage()
    {
        const int Count = 600;
        await using var set = await _fixture.Client.TryAcquireAllAsync(
            Enumerable.Range(0, Count).Select(number => $"key {number:000}"), TimeSpan.FromMinutes(10));
        var text = new ToolUnderTest { Locks = _fixture };
        var json = new ToolUnderTest { Locks = _fixture };

        await text.RunAsync("list");
        await json.RunAsync("list", "--json");

        Assert.Equal(Count, text.Output.Split('\n').Count(line => line.StartsWith("key ", StringComparison.Ordinal)));
        Assert.Equal(Count, json.Output.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task AWatch_WritesALineForEachChange_AndNoneForAgesAlone()
    {
        var tool = new ToolUnderTest { Locks = _fixture };
        _ = tool.RunAsync("watch", "job");
        await Eventually.HoldsAsync(() => Lines(tool).Length == 1);

        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(5));
        var busy = await _fixture.Locks.BusyAsync("job", "another host");
        await Eventually.HoldsAsync(async () =>
        {
            await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(1));
            return Lines(tool).Length == 2;
        });
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(2, Lines(tool).Length);
        await busy.ReleaseAsync();
        await Eventually.HoldsAsync(async () =>
        {
            await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(1));
            return Lines(tool).Length == 3;
        });

        Assert.Equal(
            ["job  Free  -  0 waiting", "job  Held  another host  0 waiting", "job  Free  -  0 waiting"],
            Lines(tool).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 2)..]));
    }

    [Fact]
    public async Task ADeadlock_IsShownWithItsWholeCircle_AndSoAreThoseThatBlockOthers()
    {
        // Each age is another one, so that each is known from its neighbours.
        foreach (var owner in new[] { "a", "b", "slow" })
        {
            await _fixture.Client.AcquireAsync($"{owner}'s", TimeSpan.Zero, Of(owner));
            await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        await WaitAsync("a", "b's");
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(5));
        await WaitAsync("b", "a's");
        await WaitAsync("slow's friend", "slow's");
        await _fixture.Client.AcquireAsync("friend's", TimeSpan.Zero, Of("slow's friend"));
        await WaitAsync("patient", "friend's");
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(10));
        var text = new ToolUnderTest { Locks = _fixture };
        var json = new ToolUnderTest { Locks = _fixture };

        Assert.Equal((ExitCodes.Negative, ExitCodes.Negative), (await text.RunAsync("deadlocks"), await json.RunAsync("deadlocks", "--json")));

        Approved.Verify(
            "tests/Locks.Cli.Tests/Approved/deadlocks.txt",
            Steady($"$ locks deadlocks\n{text.Output}\n$ locks deadlocks --json\n{json.Output}"));
    }

    [Fact]
    public async Task WithoutADeadlock_TheExitCodeIsZero()
    {
        var tool = new ToolUnderTest { Locks = _fixture };

        Assert.Equal(ExitCodes.Done, await tool.RunAsync("deadlocks"));
        Assert.StartsWith("No deadlock among 0 attempt(s) that have waited for 2s.", tool.Output, StringComparison.Ordinal);
    }

    private static LockOptions Of(string owner) => new() { Lease = TimeSpan.FromHours(1), Owner = owner };

    private async Task WaitAsync(string owner, string key)
    {
        _ = _fixture.Client.TryAcquireAsync(key, TimeSpan.FromHours(1), Of(owner), CancellationToken.None);
        await _fixture.Locks.ShouldHaveWaitersAsync(key, 1);
    }

    [Fact]
    public async Task AnUnknownState_IsRefused()
    {
        var tool = new ToolUnderTest { Locks = _fixture };

        Assert.Equal(ExitCodes.Usage, await tool.RunAsync("list", "--state", "held"));
        Assert.Contains("'Held'", tool.Errors, StringComparison.Ordinal);
    }

    private static string[] Lines(ToolUnderTest tool) => tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A holder with two waiters, one that has a shared lease, and one whose owner tries to write on the terminal.</summary>
    private async Task PrepareAsync()
    {
        var client = _fixture.Client;
        await client.AcquireAsync("folder:/a", TimeSpan.Zero, new LockOptions { Lease = TimeSpan.FromMinutes(30), Owner = "importer 1" });
        foreach (var owner in new[] { "importer 2", "importer 3" })
        {
            var options = new LockOptions { Lease = TimeSpan.FromMinutes(1), Owner = owner };
            _ = client.TryAcquireAsync("folder:/a", TimeSpan.FromHours(1), options, CancellationToken.None);
            await _fixture.Locks.ShouldHaveWaitersAsync("folder:/a", owner == "importer 2" ? 1 : 2);
        }

        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(90));
        var released = await client.AcquireAsync("folder:/b", TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Null(await client.TryAcquireAsync("folder:/b", new LockOptions { Owner = "importer 4" }));
        await released.ReleaseAsync();
        var evil = new LockOptions { Lease = TimeSpan.FromHours(1), Owner = "\u001b[2Jevil\u202e" };
        await client.AcquireAsync("folder:/b", TimeSpan.Zero, evil);
        await client.AcquireAsync("report", TimeSpan.Zero, new LockOptions { Lease = TimeSpan.FromHours(1), Owner = "nightly" });
        var lease = await client.Leases.GrantAsync(TimeSpan.FromMinutes(5));
        await client.Locks.AcquireAsync("on a lease", lease.Id);
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Without what differs from run to run, ids and sessions, and without the blanks that fill a table's last column.</summary>
    private static string Steady(string text) => EndOfLine().Replace(Id().Replace(text, "<id>"), "\n");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")]
    private static partial Regex Id();

    [GeneratedRegex(" +\n")]
    private static partial Regex EndOfLine();
}
