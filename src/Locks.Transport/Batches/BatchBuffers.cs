using System.Buffers;
using System.Collections.Concurrent;

namespace Locks.Transport.Batches;

/// <summary>
/// Buffers to write batches to, used again from one batch to the next. The bytes of a few hundred commands are a large object, and the garbage
/// collector goes through all generations for every few of those.
/// </summary>
internal static class BatchBuffers
{
    private const int MaxIdle = 16;
    private const int MaxIdleBytes = 1024 * 1024;

    private static readonly ConcurrentQueue<ArrayBufferWriter<byte>> Idle = new();

    /// <summary>Rents an empty buffer; disposing returns it.</summary>
    public static Rented Rent() => new(Idle.TryDequeue(out var buffer) ? buffer : new ArrayBufferWriter<byte>());

    /// <summary>A buffer that is rented.</summary>
    /// <param name="Buffer">The buffer.</param>
    internal readonly record struct Rented(ArrayBufferWriter<byte> Buffer) : IDisposable
    {
        public void Dispose()
        {
            if (Buffer.Capacity > MaxIdleBytes || Idle.Count >= MaxIdle)
                return;
            Buffer.ResetWrittenCount();
            Idle.Enqueue(Buffer);
        }
    }
}
