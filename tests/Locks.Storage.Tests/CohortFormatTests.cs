using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Storage.Relational;
using Xunit;

namespace Locks.Storage.Tests;

public sealed class CohortFormatTests
{
    [Fact]
    public void NoFollowers_AreNull()
    {
        Assert.Null(CohortFormat.Write(null));
        Assert.Null(CohortFormat.Read(null));
    }

    [Fact]
    public void TheStoredForm_IsPinned()
    {
        var cohort = new Cohort(
        [
            new CohortMember(new Guid("00112233-4455-6677-8899-aabbccddeeff"), 1_764_000_000_000_002),
            new CohortMember(new Guid("ffeeddcc-bbaa-9988-7766-554433221100"), long.MaxValue),
        ]);

        var bytes = CohortFormat.Write(cohort)!;

        Assert.Equal(
            "0100112233445566778899AABBCCDDEEFF0006445941624002FFEEDDCCBBAA998877665544332211007FFFFFFFFFFFFFFF", Convert.ToHexString(bytes));
        Assert.Equal(cohort, CohortFormat.Read(bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0100")]
    [InlineData("0200112233445566778899AABBCCDDEEFF0006445941624002")]
    public void AnotherForm_IsRefused(string hex) =>
        Assert.Throws<InvalidDataException>(() => CohortFormat.Read(Convert.FromHexString(hex)));
}
