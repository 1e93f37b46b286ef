namespace Locks.Client;

/// <summary>
/// The headers of what a guarded consumer sends. As with every header of an application, MassTransit hands them on: what a consumer that is
/// not guarded sends in turn carries those of the message that it consumes.
/// </summary>
public static class LockHeaders
{
    /// <summary>The lock's key.</summary>
    public const string Key = "Locks-Key";

    /// <summary>The lock's fencing token, a number.</summary>
    public const string FencingToken = "Locks-Fencing-Token";

    /// <summary>How often a guard had the message delivered again. MassTransit does not hand headers on that begin like this.</summary>
    internal const string Redeliveries = "MT-Locks-Redelivery-Count";
}
