using System.Buffers;
using System.Text.Json;
using Locks.Contracts;
using Locks.Transport.Batches;
using Xunit;

namespace Locks.Transport.Tests.Batches;

/// <summary>Batches are written to buffers that are used again.</summary>
public sealed class BatchBuffersTests
{
    private const int MaxIdleBytes = 1024 * 1024;

    [Fact]
    public void WhatWasWrittenBefore_IsNotSeen()
    {
        for (var commands = 300; commands > 0; commands /= 2)
        {
            var batch = Batch(commands);
            using var bytes = BatchBuffers.Rent();
            Assert.Equal(0, bytes.Buffer.WrittenCount);

            BatchSerializer.Commands.Write(batch, bytes.Buffer);

            Assert.Equal(JsonSerializer.SerializeToUtf8Bytes(batch, BatchJson.Default.LockCommands), bytes.Buffer.WrittenSpan);
            Assert.Equal(batch.Commands, BatchSerializer.Commands.Read(bytes.Buffer.WrittenSpan).Commands);
        }
    }

    [Fact]
    public void ABuffer_IsRentedOnceAtATime()
    {
        for (var round = 0; round < 3; round++)
        {
            var rented = Enumerable.Range(0, 100).Select(_ => BatchBuffers.Rent()).ToList();

            Assert.Equal(100, rented.Select(bytes => bytes.Buffer).Distinct(ReferenceEqualityComparer.Instance).Count());
            rented.ForEach(bytes => bytes.Dispose());
        }
    }

    [Fact]
    public void ABufferThatHasGrownLarge_IsNotKept()
    {
        var rented = BatchBuffers.Rent();
        var large = rented.Buffer;
        large.Write(new byte[MaxIdleBytes + 1]);
        rented.Dispose();

        // None of many is it, however many are idle.
        var others = Enumerable.Range(0, 100).Select(_ => BatchBuffers.Rent()).ToList();
        Assert.DoesNotContain(others, other => ReferenceEquals(other.Buffer, large));
        others.ForEach(bytes => bytes.Dispose());
    }

    private static LockCommands Batch(int commands) => new(
        LockKey.ToId("batch"),
        "loopback://localhost/client",
        [.. Enumerable.Range(0, commands).Select(i => new LockCommand { Release = new ReleaseLock($"key-{i}", "„Ü\"<>&") })]);
}
