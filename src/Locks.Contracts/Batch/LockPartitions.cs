using System.Buffers.Binary;

namespace Locks.Contracts;

/// <summary>
/// The partition that a key belongs to. Coordinators that read <c>locks</c> may also read <c>locks-0</c>, <c>locks-1</c>, …, one
/// coordinator at a time each, so that a key's state is in one coordinator's memory. That is only an optimisation: every queue serves every
/// key.
/// </summary>
public static class LockPartitions
{
    /// <summary>The name of a partition's queue.</summary>
    /// <param name="queueName">The common queue's name.</param>
    /// <param name="index">0 to one less than the number of partitions.</param>
    public static string NameOf(string queueName, int index) => $"{queueName}-{index}";

    /// <summary>
    /// The name of the exchange that clients send <see cref="ClientAlive"/> to, and that every coordinator receives from.
    /// </summary>
    /// <param name="queueName">The common queue's name.</param>
    public static string LivenessNameOf(string queueName) => $"{queueName}-alive";

    /// <summary>
    /// The name of the queue that clients send queries to, such as <see cref="DescribeLock"/>. Every coordinator reads it, and one
    /// answers. It is not the common queue, so that a query is answered while commands wait there, and no command waits behind queries.
    /// </summary>
    /// <param name="queueName">The common queue's name.</param>
    public static string QueriesNameOf(string queueName) => $"{queueName}-queries";

    /// <summary>The index of the partition that a lock belongs to.</summary>
    /// <param name="lockId">The lock's id (<see cref="LockKey.ToId"/>), whose bits are those of a SHA-1 hash.</param>
    /// <param name="partitions">How many partitions there are, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="partitions"/> is less than 1.</exception>
    public static int IndexOf(Guid lockId, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        Span<byte> bytes = stackalloc byte[16];
        lockId.TryWriteBytes(bytes, bigEndian: true, out _);
        // The last four bytes: no version or variant bits among them.
        return (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) % (uint)partitions);
    }
}
