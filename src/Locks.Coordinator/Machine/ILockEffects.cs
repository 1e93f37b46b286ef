using Locks.Contracts;
using Locks.Coordinator.Domain;
using MassTransit;

namespace Locks.Coordinator.Machine;

/// <summary>
/// Where the effects of an event go. In the pipeline they take effect when the decision is committed; where the machine is hosted as a plain
/// saga, MassTransit carries them out.
/// </summary>
internal interface ILockEffects
{
    /// <summary>The shared lease that an acquire names, as it was read together with the lock.</summary>
    LeaseSnapshot? Lease { get; }

    /// <summary>Sends a reply.</summary>
    ValueTask ReplyAsync(ReplyTo to, object reply);

    /// <summary>Sets a timer.</summary>
    /// <returns>The token that names the timer.</returns>
    ValueTask<Guid> SetTimerAsync(DateTimeOffset dueAt, LeaseExpired message);

    /// <summary>Cancels a timer.</summary>
    ValueTask CancelTimerAsync(Guid tokenId);
}

/// <summary>Finds the effects of an event.</summary>
internal static class LockEffects
{
    /// <summary>The pipeline's, if the event comes through it; MassTransit's otherwise.</summary>
    public static ILockEffects Of(ConsumeContext context) =>
        context.TryGetPayload(out ILockEffects? effects) ? effects : new PlainSagaEffects(context);
}
