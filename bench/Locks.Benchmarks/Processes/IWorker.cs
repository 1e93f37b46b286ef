using Locks.Benchmarks.Measuring;

namespace Locks.Benchmarks.Processes;

/// <summary>A process that parts are opened in.</summary>
internal interface IWorker : IAsyncDisposable
{
    /// <summary>Its number, as the system knows it.</summary>
    int ProcessId { get; }

    /// <summary>The processor time that it used up to now.</summary>
    TimeSpan Cpu { get; }

    /// <exception cref="MeasurementFailedException">The order failed, or the process ended.</exception>
    Task<TAnswer> DoAsync<TAnswer>(RemoteCall<TAnswer> order, CancellationToken cancellationToken)
        where TAnswer : notnull;
}
