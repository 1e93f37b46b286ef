using Xunit;

namespace Locks.Contracts.Tests;

public sealed class LockKeyTests
{
    // Made with Python: uuid.uuid5(uuid.UUID("5a3f2c1e-7b0d-4e57-9a61-0d2c8f6b4e13"), key).
    [Theory]
    [InlineData("a", "7323dd07-94e2-51ea-b262-76f40cfe4574")]
    [InlineData("orders/42", "4ec407a9-32dd-5410-b377-e986d55338b4")]
    [InlineData("caf\u00e9", "b2eb8b41-1e13-5569-8c34-76986a7a322c")]
    [InlineData("\U0001F512", "40c47ca8-9b6e-5d8c-aafa-878fe73df831")]
    public void ToId_IsTheVersion5UuidOfTheKey(string key, string id) => Assert.Equal(new Guid(id), LockKey.ToId(key));

    [Fact]
    public void ToId_OfTheLongestKeys_UsesEveryByte()
    {
        Assert.Equal(new Guid("eb2800e3-c0e8-54af-a231-8cf43ce3f2bc"), LockKey.ToId(new string('x', 512)));
        Assert.Equal(new Guid("56ac353e-66c4-5cb1-9c0d-e6ba8bd76cbb"), LockKey.ToId(new string('\u00e9', 256)));
    }

    [Fact]
    public void ToId_CarriesTheVersionAndTheVariant()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var id = LockKey.ToId($"key-{i}");
            Assert.Equal(5, id.Version);
            Assert.InRange(id.Variant, 0x8, 0xB);
        }
    }

    [Theory]
    [InlineData("orders/42", "Orders/42")]
    [InlineData("caf\u00e9", "cafe\u0301")]
    [InlineData("a", "a ")]
    [InlineData("stra\u00dfe", "strasse")]
    public void ToId_ComparesKeysOrdinally(string one, string other) => Assert.NotEqual(LockKey.ToId(one), LockKey.ToId(other));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a\0b")]
    public void ToId_OfAnInvalidKey_IsRefused(string? key) =>
        Assert.Equal("key", Assert.Throws<ArgumentException>(() => LockKey.ToId(key!)).ParamName);

    // Not as inline data: the runner would replace the lone surrogates on their way here.
    [Fact]
    public void ToId_OfBrokenOrOversizedText_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => LockKey.ToId("\ud83d"));
        Assert.Throws<ArgumentException>(() => LockKey.ToId(new string('x', 513)));
        Assert.Throws<ArgumentException>(() => LockKey.ToId(new string('\u00e9', 257)));
    }

    [Theory]
    [InlineData("order:1")]
    [InlineData("é~")]
    public void From_ANameThatIsAKey_IsThatKey(string name) => Assert.Equal(name, LockKey.From(name));

    [Fact]
    public void From_AnyOtherName_IsAKeyOfItsOwn()
    {
        string[] names =
        [
            "", "\0", "a\0b", "a\ud83d", "a\ud83e", "a\ufffdb" + new string('x', 600), new string('x', 513), new string('x', 514),
            new string('X', 513), new string('\0', 513), string.Concat(Enumerable.Repeat("\ud83d\ude00", 300)),
        ];

        var keys = names.Select(LockKey.From).ToArray();

        Assert.Equal(keys.Length, keys.Distinct(StringComparer.Ordinal).Count());
        Assert.All(keys, key => Assert.Null(LockLimits.CheckKey(key)));
        Assert.Equal(keys, names.Select(LockKey.From));
        Assert.StartsWith(new string('x', 128) + "~", LockKey.From(new string('x', 513)), StringComparison.Ordinal);
        Assert.Equal("~e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", LockKey.From(""));
        Assert.Throws<ArgumentNullException>(() => LockKey.From(null!));
    }
}
