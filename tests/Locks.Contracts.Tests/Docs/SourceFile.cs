using System.Text.RegularExpressions;
using Locks.TestKit;

namespace Locks.Contracts.Tests.Docs;

/// <summary>One of the repository's C# files.</summary>
/// <param name="Path">From the root, with forward slashes.</param>
/// <param name="Text">What it holds, with line feeds only.</param>
internal sealed partial record SourceFile(string Path, string Text)
{
    private static readonly string[] Folders = ["src", "tests", "bench", "samples"];

    /// <summary>Every C# file that is maintained here.</summary>
    public static IReadOnlyList<SourceFile> All { get; } =
    [
        .. Folders.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => System.IO.Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(path => !Generated().IsMatch(path))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllText(Repository.PathOf(path)).ReplaceLineEndings("\n"))),
    ];

    /// <summary>Every name in the file, in code and in comments, each once.</summary>
    public IEnumerable<string> Names => Name().Matches(Text).Select(match => match.Value).Distinct();

    /// <summary>The types that the file declares.</summary>
    public IEnumerable<string> Types => Declaration().Matches(Text).Select(match => match.Groups[1].Value);

    /// <summary>The comments, the texts in quotes and the names as words, one after the other: what a person reads.</summary>
    public string Prose => string.Join(
        "\n.\n",
        Comments().Matches(Text).Select(match => CommentMark().Replace(match.Value, " "))
            .Concat(Quotes().Matches(Text).Select(match => match.Value))
            .Concat(Names.Select(WordsOf)));

    /// <summary>The words of a name, with a space between: <c>Wait_InTheQueue</c> has four.</summary>
    public static string WordsOf(string name) => string.Join(' ', Word().Matches(name).Select(match => match.Value));

    /// <inheritdoc/>
    public override string ToString() => Path;

    [GeneratedRegex("/(bin|obj)/|/Migrations/")]
    private static partial Regex Generated();

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_]*")]
    private static partial Regex Name();

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\s*(?:\w+\s+)*(?:class|record|struct|interface|enum|delegate)\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    // Lines of comments that follow each other are one text.
    [GeneratedRegex(@"(?:^[ \t]*//.*\n)+|(?<![:""])//[^\n""]*$", RegexOptions.Multiline)]
    private static partial Regex Comments();

    [GeneratedRegex("^[ \t]*///?", RegexOptions.Multiline)]
    private static partial Regex CommentMark();

    [GeneratedRegex("\"[^\"\n]*\"")]
    private static partial Regex Quotes();
}
