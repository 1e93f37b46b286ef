using Locks.Client;
using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Protocol;

/// <summary>Two coordinators, a circle of waits whose keys both of them may serve, and one of them that ends it.</summary>
public sealed class DeadlockTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OfTwoCoordinators_OneTellsADeadlock_AndEndsIt()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync(BreakSoon);
        await fixture.StartCoordinatorAsync(BreakSoon);
        ILockClient[] clients = [.. new[] { "a", "b", "c" }.Select(owner => fixture.NewClient(options => options.Owner = owner))];
        // Each of them knows of the other, so only one takes itself for the first.
        var aware = new HashSet<Guid>();
        await Eventually.HoldsAsync(async () =>
        {
            if (await clients[0].Inspector.DescribeCoordinatorsAsync(Cancel) is { Coordinators.Count: 2 } answer)
                aware.Add(answer.AnsweredBy);
            return aware.Count == 2;
        });
        var held = new List<ILockHandle>();
        foreach (var (place, client) in clients.Index())
            held.Add(await client.AcquireAsync($"key {place}", Long, Long, Cancel));

        var waits = clients.Select((client, place) => client.AcquireAsync($"key {(place + 1) % 3}", Long, Long, Cancel)).ToList();
        await Eventually.HoldsAsync(() => waits.Exists(wait => wait.IsCompleted));

        var denied = waits.FindIndex(wait => wait.IsCompleted);
        var refused = await Assert.ThrowsAsync<LockRefusedException>(() => waits[denied]);
        Assert.Equal(DenyReasons.Deadlock, refused.Reason);
        Assert.Contains("waits for 'key 0', held by 'a'", refused.Message, StringComparison.Ordinal);

        // Who is denied releases what it holds, and the others get on one after the other.
        for (var owner = denied; held.Count > 0; owner = (owner + 2) % 3)
        {
            if (owner != denied)
                await (await waits[owner]).DisposeAsync();
            await held.Single(handle => handle.Key == $"key {owner}").DisposeAsync();
            held.RemoveAll(handle => handle.Key == $"key {owner}");
        }

        Assert.Single(fixture.CoordinatorLog, line => line.Contains("Deadlock: ", StringComparison.Ordinal));
    }

    private static void BreakSoon(LockCoordinatorOptions options)
    {
        options.Deadlocks.Break = true;
        options.Deadlocks.Interval = TimeSpan.FromMilliseconds(500);
        options.Deadlocks.MinAge = TimeSpan.Zero;
    }
}
