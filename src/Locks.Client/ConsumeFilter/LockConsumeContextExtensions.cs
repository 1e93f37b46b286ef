using Locks.Client;

namespace MassTransit;

/// <summary>Reads the lock of a guarded consumer from its context.</summary>
public static class LockConsumeContextExtensions
{
    /// <summary>
    /// The fencing token of the lock that the message is consumed under, for resources that refuse a lower one than they have seen.
    /// </summary>
    /// <param name="context">The consumer's context.</param>
    /// <exception cref="PayloadNotFoundException">The consumer is not guarded.</exception>
    public static long FencingToken(this ConsumeContext context) => context.GetPayload<ILockHandle>().FencingToken;
}
