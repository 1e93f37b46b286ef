using Microsoft.Extensions.Logging;

namespace Locks.Client.Core.Lifetimes;

/// <summary>
/// A token that fires at once, while whoever listens is called on the thread pool: a callback of theirs that blocks or throws must not
/// keep the next lock from being lost in time.
/// </summary>
/// <remarks>The source is never disposed of, because anybody may still listen; without a timer it holds nothing that needs it.</remarks>
#pragma warning disable CA1001
internal sealed class Signal(ILogger logger)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _source = new();

    public CancellationToken Token => _source.Token;

    public bool HasFired => _source.IsCancellationRequested;

    public void Fire() => _ = _source.CancelAsync().ContinueWith(
        static (called, logger) => ((ILogger)logger!).CallbackFailed(called.Exception!.GetBaseException()),
        logger,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
