using System.Text.RegularExpressions;
using Xunit;

namespace Locks.Contracts.Tests.Docs;

/// <summary>The names and words that decision 12 has replaced occur in no other page, and in no source.</summary>
public sealed partial class VocabularyTests
{
    private const string Decision = "docs/decisions/0012-the-fields-vocabulary.md";

    // It quotes some old words.
    private const string Itself = "tests/Locks.Contracts.Tests/Docs/VocabularyTests.cs";

    private static readonly IReadOnlyList<string> OldEntries = [.. Column(1, "## Names")];

    private static readonly IReadOnlyList<string> OldNames = [.. OldEntries.Select(LastOf).Distinct()];

    private static readonly IReadOnlyList<string> OldWords = [.. Column(1, "## Words")];

    public static TheoryData<string> Pages => [.. Page.All.Where(page => page.Path != Decision).Select(page => page.Path)];

    private static IEnumerable<SourceFile> Sources => SourceFile.All.Where(source => source.Path != Itself);

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

    [Fact]
    public void NoSource_UsesAnOldName()
    {
        var current = Column(2, "## Names").Select(Words).Where(words => words.Contains(' ', StringComparison.Ordinal)).ToList();
        var old = OldNames.Where(name => !IsOneWord().IsMatch(name)).Select(Words).Except(current).ToList();
        // A new name may begin as an old one does.
        var anyCurrent = AnyOf(current);
        var anyOld = AnyOf(old);

        var used = Sources.SelectMany(source => source.Names
            .Where(name => anyOld.IsMatch(anyCurrent.Replace(Words(name), ".")))
            .Select(name => $"{source}: {name}"));

        Assert.InRange(old.Count, 140, int.MaxValue);
        Assert.Empty(used);
    }

    [Fact]
    public void NoSource_DeclaresATypeOfAnOldName()
    {
        // Those of a member, as `LockReplies.Queues`, may still be the name of a type.
        var old = OldEntries.Where(entry => IsOneWord().IsMatch(entry)).ToHashSet();

        var used = Sources.SelectMany(source => source.Types.Where(old.Contains).Select(type => $"{source}: {type}"));

        Assert.InRange(Sources.Sum(source => source.Types.Count()), 500, int.MaxValue);
        Assert.Empty(used);
    }

    [Fact]
    public void NoSource_UsesAnOldWord()
    {
        var any = AnyOf(OldWords);

        var used = Sources.SelectMany(source => any.Matches(source.Prose).Select(match => $"{source}: {match.Value}").Distinct());

        Assert.Empty(used);
    }

    /// <summary>Whether words occur as a whole, also across the end of a line.</summary>
    private static bool Occurs(string words, string text, RegexOptions options) => Regex.IsMatch(text, $@"\b{Pattern(words)}\b", options);

    private static Regex AnyOf(IEnumerable<string> words) =>
        new($@"\b(?:{string.Join('|', words.OrderByDescending(word => word.Length).Select(Pattern))})\b", RegexOptions.IgnoreCase);

    private static string Pattern(string words) => Regex.Escape(words).Replace(@"\ ", @"\s+", StringComparison.Ordinal);

    private static string Words(string name) => SourceFile.WordsOf(name).ToLowerInvariant();

    private static string LastOf(string name) => name[(name.LastIndexOf('.') + 1)..];

    private static IEnumerable<string> Column(int number, string heading)
    {
        var sections = Page.At(Decision).Text.Split("\n## ");
        foreach (var section in sections.Where(section => $"## {section}".StartsWith(heading, StringComparison.Ordinal)))
        {
            foreach (Match row in Row().Matches(section))
            {
                foreach (Match span in Span().Matches(row.Groups[number].Value))
                    yield return span.Groups[1].Value;
            }
        }
    }

    [GeneratedRegex(@"^\|([^|\n]+)\|([^|\n]+)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Span();

    [GeneratedRegex("^[A-Za-z][a-z]*$")]
    private static partial Regex IsOneWord();
}
