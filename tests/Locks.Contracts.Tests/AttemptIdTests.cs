using Xunit;

namespace Locks.Contracts.Tests;

public sealed class AttemptIdTests
{
    // Made with Python: hashlib.sha256(b"locks:attempt-id:1:" + uuid.UUID(id).bytes), the first 16 bytes, with version 8 and the variant.
    [Theory]
    [InlineData("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "22bf4c9f-f842-8d19-b414-1d7dea1f37b7")]
    [InlineData("0192f1a0-0000-7000-8000-000000000001", "6c5fef14-135f-891c-a0c8-415314fa99b6")]
    [InlineData("00000000-0000-0000-0000-000000000000", "bc4ad0aa-1fcd-8cd9-9f7f-96c7fa5d0436")]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff", "6ca5a90f-af90-8920-990e-2bac3fb880e0")]
    public void Of_IsTheHashOfAPrefixAndTheId_EverywhereAndAlways(string acquireId, string attemptId) =>
        Assert.Equal(new Guid(attemptId), AttemptId.Of(new Guid(acquireId)));

    [Fact]
    public void Of_CarriesTheVersionAndTheVariant_AndTakesEveryBitIntoAccount()
    {
        var bytes = new Guid("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b").ToByteArray();
        var ids = new HashSet<Guid> { AttemptId.Of(new Guid(bytes)) };
        for (var bit = 0; bit < 128; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var id = AttemptId.Of(new Guid(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.Equal(8, id.Version);
            Assert.InRange(id.Variant, 0x8, 0xB);
            Assert.True(ids.Add(id), $"Bit {bit} makes no difference.");
        }
    }
}
