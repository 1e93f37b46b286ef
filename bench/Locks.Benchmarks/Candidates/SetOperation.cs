using System.Globalization;
using Locks.Benchmarks.Measuring;
using Locks.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Benchmarks.Candidates;

/// <summary>A client whose callers need several locks at once.</summary>
/// <param name="Broker">Its broker.</param>
/// <param name="Queue">The coordinator's queue.</param>
/// <param name="Keys">How many keys there are.</param>
/// <param name="Least">How many of them a caller needs at least.</param>
/// <param name="Most">How many of them a caller needs at most.</param>
/// <param name="How">How it takes them.</param>
internal sealed record SetOperationResource(Uri Broker, string Queue, int Keys, int Least, int Most, HowTaken How) : Resource
{
    // A busy machine takes a while for a thousand answers at once.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(1);

    public override async Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken)
    {
        var bus = await HostedBus.StartAsync(
            Broker,
            bus => bus.AddLockClient(options => (options.QueueName, options.RequestTimeout) = (Queue, RequestTimeout)),
            cancellationToken);
        return new SetOperation(bus, this);
    }
}

/// <summary>How several locks are taken.</summary>
internal enum HowTaken
{
    /// <summary>With one call.</summary>
    AsASet,

    /// <summary>One call for each, in order; where none is waited for, all of them at once.</summary>
    OneByOne,
}

/// <summary>Acquires and releases several locks, chosen at random.</summary>
internal sealed class SetOperation(HostedBus bus, SetOperationResource wanted) : IOperation
{
    public ILockClient Client { get; } = bus.Services.GetRequiredService<ILockClient>();

    public Task<Func<Task>> TakeAsync(string key, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var keys = ChooseFrom(key);
        return wanted.How == HowTaken.AsASet ? TakeSetAsync(keys, wait, cancellationToken)
            : wait is { } longest ? TakeInOrderAsync(keys, longest, cancellationToken)
            : TakeAtOnceAsync(keys);
    }

    /// <summary>How long a set takes to time out whose middle key is held by another client.</summary>
    public async Task<TimeSpan> TimeOutAsync(ILockClient other, string prefix, TimeSpan wait, CancellationToken cancellationToken)
    {
        var keys = Enumerable.Range(0, wanted.Keys).Select(number => KeyOf(prefix, number)).ToArray();
        await using var busy = await other.AcquireAsync(keys[keys.Length / 2], wait, TimeSpan.FromMinutes(1), cancellationToken);
        var start = TimeProvider.System.GetTimestamp();
        try
        {
            await using var set = await Client.AcquireAllAsync(keys, wait, cancellationToken: cancellationToken);
        }
        catch (LockTimeoutException timeout) when (timeout.Key == busy.Key)
        {
            return TimeProvider.System.GetElapsedTime(start);
        }

        throw new MeasurementFailedException($"The set was granted, though the lock '{busy.Key}' was held.");
    }

    public ValueTask DisposeAsync() => bus.DisposeAsync();

    private static string KeyOf(string prefix, int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number:d4}");

    private static void Require(bool wasHeld, string key)
    {
        if (!wasHeld)
            throw new MeasurementFailedException($"The lock '{key}' was lost before its release.");
    }

    private string[] ChooseFrom(string prefix)
    {
        var numbers = Enumerable.Range(0, wanted.Keys).ToArray();
        if (wanted.Least == wanted.Keys)
            return [.. numbers.Select(number => KeyOf(prefix, number))];

        Random.Shared.Shuffle(numbers);
        return [.. numbers.Take(Random.Shared.Next(wanted.Least, wanted.Most + 1)).Order().Select(number => KeyOf(prefix, number))];
    }

    private async Task<Func<Task>> TakeSetAsync(string[] keys, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var set = wait is { } longest
            ? await Client.AcquireAllAsync(keys, longest, cancellationToken: cancellationToken)
            : await Client.TryAcquireAllAsync(keys, cancellationToken: CancellationToken.None)
                ?? throw new MeasurementFailedException("A set was busy, though no other caller uses its keys.");
        return async () => Require(await set.ReleaseAsync(), set.Keys[0]);
    }

    private async Task<Func<Task>> TakeInOrderAsync(string[] keys, TimeSpan wait, CancellationToken cancellationToken)
    {
        var handles = new Stack<ILockHandle>();
        foreach (var key in keys)
            handles.Push(await Client.AcquireAsync(key, wait, cancellationToken: cancellationToken));
        return async () =>
        {
            foreach (var handle in handles)
                Require(await handle.ReleaseAsync(), handle.Key);
        };
    }

    private async Task<Func<Task>> TakeAtOnceAsync(string[] keys)
    {
        var handles = await Task.WhenAll(keys.Select(key => Client.TryAcquireAsync(key)));
        return async () => Require(
            Array.TrueForAll(await Task.WhenAll(handles.Select(handle => handle!.ReleaseAsync())), wasHeld => wasHeld), keys[0]);
    }
}
