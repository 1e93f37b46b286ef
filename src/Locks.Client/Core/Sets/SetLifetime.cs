using Locks.Client.Core.Lifetimes;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Core.Sets;

/// <summary>
/// What has become of the locks of a set. The locks refer to this object, and it to none of them: that the application refers to the set no
/// more would otherwise never show.
/// </summary>
internal sealed class SetLifetime(ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly LazyCancellation _lost = new(logger);
    private LazyCancellation _interrupted = new(logger);
    private LockLoss? _interruption;
    private bool _hasBegun;
    private LockLoss? _loss;

    /// <summary>Why the first of the locks was lost after the set had been acquired, if one was.</summary>
    public LockLoss? Loss
    {
        get
        {
            lock (_gate)
                return _loss;
        }
    }

    /// <summary>Fires when one of the locks is lost after the set has been acquired.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Fires when one of the locks is lost before the set has been acquired.</summary>
    public CancellationToken Interrupted
    {
        get
        {
            lock (_gate)
                return _interrupted.Token;
        }
    }

    /// <summary>One of the locks is lost.</summary>
    public void OnLockLost(LockLoss loss)
    {
        lock (_gate)
        {
            if (!_hasBegun)
            {
                _interruption ??= loss;
                _interrupted.Cancel();
            }
            else if (_loss is null)
            {
                // Together, so that no caller sees a set that is not held and a token that has not fired. Callbacks run on the thread pool.
                _loss = loss;
                _lost.Cancel();
            }
        }
    }

    /// <summary>What is lost from now on interrupts anew.</summary>
    /// <returns>The loss that has interrupted before; <see langword="null"/> if none has.</returns>
    public LockLoss? ResetInterruption()
    {
        lock (_gate)
        {
            var interruption = _interruption;
            if (interruption is not null)
                (_interruption, _interrupted) = (null, new LazyCancellation(logger));
            return interruption;
        }
    }

    /// <summary>The set is acquired, unless one of its locks has been lost meanwhile.</summary>
    public bool TryBegin()
    {
        lock (_gate)
            return _hasBegun = _interruption is null;
    }
}
