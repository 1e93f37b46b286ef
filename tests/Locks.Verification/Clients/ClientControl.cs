namespace Locks.Verification.Clients;

/// <summary>Deliberate defects of a client. A checker that does not find them is blind.</summary>
[Flags]
internal enum ClientControl
{
    /// <summary>No defect.</summary>
    None = 0,

    /// <summary>The resource does not look at the fencing token of this client's writes.</summary>
    NoFence = 1,

    /// <summary>The client goes on as a holder without a look at <c>IsHeld</c> and <c>Lost</c>.</summary>
    IgnoreLoss = 2,
}
