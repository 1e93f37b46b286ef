using Xunit;

namespace Locks.Contracts.Tests;

public sealed class LeaseFingerprintTests
{
    // Made with Python: hashlib.sha256(b"locks:lease-fingerprint:1:" + uuid.UUID(id).bytes), the first 16 bytes, with version 8 and the variant.
    [Theory]
    [InlineData("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "66d10066-c732-8ee7-9589-618299f18ee7")]
    [InlineData("00000000-0000-0000-0000-000000000000", "6270a580-2582-8014-ac1a-50932bdb1b45")]
    public void Of_IsTheHashOfAPrefixAndTheId_EverywhereAndAlways(string leaseId, string fingerprint) =>
        Assert.Equal(new Guid(fingerprint), LeaseFingerprint.Of(new Guid(leaseId)));

    [Fact]
    public void Of_IsAnotherThanTheAttemptId_OfTheSameId() =>
        Assert.NotEqual(AttemptId.Of(Guid.Empty), LeaseFingerprint.Of(Guid.Empty));
}
