namespace Locks.Coordinator.Storage;

/// <summary>
/// The order of keys in lists: that of their UTF-8 bytes, which is the databases' too. Among UTF-16 units it differs where one key has a
/// character beyond U+FFFF, which surrogates stand for.
/// </summary>
internal sealed class KeyOrder : IComparer<string>
{
    public static readonly KeyOrder Instance = new();

    private const char FirstSurrogate = '\uD800', BehindSurrogates = '\uE000';

    public int Compare(string? x, string? y)
    {
        var common = x.AsSpan().CommonPrefixLength(y);
        return common == x?.Length || common == y?.Length
            ? (x?.Length ?? 0) - (y?.Length ?? 0)
            : WeightOf(x![common]) - WeightOf(y![common]);
    }

    // Puts the surrogates behind all other units.
    private static int WeightOf(char unit) =>
        unit < FirstSurrogate ? unit
        : unit < BehindSurrogates ? unit + (char.MaxValue - BehindSurrogates + 1)
        : unit - (BehindSurrogates - FirstSurrogate);
}
