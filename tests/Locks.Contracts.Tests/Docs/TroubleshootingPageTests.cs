using System.Text.RegularExpressions;
using Xunit;

namespace Locks.Contracts.Tests.Docs;

/// <summary>The page on troubleshooting has every message that the product can give.</summary>
public sealed partial class TroubleshootingPageTests
{
    // The test kit's messages are for the author of a test, and the meters' descriptions for a dashboard.
    private static readonly IReadOnlyList<SourceFile> Sources =
    [
        .. SourceFile.All.Where(source => source.Path.StartsWith("src/", StringComparison.Ordinal)
            && !source.Path.StartsWith("src/Locks.Testing/", StringComparison.Ordinal)
            && !source.Path.EndsWith("Meter.cs", StringComparison.Ordinal)),
    ];

    private static readonly string Page = Spaces().Replace(Docs.Page.At("docs/troubleshooting.md").Text, " ");

    public static TheoryData<string> Projects => [.. Sources.Select(ProjectOf).Distinct()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void EveryMessageOfAProject_IsOnThePage(string project)
    {
        var missing = Sources.Where(source => ProjectOf(source) == project)
            .SelectMany(source => MessageTexts.Of(source).Select(MessageTexts.FirstSentence)
                .Where(sentence => !Page.Contains(sentence, StringComparison.Ordinal))
                .Select(sentence => $"{source}: {sentence}"))
            .ToList();

        // With their whole texts, which are what has to be added to the page.
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public void TheMessages_AreFound() => Assert.InRange(Sources.Sum(source => MessageTexts.Of(source).Count()), 100, int.MaxValue);

    [Fact]
    public void AMessage_IsReadWithItsPartsAndValues()
    {
        const string Code = """
            // A comment. "Not this one, of course."
            throw new Exception($"The lock '{key}' was lost ({(why is null ? "no reason" : $"{why}")}). "
                + "It may be held elsewhere.");
            [LoggerMessage(1, LogLevel.Information, "The store is ready; taking requests.")]
            [LoggerMessage(2, LogLevel.Warning, "Replies to {Address} could not be sent.")]
            var word = "word";
            """;

        var messages = MessageTexts.Of(new SourceFile("Sample.cs", Code)).ToList();

        Assert.Equal(["The lock '…' was lost (…). It may be held elsewhere.", "Replies to … could not be sent."], messages);
        Assert.Equal(["The lock '…' was lost (…)", "Replies to … could not be sent"], messages.Select(MessageTexts.FirstSentence));
    }

    private static string ProjectOf(SourceFile source) => source.Path.Split('/')[1];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
