using Locks.Client;
using Locks.Contracts;
using Locks.Server.Commands;
using Locks.Server.Configuration;
using Locks.Server.Demo;
using Locks.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Server.Tests;

public sealed class DemoCommandTests(DemoCommandTests.RunningDemo demo) : IClassFixture<DemoCommandTests.RunningDemo>
{
    private const int Limit = 60_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ILockClient Locks => demo.Locks;

    [Fact(Timeout = Limit)]
    public async Task TheDemo_ListensOnThisMachineOnly_WhateverTheEnvironmentSays()
    {
        Environment.SetEnvironmentVariable("ASPNETCORE_URLS", "http://*:0");
        try
        {
            await using var another = DemoCommand.Build([]);
            await another.StartAsync(Cancel);

            Assert.All(another.Urls, url => Assert.StartsWith("http://127.0.0.1:", url, StringComparison.Ordinal));
            Assert.Equal(CommandLine.Done, await RunCommand.EndAsync(another, TimeSpan.FromSeconds(20)));
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPNETCORE_URLS", null);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task TheHotKey_HasWaiters_AndChangesHands()
    {
        await Eventually.HoldsAsync(async () => (await Locks.DescribeAsync(BusyOwner.Key)).Waiters >= 2);
        var before = (await Locks.DescribeAsync(BusyOwner.Key)).LastFencingToken;

        await Eventually.HoldsAsync(async () => (await Locks.DescribeAsync(BusyOwner.Key)).LastFencingToken > before);
    }

    [Fact(Timeout = Limit)]
    public async Task TheStuckOwner_HoldsItsLock_UntilAnOperatorTakesItAway_AndThoseBehindItGoOn()
    {
        await Eventually.HoldsAsync(async () => (await Locks.DescribeAsync(StuckOwner.Key)) is { Waiters: 3, Holder.Owner: "settlement-eu-1" });

        Assert.True(await Locks.RevokeAsync(StuckOwner.Key, "a test", "it hangs", Cancel));

        await Eventually.HoldsAsync(async () => (await Locks.DescribeAsync(StuckOwner.Key)) is { Waiters: 0, State: LockStates.Free });
    }

    [Fact(Timeout = Limit)]
    public async Task TwoOwners_WaitForEachOther_UntilAnOperatorTakesOneLockAway()
    {
        await Eventually.HoldsAsync(async () => await IsHeldAsync(DeadlockedOwner.Debtor, "transfer-out-7", waiter: "transfer-in-3"));
        await Eventually.HoldsAsync(async () => await IsHeldAsync(DeadlockedOwner.Creditor, "transfer-in-3", waiter: "transfer-out-7"));

        Assert.True(await Locks.RevokeAsync(DeadlockedOwner.Debtor, "a test", "a deadlock", Cancel));

        await Eventually.HoldsAsync(async () => await IsHeldAsync(DeadlockedOwner.Debtor, "transfer-in-3", waiter: null));
        await Eventually.HoldsAsync(async () => (await Locks.DescribeAsync(DeadlockedOwner.Creditor)).Waiters == 0);
    }

    [Fact(Timeout = Limit)]
    public async Task TheRestOfTheLoad_ShowsASlowHolder_ACooldown_ASharedLease_AndALockThatNoProcessRenews()
    {
        await Eventually.HoldsAsync(async () => (await Locks.DescribeAsync(SlowOwner.Key)) is { Waiters: 1, Holder.HeldFor.TotalSeconds: > 2 });
        await Eventually.HoldsAsync(async () => (await Locks.DescribeAsync(OnceADayOwner.Key)).State == LockStates.Cooling);
        await Eventually.HoldsAsync(async () =>
            (await Locks.Inspector.ListLeasesPageAsync()).Leases is [{ Locks: 3, Owner: SharedLeaseOwner.ClientName }]);
        await Eventually.HoldsAsync(async () => (await Locks.DescribeAsync(CrashingOwner.Key)).Holder is { Owner: "label-printer-2" });
    }

    [Theory]
    [InlineData("Broker", "amqp://production")]
    [InlineData("Store", "PostgreSql")]
    [InlineData("ConnectionString", "Host=production")]
    public void ABrokerOrAStoreOfOthers_IsRefused(string setting, string value)
    {
        var refused = Assert.Throws<BadConfigurationException>(() => DemoCommand.Build([$"--Locks:{setting}={value}"]));

        Assert.Equal([$"The demo has a broker and a store in its own memory; leave Locks:{setting} out."], refused.Problems);
    }

    private async Task<bool> IsHeldAsync(string key, string owner, string? waiter)
    {
        var found = await Locks.DescribeAsync(key);
        return found.Holder?.Owner == owner && found.Queue.Select(queued => queued.Owner).SequenceEqual(waiter is null ? [] : [waiter]);
    }

    /// <summary>One demo for all tests: each looks at a key of its own.</summary>
    public sealed class RunningDemo : IAsyncLifetime
    {
        private readonly WebApplication _app = DemoCommand.Build([]);

        public ILockClient Locks => _app.Services.GetRequiredService<ILockClient>();

        public async ValueTask InitializeAsync() => await _app.StartAsync(Cancel);

        public async ValueTask DisposeAsync() => await RunCommand.EndAsync(_app, TimeSpan.FromSeconds(20));
    }
}
