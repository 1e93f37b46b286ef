using Locks.TestKit;
using Medallion.Threading;
using Xunit;

namespace Locks.Compliance.Adapters;

/// <summary>
/// What the abstractions of DistributedLock promise, as their documentation and that library's own test cases say it. The cases run against
/// an implementation of that library as well, so that they are known to be its promises.
/// </summary>
/// <param name="subject">The implementation.</param>
public abstract class DistributedLockCompliance(IDistributedLockSubject subject)
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    // Each case has a name of its own; the server behind it may be shared.
    private readonly string _name = $"case-{Guid.CreateVersion7():N}";

    public static TheoryData<string> Names =>
    [
        "", " ", "/", @"\\\\\", "a'b\"c", "größer: 日本 🔒", new string('a', 1_000), new string('\\', 1_000), string.Concat(Enumerable.Repeat("🔒", 300)),
    ];

    public static TheoryData<TimeSpan> BadTimeouts =>
        [TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(int.MaxValue), TimeSpan.MinValue, TimeSpan.MaxValue];

    [Fact]
    public void AFreeLock_IsAcquired_AndAHeldOneIsNot_NotByItsHolderEither()
    {
        var held = Create();
        using (var first = held.TryAcquire())
        {
            Assert.NotNull(first);
            Assert.Null(held.TryAcquire());
            Assert.Null(Create().TryAcquire());
            using var other = subject.Provider.CreateLock($"{_name}-2").TryAcquire();
            Assert.NotNull(other);
        }

        using var again = Create().TryAcquire();
        Assert.NotNull(again);
    }

    [Fact]
    public async Task AFreeLock_IsAcquired_AndAHeldOneIsNot_Asynchronously()
    {
        var held = Create();
        await using (var first = await held.TryAcquireAsync())
        {
            Assert.NotNull(first);
            Assert.Null(await held.TryAcquireAsync());
            Assert.Null(await Create().TryAcquireAsync());
            await using var other = await subject.Provider.CreateLock($"{_name}-2").TryAcquireAsync();
            Assert.NotNull(other);
        }

        await using var again = await Create().TryAcquireAsync();
        Assert.NotNull(again);
    }

    [Fact]
    public async Task ALockThatStaysBusy_IsNullToATry_AndATimeoutToAnAcquire()
    {
        await using var holder = await Create().AcquireAsync();
        var waiting = Create();

        Assert.Null(waiting.TryAcquire(Short));
        Assert.Null(await waiting.TryAcquireAsync(Short));
        Assert.ThrowsAny<TimeoutException>(() => waiting.Acquire(Short));
        await Assert.ThrowsAnyAsync<TimeoutException>(async () => await waiting.AcquireAsync(Short));
        Assert.ThrowsAny<TimeoutException>(() => waiting.Acquire(TimeSpan.Zero));
        await Assert.ThrowsAnyAsync<TimeoutException>(async () => await waiting.AcquireAsync(TimeSpan.Zero));
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("infinite")]
    [InlineData("long")]
    public async Task AnAcquire_WaitsForTheLock(string wait)
    {
        TimeSpan? timeout = wait switch { "absent" => null, "infinite" => Timeout.InfiniteTimeSpan, _ => Long };
        var holder = await Create().AcquireAsync();
        var asynchronous = Create().AcquireAsync(timeout).AsTask();
        var synchronous = Task.Run(() => Create().Acquire(timeout));
        await IsStillBusyAsync();
        Assert.False(asynchronous.IsCompleted || synchronous.IsCompleted);

        await holder.DisposeAsync();

        var first = await Task.WhenAny(asynchronous, synchronous).Within();
        await (await first).DisposeAsync();
        await (await (first == asynchronous ? synchronous : asynchronous).Within()).DisposeAsync();
    }

    [Fact]
    public async Task ATry_MayWait_AlsoForEver()
    {
        var holder = await Create().AcquireAsync();
        var limited = Create().TryAcquireAsync(Long).AsTask();
        var unlimited = Task.Run(() => Create().TryAcquire(Timeout.InfiniteTimeSpan));
        await IsStillBusyAsync();
        Assert.False(limited.IsCompleted || unlimited.IsCompleted);

        await holder.DisposeAsync();

        var first = await Task.WhenAny(limited, unlimited).Within();
        await (await first)!.DisposeAsync();
        await (await (first == limited ? unlimited : limited).Within())!.DisposeAsync();
    }

    /// <summary>Thrown by the call itself, also where it returns a task.</summary>
    [Theory]
    [MemberData(nameof(BadTimeouts))]
    public void ATimeoutOutOfItsRange_IsRefused(TimeSpan timeout)
    {
        var free = Create();

        Assert.All(
            new Action[]
            {
                () => free.Acquire(timeout),
                () => free.TryAcquire(timeout),
                () => _ = free.AcquireAsync(timeout).AsTask(),
                () => _ = free.TryAcquireAsync(timeout).AsTask(),
            },
            call => Assert.Equal("timeout", Assert.Throws<ArgumentOutOfRangeException>(call).ParamName));
    }

    [Fact]
    public void AWholeNumberOfMilliseconds_IsWhatCounts()
    {
        // The part of a millisecond is cut off: this is zero, and not negative.
        using var tried = Create().TryAcquire(TimeSpan.FromTicks(-1));
        Assert.NotNull(tried);
        Assert.Null(Create().TryAcquire(TimeSpan.FromTicks(1)));
        using var longest = subject.Provider.CreateLock($"{_name}-2").TryAcquire(TimeSpan.FromMilliseconds(int.MaxValue));
        Assert.NotNull(longest);
    }

    [Fact]
    public async Task AWait_EndsWhenItIsCancelled_AndLeavesNothingBehind()
    {
        using var cancellation = new CancellationTokenSource();
        var holder = await Create().AcquireAsync();
        var acquiring = Create().AcquireAsync(cancellationToken: cancellation.Token).AsTask();
        var trying = Create().TryAcquireAsync(Long, cancellation.Token).AsTask();
        var blocked = Task.Run(() => Create().Acquire(Long, cancellation.Token));
        await IsStillBusyAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => acquiring.Within());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying.Within());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked.Within());
        Assert.True(acquiring.IsCanceled);
        Assert.True(trying.IsCanceled);
        await holder.DisposeAsync();
        await using var next = await Create().TryAcquireAsync(Long);
        Assert.NotNull(next);
    }

    /// <summary>The synchronous calls throw; the others return a task that is cancelled.</summary>
    [Fact]
    public void ACallThatWasCancelledBefore_AcquiresNothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        var free = Create();

        Assert.ThrowsAny<OperationCanceledException>(() => free.Acquire(cancellationToken: cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => free.TryAcquire(cancellationToken: cancelled));
        Assert.True(free.AcquireAsync(cancellationToken: cancelled).AsTask().IsCanceled);
        Assert.True(free.TryAcquireAsync(cancellationToken: cancelled).AsTask().IsCanceled);
        using var handle = free.TryAcquire();
        Assert.NotNull(handle);
    }

    [Fact]
    public async Task DisposingTwice_ReleasesOnce_AndNeverTheNextHolder()
    {
        var first = await Create().AcquireAsync();
        first.Dispose();
        await using var second = await Create().TryAcquireAsync(Long);
        Assert.NotNull(second);

        first.Dispose();
        await first.DisposeAsync();

        Assert.Null(await Create().TryAcquireAsync());
    }

    [Fact]
    public async Task AHandle_MayBeDisposedOf_OnAnotherThread()
    {
        var first = Create().Acquire();
        var thread = new Thread(first.Dispose);
        thread.Start();
        await Eventually.HoldsAsync(() => !thread.IsAlive);
        var second = await Create().TryAcquireAsync(Long);
        Assert.NotNull(second);

        await Task.Run(async () => await second.DisposeAsync());

        await using var third = await Create().TryAcquireAsync(Long);
        Assert.NotNull(third);
    }

    [Fact]
    public async Task TheLossOfTheHandle_IsTold_AndDisposingIsNone()
    {
        var released = await Create().AcquireAsync();
        var ofReleased = released.HandleLostToken;
        Assert.True(ofReleased.CanBeCanceled);
        await released.DisposeAsync();
        Assert.False(ofReleased.IsCancellationRequested);
        Assert.Throws<ObjectDisposedException>(() => released.HandleLostToken);
        var handle = await Create().AcquireAsync();
        var ofHandle = handle.HandleLostToken;
        Assert.False(ofHandle.IsCancellationRequested);

        await subject.LoseAsync(_name);

        await Eventually.FiresAsync(ofHandle);
        Assert.True(handle.HandleLostToken.IsCancellationRequested);
        await DisposeOfLostAsync(handle);
        Assert.Throws<ObjectDisposedException>(() => handle.HandleLostToken);
        await using var next = await Create().TryAcquireAsync(Long);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task ATokenThatIsReadAfterTheLoss_HasFired()
    {
        var handle = await Create().AcquireAsync();

        await subject.LoseAsync(_name);

        await Eventually.HoldsAsync(() => handle.HandleLostToken.IsCancellationRequested);
        await DisposeOfLostAsync(handle);
    }

    [Fact]
    public async Task ManyCallers_HoldTheLockOneAfterTheOther()
    {
        var inside = 0;
        var most = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            await using (await Create().AcquireAsync(Long))
            {
                var entered = Interlocked.Increment(ref inside);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                return entered;
            }
        }))).Within();

        Assert.All(most, entered => Assert.Equal(1, entered));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AnyText_IsAName(string name)
    {
        var named = subject.Provider.CreateLock(name);
        using var handle = named.TryAcquire(Long);

        Assert.NotNull(handle);
        Assert.Equal(named.Name, subject.Provider.CreateLock(name).Name);
        Assert.Null(subject.Provider.CreateLock(name).TryAcquire());
    }

    [Fact]
    public void NoName_IsRefused() => Assert.Throws<ArgumentNullException>(() => subject.Provider.CreateLock(null!));

    [Fact]
    public void NamesThatDifferInCase_OrFarBehind_AreDifferentLocks()
    {
        var tail = new string('a', 1_000);
        var names = new[] { $"{_name}a", $"{_name}A", $"{_name}{tail}", $"{_name}{tail}b", $"{_name}{tail}B" };

        var handles = names.Select(name => subject.Provider.CreateLock(name).TryAcquire()).ToList();

        Assert.All(handles, Assert.NotNull);
        Assert.Equal(names.Length, names.Select(name => subject.Provider.CreateLock(name).Name).Distinct(StringComparer.Ordinal).Count());
        handles.ForEach(handle => handle!.Dispose());
    }

    [Fact]
    public async Task TheExtensionsOfTheProvider_Work()
    {
        await using var first = await subject.Provider.AcquireLockAsync(_name);
        Assert.NotNull(first);
        Assert.Null(subject.Provider.TryAcquireLock(_name));
        Assert.Null(await subject.Provider.TryAcquireLockAsync(_name));
        Assert.ThrowsAny<TimeoutException>(() => subject.Provider.AcquireLock(_name, TimeSpan.Zero));
    }

    private IDistributedLock Create() => subject.Provider.CreateLock(_name);

    /// <summary>A caller that comes after others that wait has been denied, so they have been asked about as well.</summary>
    private async Task IsStillBusyAsync() => Assert.Null(await Create().TryAcquireAsync(Short));

    // An implementation may throw for a handle whose lock was lost.
    private static async Task DisposeOfLostAsync(IDistributedSynchronizationHandle handle)
    {
        try
        {
            await handle.DisposeAsync();
        }
#pragma warning disable CA1031 // Whatever it throws.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nothing is left to release.
        }
    }
}
