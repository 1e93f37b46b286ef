using System.Globalization;
using Locks.Client;
using Locks.TestKit;
using Xunit;

namespace Locks.Compliance;

/// <summary>
/// A caller may give up at any moment: whatever it has then, it leaves no waiter and no lock held (G7). First at each moment of one
/// call, then many callers at random ones; <c>LOCKS_SEED=number</c> replays those.
/// </summary>
public abstract class CancellationCompliance : IAsyncLifetime
{
    private const string SeedVariable = "LOCKS_SEED";
    private const int Stories = 25;
    private const int Callers = 6;

    private static readonly TimeSpan LongLease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(10);

    private static readonly LockOptions Renewed = new() { Lease = LongLease, AutoRenew = true };

    private static readonly Dictionary<string, Func<ILockClient, string, CancellationToken, Task>> Calls = new()
    {
        ["try"] = async (client, key, giveUp) => await ReleaseAsync(await client.TryAcquireAsync(key, LongLease, giveUp)),
        ["wait"] = async (client, key, giveUp) => await ReleaseAsync(await client.AcquireAsync(key, LongWait, LongLease, giveUp)),
        ["wait and renew"] = async (client, key, giveUp) => await ReleaseAsync(await client.AcquireAsync(key, LongWait, Renewed, giveUp)),
        ["run"] = (client, key, giveUp) => client.RunAsync(key, token => Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, token), LongLease, giveUp),
        ["renew"] = async (client, key, giveUp) =>
        {
            await using var handle = await client.AcquireAsync(key, LongWait, LongLease, giveUp);
            await handle.RenewAsync(cancellationToken: giveUp);
        },
        ["release"] = async (client, key, giveUp) =>
        {
            // A release that is given up before it was sent leaves the lock held.
            await using var handle = await client.AcquireAsync(key, LongWait, LongLease, giveUp);
            await handle.ReleaseAsync(giveUp);
        },
        ["lease"] = async (client, key, giveUp) =>
        {
            await using var lease = await client.Leases.GrantAsync(LongLease, giveUp);
            await client.Leases.KeepAliveAsync(lease.Id, giveUp);
            await client.Locks.AcquireAsync(Beside(key), lease.Id, giveUp);
            await client.Locks.AcquireAsync(key, lease.Id, LongWait, giveUp);
        },
        ["set"] = async (client, key, giveUp) =>
        {
            await using var set = await client.AcquireAllAsync([Beside(key), key], LongWait, LongLease, giveUp);
            await set.RenewAsync(cancellationToken: giveUp);
        },
        ["try set"] = async (client, key, giveUp) =>
        {
            await using var set = await client.TryAcquireAllAsync([Beside(key), key], LongLease, giveUp);
        },
    };

    private LockFixture? _fixture;

    /// <summary>The names of the calls that can be given up.</summary>
    public static TheoryData<string> CallNames => [.. Calls.Keys];

    /// <summary>The fixture that the case runs in.</summary>
    protected LockFixture Fixture => _fixture ?? throw new InvalidOperationException("The fixture is not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _fixture = NewFixture();
        await _fixture.StartAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_fixture is not null)
            await _fixture.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(CallNames))]
    public Task GivingUp_AtEveryMomentOfACall_LeavesNothingBehind(string call) => AtEveryMomentAsync(Calls[call]);

    [Fact]
    public Task GivingUp_AtEveryMomentOfAWaitThatIsGranted_LeavesNothingBehind() => AtEveryMomentAsync(async (client, key, giveUp) =>
    {
        var holder = await Fixture.NewClient().TryAcquireAsync(key, LongLease, CancellationToken.None);
        var waiting = Calls["wait"](client, key, giveUp);
        await Eventually.HoldsAsync(async () => waiting.IsCompleted || await Fixture.LookAsync(key) is { Waiters.Count: 1 });
        await ReleaseAsync(holder);
        await waiting;
    });

    [Fact]
    public async Task GivingUp_AtRandom_LeavesNothingBehind()
    {
        var seed = GivenSeed() ?? Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"{SeedVariable}={seed}");
        var random = new Random(seed);
        ILockClient[] clients = [Fixture.NewClient(), Fixture.NewClient()];
        using var interactions = new Interactions(Fixture);

        for (var story = 0; story < Stories; story++)
        {
            string[] keys = [$"story/{story}/a", $"story/{story}/b"];
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller =>
            {
                var call = Calls.ElementAt(random.Next(Calls.Count)).Value;
                return GivingUpAsync(interactions, random.Next(60), giveUp => call(clients[caller % 2], keys[random.Next(2)], giveUp));
            })).Within();
            foreach (var key in keys.Append(Beside(keys[0])))
                await IsLeftFreeAsync(key, $"story {story} of {SeedVariable}={seed}");
        }
    }

    /// <summary>Waiters that may be granted together hold the lock one at a time all the same, when any of them gives up.</summary>
    [Fact]
    public async Task GivingUp_AtRandom_LeavesTheLockToOneAtATime()
    {
        const int Waiters = 12;
        var seed = GivenSeed() ?? Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"{SeedVariable}={seed}");
        var random = new Random(seed);
        ILockClient[] clients = [Fixture.NewClient(), Fixture.NewClient()];
        using var interactions = new Interactions(Fixture);

        for (var story = 0; story < Stories; story++)
        {
            var key = $"one at a time/{story}";
            var (inside, last) = (0, 0L);
            var holder = await clients[story % 2].TryAcquireAsync(key, Renewed);
            var waiting = Enumerable.Range(0, Waiters).Select(waiter => GivingUpAsync(interactions, random.Next(120), async giveUp =>
            {
                var handle = await clients[waiter * 2 / Waiters].AcquireAsync(key, LongWait, Renewed, giveUp);
                Assert.Equal(1, Interlocked.Increment(ref inside));
                Assert.True(handle.FencingToken > Interlocked.Exchange(ref last, handle.FencingToken));
                Assert.True(handle.IsHeld);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                await handle.ReleaseAsync(CancellationToken.None);
            })).ToList();
            // Four wait, or all that have not given up.
            await Eventually.HoldsAsync(async () =>
                (await Fixture.LookAsync(key))!.Waiters.Count >= Math.Min(4, waiting.Count(waiter => !waiter.IsCompleted)));
            await ReleaseAsync(holder);
            await Task.WhenAll(waiting).Within();
            await IsLeftFreeAsync(key, $"story {story} of {SeedVariable}={seed}");
        }
    }

    /// <summary>Makes the fixture; each transport and store has its own.</summary>
    protected abstract LockFixture NewFixture();

    private async Task AtEveryMomentAsync(Func<ILockClient, string, CancellationToken, Task> call)
    {
        var client = Fixture.NewClient();
        // The first call connects the reply queue.
        await ReleaseAsync(await client.TryAcquireAsync("first", LongLease));
        using var interactions = new Interactions(Fixture);
        var moment = 0;
        bool wasReached;
        do
        {
            var key = $"moment/{moment}/key";
            wasReached = await GivingUpAsync(interactions, moment, giveUp => call(client, key, giveUp)).Within();
            await IsLeftFreeAsync(key, $"moment {moment}");
            await IsLeftFreeAsync(Beside(key), $"moment {moment}");
            moment++;
        }
        while (wasReached);

        Assert.True(moment > 4, $"There were only {moment} moments.");
    }

    /// <returns>Whether the moment came before the call was over.</returns>
    private static async Task<bool> GivingUpAsync(Interactions interactions, int moment, Func<CancellationToken, Task> call)
    {
        // Not disposed of: the moment may come when the call is over.
        var giveUp = new CancellationTokenSource();
        interactions.After(moment, giveUp.Cancel);
        try
        {
            await call(giveUp.Token);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // As asked.
        }

        return giveUp.IsCancellationRequested;
    }

    private Task IsLeftFreeAsync(string key, string when) => Eventually.HoldsAsync(
        async () => await Fixture.LookAsync(key) is null or { Holder: null, Waiters.Count: 0 }, what: $"free lock and empty queue after {when}");

    private static async Task ReleaseAsync(ILockHandle? handle)
    {
        if (handle is not null)
            await handle.ReleaseAsync(CancellationToken.None);
    }

    /// <summary>A key that others, who want another one, want too.</summary>
    private static string Beside(string key) => $"{key[..key.LastIndexOf('/')]}/beside";

    private static int? GivenSeed() =>
        Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } seed && int.TryParse(seed, CultureInfo.InvariantCulture, out var given)
            ? given
            : null;
}
