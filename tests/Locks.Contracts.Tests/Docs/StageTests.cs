using System.Text.RegularExpressions;
using Locks.TestKit;
using Xunit;

namespace Locks.Contracts.Tests.Docs;

/// <summary>The stages that docs/how-it-works.md shows are types of the source, and stay few.</summary>
public sealed partial class StageTests
{
    private const int Most = 12;

    private static readonly MatchCollection Stages = Stage().Matches(Page.At("docs/how-it-works.md").Text);

    [Fact]
    public void TheStages_AreNumbered_AndAtMostTwelve()
    {
        Assert.Equal(Enumerable.Range(1, Stages.Count), Stages.Select(stage => int.Parse(stage.Groups["number"].Value, null)));
        Assert.InRange(Stages.Count, 1, Most);
    }

    [Fact]
    public void EachStage_IsATypeInTheFileThatItLinksTo()
    {
        Assert.All(Stages, stage =>
        {
            var source = File.ReadAllText(Repository.PathOf(stage.Groups["file"].Value));
            Assert.Matches($@"\b(class|interface) {stage.Groups["type"].Value}\b", source);
        });
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| \[`(?<type>\w+)`\]\(\.\./(?<file>\S+)\) \|", RegexOptions.Multiline)]
    private static partial Regex Stage();
}
