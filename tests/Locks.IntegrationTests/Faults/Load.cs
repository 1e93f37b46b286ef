using Locks.Client;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>Clients that acquire and release a few locks all the time, and check that no other client holds one that they hold.</summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Keys = 6;
    private const int Workers = 4;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _end = new();
    private readonly int[] _inside = new int[Keys];
    private readonly List<Task> _workers;
    private int _overlaps;

    public Load(params ILockClient[] clients) =>
        _workers = [.. from client in clients from number in Enumerable.Range(0, Workers) select Task.Run(() => WorkAsync(client, number))];

    /// <summary>Stops, and fails if anything went wrong.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_workers);
        Assert.Equal(0, _overlaps);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task WorkAsync(ILockClient client, int number)
    {
        for (var turn = number; !_end.IsCancellationRequested; turn++)
        {
            var key = turn % Keys;
            await using var handle = await client.AcquireAsync($"load {key}", Wait, Wait);
            if (Interlocked.Increment(ref _inside[key]) != 1)
                Interlocked.Increment(ref _overlaps);
            await Task.Yield();
            Interlocked.Decrement(ref _inside[key]);
        }
    }
}
