using Locks.IntegrationTests.Faults;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Exclusive;

/// <summary>A service that runs on one instance at a time, in processes that die, stop, and lose the broker. A term log tells who ran when.</summary>
public sealed class ExclusiveServiceTests(ITestOutputHelper output)
{
    // Waking a coordinator, granting and starting takes a moment on a machine that is busy with other tests.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task AnInstanceThatIsKilled_IsFollowedByTheNextWaiter_WithinItsLease()
    {
        var lease = TimeSpan.FromSeconds(4);
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await using var termLog = await TermLog.CreateAsync(fixture.ConnectionString);
        await using var first = await StartAsync(fixture, "first", lease);
        await termLog.WorksAsync("first");
        await using var second = await StartAsync(fixture, "second", lease, queued: 1);
        await using var third = await StartAsync(fixture, "third", lease, queued: 2);

        first.Kill();
        await termLog.WorksAsync("second");
        second.Kill();
        await termLog.WorksAsync("third");
        Assert.Equal(0, await third.TerminateAsync());

        // The coordinator that granted it is alive: it wakes when the lease ends (G5).
        var gaps = await termLog.GapsBetweenTermsAsync();
        output.WriteLine($"lease {lease.TotalSeconds} s; from the last word of one to the first of the next: {string.Join(", ", gaps)}");
        Assert.Equal(2, gaps.Count);
        Assert.All(gaps, gap => Assert.InRange(gap, TimeSpan.Zero, lease + Moment));
    }

    [Fact]
    public async Task AnInstanceThatStops_IsFollowedByTheNextWaiter_AtOnce()
    {
        var lease = TimeSpan.FromMinutes(5);
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await using var termLog = await TermLog.CreateAsync(fixture.ConnectionString);
        await using var first = await StartAsync(fixture, "first", lease);
        await termLog.WorksAsync("first");
        await using var second = await StartAsync(fixture, "second", lease, queued: 1);
        await using var third = await StartAsync(fixture, "third", lease, queued: 2);

        Assert.Equal(0, await first.TerminateAsync());
        await termLog.WorksAsync("second");
        Assert.Equal(0, await second.TerminateAsync());
        await termLog.WorksAsync("third");
        Assert.Equal(0, await third.TerminateAsync());

        var gaps = await termLog.GapsBetweenTermsAsync();
        output.WriteLine($"from the last word of one to the first of the next: {string.Join(", ", gaps)}");
        Assert.Equal(2, gaps.Count);
        Assert.All(gaps, gap => Assert.InRange(gap, TimeSpan.Zero, Moment));
        Assert.Equal(["first", "second", "third"], (await termLog.ReadAsync()).Where(entry => entry.What == "end").Select(entry => entry.Who));
        Assert.Null((await fixture.LookAsync("term-log"))!.Holder);
    }

    [Fact]
    public async Task AnInstanceThatLosesTheBroker_StopsBeforeTheNextBegins_AndIsQueuedAgain()
    {
        var lease = TimeSpan.FromSeconds(10);
        await using var gate = TestServices.OpenGateToRabbitMq(out var broker);
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await using var termLog = await TermLog.CreateAsync(fixture.ConnectionString);
        await using var first = await StartAsync(fixture, "first", lease, marginSeconds: 2, broker: broker);
        var term = await termLog.WorksAsync("first");
        await using var second = await StartAsync(fixture, "second", lease, queued: 1);

        gate.Close();
        await termLog.WorksAsync("second");
        gate.Open();

        // The bus takes its time to connect again.
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("term-log"))?.Waiters.Count == 1, TimeSpan.FromMinutes(3));
        Assert.Equal(0, await second.TerminateAsync());
        Assert.True(await termLog.WorksAsync("first", after: term) > term);
        Assert.Equal(0, await first.TerminateAsync());

        Assert.Equal(2, (await termLog.GapsBetweenTermsAsync()).Count);
        Assert.Equal(["first", "second", "first"], (await termLog.ReadAsync()).Where(entry => entry.What == "end").Select(entry => entry.Who));
    }

    private static async Task<TestProcess> StartAsync(
        RabbitMqLockFixture fixture, string name, TimeSpan lease, int queued = 0, double marginSeconds = 0.5, Uri? broker = null)
    {
        var process = TestProcess.Exclusive(fixture.QueueName, fixture.ConnectionString, name, lease.TotalSeconds, marginSeconds, broker);
        Assert.Equal("READY", await process.FirstLine);
        if (queued > 0)
            await Eventually.HoldsAsync(async () => (await fixture.LookAsync("term-log"))?.Waiters.Count == queued);
        return process;
    }
}
