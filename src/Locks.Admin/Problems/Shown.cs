namespace Locks.Admin.Problems;

/// <summary>What a problem repeats of a value that a caller sent.</summary>
internal static class Shown
{
    private const int Most = 64;

    /// <summary>The value, or its beginning when it is long.</summary>
    public static string Of(string? value) => value is null ? "" : value.Length <= Most ? value : string.Concat(value.AsSpan(0, Most), "…");
}
