using System.Collections.Immutable;
using Locks.Contracts;
using Locks.Coordinator.Domain;

namespace Locks.Storage.Relational;

/// <summary>
/// The form in which a holder's cohort is stored, in one column like <see cref="EndedAttemptsFormat"/>: a byte for the format's version,
/// then for each member its attempt's id (16 bytes) and its fencing token (8), everything big-endian. No cohort is stored as null.
/// </summary>
internal static class CohortFormat
{
    private const byte Version = 1;
    private const int MemberBytes = 16 + 8;

    public static byte[]? Write(Cohort? cohort)
    {
        if (cohort is null)
            return null;

        var bytes = new byte[1 + (cohort.Items.Length * MemberBytes)];
        var writer = new FormatWriter(bytes);
        writer.Byte(Version);
        foreach (var member in cohort.Items)
        {
            writer.Id(member.AcquireId);
            writer.Fixed(member.FencingToken);
        }

        return bytes;
    }

    /// <summary>Reads the cohort of the current grant. One that is left of an earlier grant is none.</summary>
    /// <param name="bytes">The column.</param>
    /// <param name="lastFence">The highest fencing token of the lock.</param>
    /// <exception cref="InvalidDataException">The bytes have another form, perhaps that of a newer coordinator.</exception>
    public static Cohort? Read(byte[]? bytes, long lastFence) =>
        Read(bytes) is { } stored && stored.LastFence == lastFence ? stored : null;

    /// <summary>The fencing token of the current grant; of a cohort, that of its first member.</summary>
    /// <param name="bytes">The column.</param>
    /// <param name="lastFence">The highest fencing token of the lock.</param>
    /// <exception cref="InvalidDataException">The bytes have another form, perhaps that of a newer coordinator.</exception>
    public static long FirstFence(byte[]? bytes, long lastFence) => lastFence - (Read(bytes, lastFence)?.Items.Length ?? 0);

    /// <exception cref="InvalidDataException">The bytes have another form, perhaps that of a newer coordinator.</exception>
    public static Cohort? Read(byte[]? bytes)
    {
        if (bytes is null)
            return null;
        if (bytes.Length < 1 + MemberBytes || bytes[0] != Version || (bytes.Length - 1) % MemberBytes != 0)
        {
            throw new InvalidDataException(
                $"The column 'holder_cohort' holds {bytes.Length} bytes in a form that this version of Locks cannot read; "
                + "was the lock written by a newer one?");
        }

        var cohort = ImmutableArray.CreateBuilder<CohortMember>((bytes.Length - 1) / MemberBytes);
        var reader = new FormatReader(bytes.AsSpan(1));
        while (!reader.IsAtEnd)
            cohort.Add(new CohortMember(reader.Id(), reader.Fixed()));
        return new Cohort(cohort.DrainToImmutable());
    }
}
