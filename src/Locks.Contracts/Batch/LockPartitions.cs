using System.Buffers.Binary;

namespace Locks.Contracts;

/// <summary>
/// Which of several queues a key belongs to. Coordinators that read <c>locks</c> may also read <c>locks-0</c>, <c>locks-1</c>, …, each by one
/// of them at a time, so that a key's state is in one coordinator's memory. It is only an optimisation: every queue serves every key.
/// </summary>
public static class LockPartitions
{
    /// <summary>The name of one of the queues.</summary>
    /// <param name="queueName">The common queue's name.</param>
    /// <param name="index">0 to one less than the number of queues.</param>
    public static string NameOf(string queueName, int index) => $"{queueName}-{index}";

    /// <summary>The name of the exchange that clients send <see cref="ClientAlive"/> to, and that every coordinator listens to.</summary>
    /// <param name="queueName">The common queue's name.</param>
    public static string LivenessNameOf(string queueName) => $"{queueName}-alive";

    /// <summary>The index of the queue that a lock belongs to.</summary>
    /// <param name="lockId">The lock's id (<see cref="LockKey.ToId"/>), whose bits are those of a SHA-1 hash.</param>
    /// <param name="partitions">How many queues there are, at least 1.</param>
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
