namespace Locks.Failpoints;

/// <summary>A step of a coordinator at which it can be made to die.</summary>
internal enum Failpoint
{
    /// <summary>It has decided, and nothing is stored.</summary>
    BeforeCommit,

    /// <summary>What it has decided is stored, and no client is told of it.</summary>
    AfterCommit,

    /// <summary>
    /// The replies are sent, and the messages that they answer are not acknowledged. No confirmation is awaited for replies, so what the
    /// connection has not written yet is lost with the process.
    /// </summary>
    AfterReply,
}
