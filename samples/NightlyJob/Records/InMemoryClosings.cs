using System.Collections.Concurrent;

namespace NightlyJob.Records;

/// <summary>The records of a run that happens in one process.</summary>
internal sealed class InMemoryClosings : IClosings
{
    private readonly ConcurrentQueue<ShopClosing> _closings = new();

    public Task AddAsync(string run, ShopClosing closing, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _closings.Enqueue(closing);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<ShopClosing>> ListAsync(string run, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ShopClosing>>([.. _closings]);
}
