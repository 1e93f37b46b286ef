using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using MassTransit;

namespace Locks.Coordinator.Machine;

/// <summary>The saga of one shared lease: the lease, and what the state machine keeps beside it.</summary>
internal sealed class LeaseSaga : SagaStateMachineInstance
{
    private bool _leaseHasChanged;

    /// <summary>
    /// The lease's fingerprint. Its id is a secret, and MassTransit names a saga by this in its traces and its log.
    /// </summary>
    public Guid CorrelationId { get; set; }

    /// <summary>The name of the state, that of the lease's <see cref="LeaseStage"/>; absent before the first event.</summary>
    public string? CurrentState { get; set; }

    /// <summary>The version of the stored row that this instance was read from; 0 when there was none.</summary>
    public long Version { get; set; }

    /// <summary>The token of the timer that is set for this lease.</summary>
    public Guid? DueTokenId { get; set; }

    /// <summary>The lease.</summary>
    public required LeaseState Lease { get; set; }

    /// <summary>The decision on the event that is being handled. Not stored.</summary>
    public LeaseDecision? Decision { get; private set; }

    /// <summary>Whether there is anything to store.</summary>
    public bool HasChanged => _leaseHasChanged || DueTokenId != StoredDueTokenId;

    /// <summary>The timer that was set when this instance was read.</summary>
    public Guid? StoredDueTokenId { get; init; }

    /// <summary>The saga of a lease that no client has asked for yet.</summary>
    public static LeaseSaga NeverGranted(Guid id) => new()
    {
        CorrelationId = LeaseFingerprint.Of(id),
        Lease = LeaseState.NeverGranted(id),
    };

    /// <summary>Takes over a decision.</summary>
    public void Apply(LeaseDecision decision)
    {
        if (!ReferenceEquals(decision.Before, Lease))
            throw new LockInvariantException("a decision was made on another state than the saga's");

        Decision = decision;
        Lease = decision.After;
        _leaseHasChanged |= decision.ChangesLease;
    }
}
