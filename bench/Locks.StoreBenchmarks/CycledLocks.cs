using System.Collections.Immutable;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Storage;

namespace Locks.StoreBenchmarks;

/// <summary>Locks that are taken and freed in turn, as clients of their own would: each caller has its share of them.</summary>
internal sealed class CycledLocks
{
    private const string Owner = "payments@host-17";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly ILockStore _store;
    private readonly StoredLock[] _locks;
    private readonly int _share;
    private readonly int[] _next;
    private readonly int _remembered;

    private CycledLocks(ILockStore store, StoredLock[] locks, int callers, int remembered)
    {
        _store = store;
        _locks = locks;
        _share = locks.Length / callers;
        _next = new int[callers];
        _remembered = remembered;
    }

    /// <summary>Makes locks; the first <paramref name="hot"/> of them are to be cycled.</summary>
    public static async Task<CycledLocks> CreateAsync(ILockStore store, int rows, int hot, int callers, int remembered)
    {
        var locks = new CycledLocks(
            store,
            [.. Enumerable.Range(0, hot).Select(n => New(n, remembered))],
            callers,
            remembered);
        foreach (var chunk in locks._locks.Concat(Enumerable.Range(hot, rows - hot).Select(n => New(n, 1))).Chunk(1_000))
            Accept(await store.CommitAsync([.. chunk.Select(stored => Write(stored, 0))], CancellationToken.None));

        return locks;
    }

    /// <summary>Takes those that are free of the caller's next ones and frees those that are held.</summary>
    public async Task CommitAsync(int caller, int rows, CancellationToken cancellationToken)
    {
        var writes = new LockWrite[rows];
        var now = Now();
        for (var i = 0; i < rows; i++)
        {
            ref var stored = ref _locks[Next(caller)];
            var before = stored.Version;
            stored = stored with
            {
                Version = LockWrite.VersionAfter(before, now),
                ExpiryTokenId = stored.State.Holder is null ? Guid.CreateVersion7(now) : null,
                State = stored.State.Holder is null ? Taken(stored.State, now) : Freed(stored.State, now),
            };
            writes[i] = Write(stored, before);
        }

        Accept(await _store.CommitAsync(writes, cancellationToken));
    }

    public async Task LoadAsync(int caller, int rows, CancellationToken cancellationToken)
    {
        var found = await _store.LoadAsync([.. Enumerable.Range(0, rows).Select(_ => _locks[Next(caller)].Id)], cancellationToken);
        if (found.Count != rows)
            throw new InvalidOperationException($"{rows - found.Count} locks were not found.");
    }

    public Task SweepAsync(CancellationToken cancellationToken) => Task.WhenAll(
        _store.FindOverdueAsync(Now().AddHours(-1), 1_000, cancellationToken),
        _store.PurgeIdleAsync(Now().AddDays(-1), 1_000, cancellationToken));

    private static StoredLock New(int n, int remembered)
    {
        var key = $"orders/{n:D8}/payment";
        var now = Now();
        var ended = Enumerable.Range(0, remembered).Select(_ => new EndedAttempt(
            Guid.CreateVersion7(), Ending.Held, now, Owner, new EndedGrant(1, now))).ToImmutableArray();
        return new StoredLock(
            LockKey.ToId(key), 1, LockState.NeverTaken(key) with { LastFence = 1, Ended = new EndedAttempts(ended) }, null);
    }

    private static LockState Taken(LockState state, DateTimeOffset now)
    {
        var fence = state.LastFence + 1;
        return state with
        {
            LastFence = fence,
            Holder = new Holder(
                Guid.CreateVersion7(now), Owner, OwnerTokens.Mint(), fence, Lease, now, now + Lease, LockStage.Held, "0193f5c1a2b34c5d8e9f",
                new ReplyTo(new Uri("rabbitmq://localhost/locks-client-0193f5c1a2b34c5d8e9f?temporary=true"), Guid.CreateVersion7(now))),
        };
    }

    private LockState Freed(LockState state, DateTimeOffset now) => state with
    {
        Holder = null,
        Ended = _remembered == 0
            ? EndedAttempts.None
            : state.Ended.Remember(
                new EndedAttempt(
                    state.Holder!.AcquireId, Ending.Held, now, Owner, new EndedGrant(state.Holder.FencingToken, state.Holder.GrantedAt)),
                new LockRulesLimits { AttemptsRemembered = _remembered }),
    };

    private static LockWrite Write(StoredLock stored, long expectedVersion) => new(
        stored.Id, expectedVersion, stored.Version, stored.State, stored.ExpiryTokenId, Now(), [], [], []);

    private static void Accept(IReadOnlySet<Guid> refused)
    {
        if (refused.Count > 0)
            throw new InvalidOperationException($"{refused.Count} writes were refused, and no other writer is there.");
    }

    private static DateTimeOffset Now()
    {
        var now = TimeProvider.System.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private int Next(int caller) => (caller * _share) + (_next[caller]++ % _share);
}
