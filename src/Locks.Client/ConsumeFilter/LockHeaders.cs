namespace Locks.Client;

/// <summary>
/// The headers of the messages that a guarded consumer sends. As with every header of an application, MassTransit copies them: what a
/// consumer that is not guarded sends in turn carries the headers of the message that it consumes.
/// </summary>
public static class LockHeaders
{
    /// <summary>The lock's key.</summary>
    public const string Key = "Locks-Key";

    /// <summary>The lock's fencing token, a number.</summary>
    public const string FencingToken = "Locks-Fencing-Token";

    /// <summary>How often a guard had the message redelivered. MassTransit does not copy headers with this prefix.</summary>
    internal const string Redeliveries = "MT-Locks-Redelivery-Count";
}
