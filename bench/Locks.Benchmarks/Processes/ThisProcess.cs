using Locks.Benchmarks.Measuring;

namespace Locks.Benchmarks.Processes;

/// <summary>Does orders in the program's own process.</summary>
internal sealed class ThisProcess : IWorker
{
    private readonly OpenResources _parts = new();

    public int ProcessId => Environment.ProcessId;

    public TimeSpan Cpu => Environment.CpuUsage.TotalTime;

    public async Task<TAnswer> DoAsync<TAnswer>(RemoteCall<TAnswer> order, CancellationToken cancellationToken)
        where TAnswer : notnull
    {
        try
        {
            return await order.DoAsync(_parts, cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or MeasurementFailedException))
        {
            throw new MeasurementFailedException($"{order.GetType().Name} failed: {exception.Message}", exception);
        }
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();
}
