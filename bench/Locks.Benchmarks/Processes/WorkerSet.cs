using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;

namespace Locks.Benchmarks.Processes;

/// <summary>The processes that take part in a measurement: one with the coordinator, and those that make load.</summary>
internal sealed class WorkerSet(IWorker server, IReadOnlyList<IWorker> clients)
{
    public IWorker Server => server;

    public IReadOnlyList<IWorker> Clients => clients;

    /// <summary>The processor time of all of them up to now. This process has its share even where it only looks on.</summary>
    public TimeSpan Cpu =>
        clients.Append(server)
            .DistinctBy(worker => worker.ProcessId)
            .Where(worker => worker.ProcessId != Environment.ProcessId)
            .Aggregate(Environment.CpuUsage.TotalTime, (sum, worker) => sum + worker.Cpu);

    /// <summary>Opens a candidate's client end in each process that makes load.</summary>
    /// <returns>The name that it has there.</returns>
    public async Task<string> OpenClientsAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        var name = $"{candidate.Name}-{Guid.CreateVersion7():N}";
        foreach (var client in clients)
            await client.DoAsync(new OpenResource(name, candidate.Client), cancellationToken);
        return name;
    }

    /// <summary>Shares the callers out to the processes, and lets them all begin at once.</summary>
    /// <exception cref="MeasurementFailedException">An operation failed.</exception>
    public async Task<Measurement> MeasureAsync(string part, LoadShape shape, CancellationToken cancellationToken)
    {
        GC.Collect();
        var cpu = Cpu;
        var found = await Task.WhenAll(clients
            .Select((client, index) => (Client: client, Shape: shape.ShareOf(index, clients.Count)))
            .Where(share => share.Shape.Callers > 0)
            .Select(share => share.Client.DoAsync(new MakeLoad(part, share.Shape), cancellationToken)));
        var spent = Cpu - cpu;
        cancellationToken.ThrowIfCancellationRequested();
        return Measurement.Of(found, spent, withFairness: shape.OneKey);
    }
}
