using System.Text.RegularExpressions;
using Locks.TestKit;

namespace Locks.Contracts.Tests.Docs;

/// <summary>One of the repository's Markdown pages.</summary>
/// <param name="Path">From the root, with forward slashes.</param>
/// <param name="Text">What it holds, with line feeds only.</param>
internal sealed partial record Page(string Path, string Text)
{
    /// <summary>Every page that is maintained here.</summary>
    public static IReadOnlyList<Page> All { get; } =
        [.. Repository.Pages.Select(Read)];

    /// <summary>All code: spans in backticks and fenced blocks, but for diagrams, whose keywords are not ours (<c>Note over …</c>).</summary>
    public string Code => string.Join('\n', CodeParts().Matches(Diagram().Replace(Text, "")).Select(match => match.Value));

    /// <summary>The spans in backticks, without them, in order. Fenced blocks are not spans.</summary>
    public IEnumerable<string> CodeSpans => Span().Matches(Fence().Replace(Text, "")).Select(match => match.Groups[1].Value);

    /// <summary>The text without what a program writes: the figures of the speed page.</summary>
    public string WrittenByHand => Generated().Replace(Text, "");

    /// <summary>The page without its fenced code blocks and code spans.</summary>
    public string Prose => Span().Replace(Fence().Replace(WrittenByHand, ""), "");

    /// <summary>A page by its path from the root.</summary>
    public static Page At(string path) => All.Single(page => page.Path == path);

    /// <inheritdoc/>
    public override string ToString() => Path;

    private static Page Read(string path) => new(path, File.ReadAllText(Repository.PathOf(path)).ReplaceLineEndings("\n"));

    [GeneratedRegex("^```.*?^```|`[^`\n]+`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeParts();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("^```mermaid.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Diagram();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex("<!-- figures: begin.*?<!-- figures: end -->", RegexOptions.Singleline)]
    private static partial Regex Generated();
}
