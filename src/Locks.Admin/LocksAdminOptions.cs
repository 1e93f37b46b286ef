using System.Diagnostics.CodeAnalysis;
using Locks.Contracts;

namespace Locks.Admin;

/// <summary>Who may use the admin API, and how many writes each operator may make.</summary>
public sealed class LocksAdminOptions
{
    /// <summary>The shortest key of access, in characters.</summary>
    public const int MinKeyLength = 16;

    /// <summary>The longest key of access, in characters.</summary>
    public const int MaxKeyLength = 256;

    /// <summary>
    /// Keys that allow reading, by the name of the operator that has each: 16 to 256 letters, digits and <c>- . _ ~ + / =</c>. Default: none.
    /// As soon as there is a key here or in <see cref="WriteKeys"/>, every request needs one, also from the same machine.
    /// </summary>
    public IDictionary<string, string> ReadKeys { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Keys that allow reading and writing, by the name of the operator that has each, of the same form. Default: none.</summary>
    public IDictionary<string, string> WriteKeys { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How many writes one operator may make at once, before <see cref="WritesPerMinute"/> counts: 1 to 1,000. Default: 10.</summary>
    public int WriteBurst { get; set; } = 10;

    /// <summary>How many writes one operator may make in a minute, evenly: 1 to 6,000. Default: 60.</summary>
    public int WritesPerMinute { get; set; } = 60;

    /// <summary>
    /// The authorization policy of the host that decides who may read. Default: none, so the keys decide, or without keys that the request
    /// comes from the same machine. It goes together with <see cref="WritePolicy"/>.
    /// </summary>
    public string? ReadPolicy { get; set; }

    /// <summary>The authorization policy of the host that decides who may write. It goes together with <see cref="ReadPolicy"/>.</summary>
    public string? WritePolicy { get; set; }

    /// <summary>What is wrong: each sentence names the option and the limit, and never shows a key.</summary>
    internal IEnumerable<string> Problems()
    {
        foreach (var problem in ProblemsOf(nameof(ReadKeys), ReadKeys).Concat(ProblemsOf(nameof(WriteKeys), WriteKeys)))
            yield return problem;

        var all = ReadKeys.Concat(WriteKeys).ToList();
        foreach (var shared in all.GroupBy(entry => entry.Value, StringComparer.Ordinal).Where(entries => entries.Count() > 1))
            yield return $"ReadKeys and WriteKeys have one key for {string.Join(" and ", shared.Select(entry => entry.Key))}; each needs its own.";

        if (WriteBurst is < 1 or > 1_000)
            yield return $"{nameof(WriteBurst)} is '{WriteBurst}'; it must be 1 to 1,000.";
        if (WritesPerMinute is < 1 or > 6_000)
            yield return $"{nameof(WritesPerMinute)} is '{WritesPerMinute}'; it must be 1 to 6,000.";
        if (ReadPolicy is null != WritePolicy is null)
            yield return $"{nameof(ReadPolicy)} and {nameof(WritePolicy)} go together; one of them is not set.";
    }

    private static IEnumerable<string> ProblemsOf(string group, IDictionary<string, string> keys)
    {
        foreach (var (name, key) in keys)
        {
            if (LockLimits.CheckBy(name) is not null)
                yield return $"{group} has a name of {name.Length} characters; it must have 1 to {LockLimits.MaxOwnerBytes} UTF-8 bytes.";
            if (!IsKey(key))
            {
                yield return $"{group}:{name} (not shown) is no key; it must have {MinKeyLength} to {MaxKeyLength} letters, digits and - . _ ~ + / =.";
            }
        }
    }

    // What RFC 6750 allows a bearer to send.
    private static bool IsKey([NotNullWhen(true)] string? key) =>
        key is { Length: >= MinKeyLength and <= MaxKeyLength }
        && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~' or '+' or '/' or '=');
}
