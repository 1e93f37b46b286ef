using ScaleOut.Work;

namespace ScaleOut.Processes;

/// <summary>Workers that are processes.</summary>
internal sealed class WorkerProcesses(ProcessRun processes) : IWorkers
{
    private readonly HashSet<int> _killed = [];

    public void Kill(int number)
    {
        _killed.Add(number);
        processes.Workers[number - 1].Kill();
    }

    public void Check()
    {
        processes.CheckCoordinator();
        if (processes.Workers.Where((worker, index) => worker.HasExited && !_killed.Contains(index + 1)).FirstOrDefault() is { } ended)
            throw new SampleException($"The process '{ended.Name}' ended before the run did.");
    }
}
