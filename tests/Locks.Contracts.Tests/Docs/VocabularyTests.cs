using System.Text.RegularExpressions;
using Xunit;

namespace Locks.Contracts.Tests.Docs;

/// <summary>The names and words that decision 12 has replaced occur in no other page.</summary>
public sealed partial class VocabularyTests
{
    private const string Decision = "docs/decisions/0012-the-fields-vocabulary.md";

    private static readonly IReadOnlyList<string> OldNames =
        [.. FirstColumn("## Names").Select(name => name[(name.LastIndexOf('.') + 1)..]).Distinct()];

    private static readonly IReadOnlyList<string> OldWords = [.. FirstColumn("## Words")];

    public static TheoryData<string> Pages => [.. Page.All.Where(page => page.Path != Decision).Select(page => page.Path)];

    [Fact]
    public void TheDecision_ListsNamesAndWords()
    {
        Assert.Contains("holder_followers", OldNames);
        Assert.Contains("in line", OldWords);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void NoPage_UsesAnOldName(string path)
    {
        var page = Page.At(path);

        // A name of one word is an English word too, and is only meant in code; a longer one is meant everywhere.
        var used = OldNames.Where(name => Occurs(name, IsOneWord().IsMatch(name) ? page.Code : page.Text, RegexOptions.None));

        Assert.Empty(used);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void NoPage_UsesAnOldWord(string path)
    {
        var prose = Page.At(path).Prose;

        var used = OldWords.Where(word => Occurs(word, prose, RegexOptions.IgnoreCase));

        Assert.Empty(used);
    }

    /// <summary>Whether words occur as a whole, also across the end of a line.</summary>
    private static bool Occurs(string words, string text, RegexOptions options) =>
        Regex.IsMatch(text, $@"\b{Regex.Escape(words).Replace(@"\ ", @"\s+", StringComparison.Ordinal)}\b", options);

    private static IEnumerable<string> FirstColumn(string heading)
    {
        var sections = Page.At(Decision).Text.Split("\n## ");
        foreach (var section in sections.Where(section => $"## {section}".StartsWith(heading, StringComparison.Ordinal)))
        {
            foreach (Match row in Row().Matches(section))
            {
                foreach (Match span in Span().Matches(row.Groups[1].Value))
                    yield return span.Groups[1].Value;
            }
        }
    }

    [GeneratedRegex(@"^\|([^|\n]+)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Span();

    [GeneratedRegex("^[A-Za-z][a-z]*$")]
    private static partial Regex IsOneWord();
}
