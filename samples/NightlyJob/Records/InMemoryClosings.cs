using System.Collections.Concurrent;

namespace NightlyJob.Records;

/// <summary>The records of a run that happens in one process.</summary>
internal sealed class InMemoryClosings : IClosings
{
    private readonly ConcurrentQueue<Closing> _closings = new();

    public Task AddAsync(string run, Closing closing, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _closings.Enqueue(closing);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Closing>> ListAsync(string run, DateTimeOffset? due, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Closing>>([.. _closings.Where(closing => due is null || closing.Due == due)]);
}
