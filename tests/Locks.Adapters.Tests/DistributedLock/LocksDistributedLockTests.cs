using Locks.Client;
using Locks.Compliance;
using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.DistributedLock;
using Locks.Testing;
using Locks.TestKit;
using Medallion.Threading;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using IDistributedLock = Medallion.Threading.IDistributedLock;

namespace Locks.Adapters.Tests.DistributedLock;

/// <summary>What the adapter has beyond the promises of DistributedLock's abstractions.</summary>
public sealed class LocksDistributedLockTests
{
    private const string Key = "accounts/42";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task OneLine_RegistersTheProvider_AlsoAfterAnotherOne_AndTwiceIsOnce()
    {
        await using var app = await LocksUnderTest.StartAsync(services => services
            .AddSingleton<IDistributedLockProvider, AnotherProvider>()
            .AddDistributedLockProvider()
            .AddDistributedLockProvider());

        var provider = app.Get<IDistributedLockProvider>();

        Assert.IsType<LocksDistributedLockProvider>(provider);
        Assert.Same(app.Get<LocksDistributedLockProvider>(), provider);
        Assert.Equal(2, app.Services.GetServices<IDistributedLockProvider>().Count());
    }

    [Fact]
    public void TheProvider_PretendsToNothingElse()
    {
        var offered = typeof(LocksDistributedLockProvider).GetInterfaces().Concat(typeof(LocksDistributedLock).GetInterfaces());

        Assert.Equal([typeof(IDistributedLockProvider), typeof(IDistributedLock)], offered);
    }

    [Fact]
    public async Task TheHandle_HasTheKeyAndTheFencingToken_WhichRises()
    {
        await using var app = await StartAsync();
        var named = app.Get<LocksDistributedLockProvider>().CreateLock(Key);

        var first = await named.AcquireAsync();
        await first.DisposeAsync();
        using var second = named.TryAcquire();

        Assert.Equal((Key, Key), (named.Name, first.Key));
        Assert.True(second!.FencingToken > first.FencingToken);
    }

    [Fact]
    public async Task TheName_IsTheKey_ThatEveryOtherCallerKnows()
    {
        await using var app = await StartAsync();
        var name = new string('x', 1_000);
        await using var held = await app.Client.TryAcquireAsync(LockKey.From(name));

        Assert.Null(await app.Get<IDistributedLockProvider>().TryAcquireLockAsync(name));
    }

    [Fact]
    public async Task ALock_IsRenewedUntilItIsDisposedOf()
    {
        await using var app = await StartAsync();
        var handle = await app.Get<IDistributedLockProvider>().AcquireLockAsync(Key);

        await app.Locks.AdvanceAsync(TimeSpan.FromMinutes(2));

        Assert.False(handle.HandleLostToken.IsCancellationRequested);
        await app.Locks.ShouldBeHeldAsync(Key, by: "me");
        await handle.DisposeAsync();
        await app.Locks.ShouldBeFreeAsync(Key);
    }

    [Fact]
    public async Task ALoss_HasAReason()
    {
        await using var app = await StartAsync();
        await using var handle = await app.Get<LocksDistributedLockProvider>().CreateLock(Key).AcquireAsync();

        await app.Locks.ExpireAsync(Key);

        Assert.True(handle.HandleLostToken.IsCancellationRequested);
        Assert.Equal(LockLossReason.CoordinatorUnreachable, handle.Loss?.Reason);
    }

    [Fact]
    public async Task TheOptions_AreThoseOfEachLock()
    {
        await using var app = await LocksUnderTest.StartAsync(services => services.AddDistributedLockProvider(
            new LockOptions { Lease = Minute, Owner = "closing", AutoRenew = false }));

        await using var handle = await app.Get<IDistributedLockProvider>().AcquireLockAsync(Key);

        await app.Locks.ShouldBeHeldAsync(Key, by: "closing");
        await app.Locks.AdvanceAsync(Minute);
        await app.Locks.ShouldBeFreeAsync(Key);
    }

    [Fact]
    public async Task OptionsThatDoNotFit_AreRefused()
    {
        await using var app = await StartAsync();

        Assert.Contains("Lease", Refused(new LockOptions { Lease = TimeSpan.Zero }).Message, StringComparison.Ordinal);
        Assert.Contains("Owner", Refused(new LockOptions { Owner = "" }).Message, StringComparison.Ordinal);
        Assert.Contains("MaxHold", Refused(new LockOptions { MaxHold = TimeSpan.FromDays(31) }).Message, StringComparison.Ordinal);
        Assert.Contains("HoldAtLeast", Refused(new LockOptions { HoldAtLeast = TimeSpan.FromHours(25) }).Message, StringComparison.Ordinal);
        Assert.Contains("AtRiskAfter", Refused(new LockOptions { AtRiskAfter = 1 }).Message, StringComparison.Ordinal);
        Assert.Contains("HoldUntilExpiry is true", Refused(new LockOptions { HoldUntilExpiry = true }).Message, StringComparison.Ordinal);

        ArgumentException Refused(LockOptions options) =>
            Assert.ThrowsAny<ArgumentException>(() => new LocksDistributedLockProvider(app.Client, options));
    }

    /// <summary>A client waits for 24 h at most, or for ever.</summary>
    [Fact]
    public async Task ALongWait_GoesOnAfterADay_AndEndsInItsTime()
    {
        var client = BusyClient.Create(out var locks);
        var named = new LocksDistributedLockProvider(locks, time: client.Time).CreateLock(Key);
        var wait = TimeSpan.FromHours(60);

        Assert.Null(await named.TryAcquireAsync(wait));
        Assert.Null(named.TryAcquire(wait));
        Assert.Equal(wait, (await Assert.ThrowsAsync<LockTimeoutException>(async () => await named.AcquireAsync(wait))).Wait);
        Assert.Equal(wait, Assert.Throws<LockTimeoutException>(() => named.Acquire(wait)).Wait);

        Assert.Equal(Enumerable.Repeat<double[]>([24, 24, 12], 4).SelectMany(hours => hours), client.Waits.Select(asked => asked.TotalHours));
    }

    [Fact]
    public async Task ADeadlockThatTheCoordinatorEnds_IsADeadlockException()
    {
        await using var fixture = new InMemoryLockFixture();
        await fixture.StartAsync(BreakSoon);
        var providers = new[] { "a", "b" }.Select(owner =>
            new LocksDistributedLockProvider(fixture.NewClient(), new LockOptions { Owner = owner })).ToList();
        var held = new[] { await providers[0].AcquireLockAsync("a"), await providers[1].AcquireLockAsync("b") };
        var first = providers[0].AcquireLockAsync("b").AsTask();
        var second = Task.Run(() => providers[1].AcquireLock("a"));

        var denied = await Task.WhenAny(first, second).Within();

        var deadlock = await Assert.ThrowsAsync<DeadlockException>(() => denied);
        Assert.IsType<LockRefusedException>(deadlock.InnerException);
        await held[denied == first ? 0 : 1].DisposeAsync();
        await (await (denied == first ? second : first).Within()).DisposeAsync();
        await held[denied == first ? 1 : 0].DisposeAsync();
    }

    private static Task<LocksUnderTest> StartAsync() => LocksUnderTest.StartAsync(
        services => services.AddLockClient(client => client.Owner = "me").AddDistributedLockProvider());

    private static void BreakSoon(LockCoordinatorOptions options)
    {
        options.Deadlocks.Break = true;
        options.Deadlocks.Interval = TimeSpan.FromMilliseconds(500);
        options.Deadlocks.MinAge = TimeSpan.Zero;
    }

    private sealed class AnotherProvider : IDistributedLockProvider
    {
        public IDistributedLock CreateLock(string name) => throw new NotSupportedException("It is replaced.");
    }
}
