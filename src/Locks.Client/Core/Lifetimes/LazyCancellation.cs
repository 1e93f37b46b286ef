using Microsoft.Extensions.Logging;

namespace Locks.Client.Core.Lifetimes;

/// <summary>
/// A cancellation source that is created when its token is first asked for. Its token fires at once, and callbacks run on the thread pool:
/// a callback that blocks or throws must not keep the next lock from being lost in time.
/// </summary>
/// <remarks>
/// The source is created lazily because most locks' tokens are never asked for. It is never disposed of, because callbacks may still be
/// registered; a source without a timer holds nothing that needs disposal.
/// </remarks>
#pragma warning disable CA1001
internal sealed class LazyCancellation(ILogger logger)
#pragma warning restore CA1001
{
    private CancellationTokenSource? _source;
    private bool _isCancellationRequested;

    public CancellationToken Token => (Volatile.Read(ref _source) ?? CreateSource()).Token;

    public bool IsCancellationRequested => Volatile.Read(ref _isCancellationRequested);

    public void Cancel()
    {
        // First the flag, then the source; CreateSource does it the other way round. So one of the two cancels the source.
        Interlocked.Exchange(ref _isCancellationRequested, true);
        if (Volatile.Read(ref _source) is { } source)
            CancelSource(source);
    }

    private CancellationTokenSource CreateSource()
    {
        var made = new CancellationTokenSource();
        var source = Interlocked.CompareExchange(ref _source, made, null) ?? made;
        if (IsCancellationRequested)
            CancelSource(source);
        return source;
    }

    private void CancelSource(CancellationTokenSource source) => _ = source.CancelAsync().ContinueWith(
        static (called, logger) => ((ILogger)logger!).CallbackFailed(called.Exception!.GetBaseException()),
        logger,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
