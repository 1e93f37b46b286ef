namespace ScaleOut.Work;

/// <summary>Workers that are tasks of this process.</summary>
internal sealed class WorkerTasks : IWorkers, IAsyncDisposable
{
    private readonly List<(CancellationTokenSource Kill, Task Running)> _workers = [];

    public WorkerTasks(IEnumerable<Worker> workers)
    {
        foreach (var worker in workers)
        {
            var kill = new CancellationTokenSource();
            _workers.Add((kill, worker.RunAsync(kill.Token)));
        }
    }

    public void Kill(int number) => _workers[number - 1].Kill.Cancel();

    public void Check()
    {
        foreach (var failed in _workers.Select(worker => worker.Running).Where(running => running.IsFaulted))
            failed.GetAwaiter().GetResult();
    }

    /// <summary>Fails when one of them has failed, and completes only then or when one was killed.</summary>
    public async Task<int> FailureAsync()
    {
        await await Task.WhenAny(_workers.Select(worker => worker.Running));
        return ExitCode.Trouble;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (kill, running) in _workers)
        {
            await kill.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            kill.Dispose();
        }
    }
}
