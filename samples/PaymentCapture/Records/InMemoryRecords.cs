using System.Collections.Concurrent;

namespace PaymentCapture.Records;

/// <summary>The records of a run that happens in one process.</summary>
internal sealed class InMemoryRecords : ICaptures, ITallies
{
    private readonly ConcurrentDictionary<int, int> _captures = new();
    private volatile Counts _counts = new(0, 0, 0, 0);

    public Task<bool> ExistsAsync(string run, int payment, CancellationToken cancellationToken) => Task.FromResult(_captures.ContainsKey(payment));

    public Task AddAsync(string run, int payment, long fence, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _captures.AddOrUpdate(payment, 1, static (_, count) => count + 1);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<int, int>> CountAsync(string run, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<int, int>>(_captures.ToDictionary());

    public Task RecordAsync(string run, int process, Counts counts, CancellationToken cancellationToken)
    {
        _counts = counts;
        return Task.CompletedTask;
    }

    public Task<Counts> SumAsync(string run, CancellationToken cancellationToken) => Task.FromResult(_counts);
}
