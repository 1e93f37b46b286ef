using System.Buffers.Binary;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Storage;

/// <summary>
/// Where a page of leases ended, in the order of their grants. It names no lease, because the id of a lease is a secret.
/// </summary>
/// <param name="GrantedAt">When the last lease was granted.</param>
/// <param name="Passed">How many of the leases that were granted at that moment have been told.</param>
internal readonly record struct LeasePlace(DateTimeOffset GrantedAt, int Passed)
{
    /// <summary>Before all leases.</summary>
    public static readonly LeasePlace First = new(DateTimeOffset.UnixEpoch, 0);

    private static readonly long MaxMicros = Micros.Of(DateTimeOffset.MaxValue);

    /// <summary>The place that was told as an id. Any id is a place.</summary>
    public static LeasePlace Of(Guid? told)
    {
        if (told is not { } id)
            return First;

        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return new(
            Micros.ToTime(Math.Clamp(BinaryPrimitives.ReadInt64BigEndian(bytes), 0, MaxMicros)),
            (int)Math.Clamp(BinaryPrimitives.ReadInt64BigEndian(bytes[8..]), 0, int.MaxValue));
    }

    /// <summary>The place behind the last lease of a page, as an id.</summary>
    /// <param name="grants">When each lease of the page was granted, in their order; one at least.</param>
    public Guid Behind(IReadOnlyList<DateTimeOffset> grants)
    {
        var last = grants[^1];
        var passed = grants.Count(grant => grant == last) + (last == GrantedAt ? Passed : 0);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Micros.Of(last));
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], passed);
        return new Guid(bytes, bigEndian: true);
    }
}
