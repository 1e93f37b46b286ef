namespace Locks.Benchmarks.Candidates;

/// <summary>The client's end of what is measured.</summary>
internal interface IOperation : IAsyncDisposable
{
    /// <summary>The first half of an operation.</summary>
    /// <param name="key">What is locked, where something is.</param>
    /// <param name="wait">How long to wait while another owner holds it; absent where it must be free.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The second half.</returns>
    Task<Func<Task>> TakeAsync(string key, TimeSpan? wait, CancellationToken cancellationToken);
}
