using System.Text.RegularExpressions;

namespace Locks.TestKit;

/// <summary>What samples/README.md says: the commands, the servers that they name, and the last lines of their output.</summary>
public static partial class SamplesPage
{
    private const string File = "samples/README.md";

    private static readonly string Text = System.IO.File.ReadAllText(Repository.PathOf(File)).ReplaceLineEndings("\n");

    /// <summary>The commands.</summary>
    public static IReadOnlyList<SampleCommand> Commands { get; } =
    [
        .. Command().Matches(Text).Select(match => new SampleCommand(
            match.Groups["sample"].Value,
            match.Groups["arguments"].Value.Replace("\\\n", " ", StringComparison.Ordinal)
                .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))),
    ];

    /// <summary>The value of a variable that the page has its reader set.</summary>
    public static string Variable(string name) =>
        Regex.Match(Text, $"^{name}=(\"?)(.*)\\1$", RegexOptions.Multiline).Groups[2].Value;

    /// <summary>The last line that the page shows of a sample's output.</summary>
    public static string LastLineOf(string sample)
    {
        var section = Section().Matches(Text).Single(match => match.Groups["sample"].Value == sample).Value;
        var output = Block().Matches(section).First(match => match.Groups["language"].Length == 0);
        return output.Groups["text"].Value.Split('\n')[^1];
    }

    [GeneratedRegex(@"^## (?<sample>\w+)\n(?:(?!^## )[\s\S])*", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<text>[\s\S]*?)\n```$", RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^dotnet run --project samples/(?<sample>\w+)(?: -- (?<arguments>(?:\\\n|[^\n#])*))?", RegexOptions.Multiline)]
    private static partial Regex Command();
}

/// <summary>A command on the page.</summary>
/// <param name="Sample">The sample that it runs.</param>
/// <param name="Arguments">The sample's arguments, with variables in place of the servers' addresses.</param>
public sealed record SampleCommand(string Sample, IReadOnlyList<string> Arguments)
{
    /// <summary>Whether it needs servers.</summary>
    public bool NeedsServers => Arguments.Contains("$BROKER");

    /// <summary>Its arguments with these servers.</summary>
    public IEnumerable<string> ArgumentsFor(string broker, string store) => Arguments.Select(argument => argument.Trim('"') switch
    {
        "$BROKER" => broker,
        "$STORE" => store,
        var other => other,
    });

    /// <inheritdoc/>
    public override string ToString() => $"{Sample} {string.Join(' ', Arguments)}";
}
