using Microsoft.Extensions.Logging;

namespace Locks.Client.Core.Lifetimes;

/// <summary>
/// A token that fires at once, while whoever listens is called on the thread pool: a callback of theirs that blocks or throws must not
/// keep the next lock from being lost in time.
/// </summary>
/// <remarks>
/// The source is made when somebody asks for its token, which for most locks nobody does, and never disposed of, because anybody may still
/// listen; without a timer it holds nothing that needs it.
/// </remarks>
#pragma warning disable CA1001
internal sealed class LazyCancellation(ILogger logger)
#pragma warning restore CA1001
{
    private CancellationTokenSource? _source;
    private bool _hasFired;

    public CancellationToken Token => (Volatile.Read(ref _source) ?? Make()).Token;

    public bool HasFired => Volatile.Read(ref _hasFired);

    public void Fire()
    {
        // First the one, then the other, and the other way round when the source is made: one of the two finds out.
        Interlocked.Exchange(ref _hasFired, true);
        if (Volatile.Read(ref _source) is { } source)
            Cancel(source);
    }

    private CancellationTokenSource Make()
    {
        var made = new CancellationTokenSource();
        var source = Interlocked.CompareExchange(ref _source, made, null) ?? made;
        if (HasFired)
            Cancel(source);
        return source;
    }

    private void Cancel(CancellationTokenSource source) => _ = source.CancelAsync().ContinueWith(
        static (called, logger) => ((ILogger)logger!).CallbackFailed(called.Exception!.GetBaseException()),
        logger,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
