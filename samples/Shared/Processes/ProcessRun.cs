namespace Samples.Processes;

/// <summary>A run in several processes on this machine: a coordinator, if there is one, and workers. Disposing ends all of them.</summary>
public sealed class ProcessRun(TimeProvider time) : IAsyncDisposable
{
    private readonly List<ChildProcess> _workers = [];
    private ChildProcess? _coordinator;

    /// <summary>Whether the work is done, so that the processes are ended in good order and not killed.</summary>
    public bool IsDone { get; set; }

    /// <summary>The processes of workers, in the order in which they were started.</summary>
    public IReadOnlyList<ChildProcess> Workers => _workers;

    /// <summary>Starts the coordinator, and waits until it is ready.</summary>
    public Task StartCoordinatorAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        _coordinator = new ChildProcess("coordinator", arguments);
        return _coordinator.WaitUntilReadyAsync(time, cancellationToken);
    }

    /// <summary>Starts processes of workers, and waits until all of them are ready.</summary>
    /// <param name="name">What they are called, before their number.</param>
    /// <param name="count">How many are started.</param>
    /// <param name="arguments">The arguments of each, by its number.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task StartWorkersAsync(string name, int count, Func<int, IEnumerable<string>> arguments, CancellationToken cancellationToken)
    {
        for (var number = 1; number <= count; number++)
            _workers.Add(new ChildProcess($"{name} {number}", arguments(number)));
        return Task.WhenAll(_workers.Select(worker => worker.WaitUntilReadyAsync(time, cancellationToken)));
    }

    /// <summary>Fails when the coordinator has ended: the work can't be finished without it.</summary>
    /// <exception cref="SampleException">The coordinator has ended.</exception>
    public void CheckCoordinator()
    {
        if (_coordinator is { HasExited: true })
            throw new SampleException("The coordinator ended before the run did.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Workers before the coordinator, which they may still need.
        List<ChildProcess> children = [.. _workers];
        if (_coordinator is not null)
            children.Add(_coordinator);
        if (!IsDone)
            children.ForEach(child => child.Abort());
        foreach (var child in children)
            await child.DisposeAsync();
    }
}
