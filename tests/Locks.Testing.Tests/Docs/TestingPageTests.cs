using System.Text.RegularExpressions;
using Locks.TestKit;
using Xunit;

namespace Locks.Testing.Tests.Docs;

/// <summary>What docs/testing.md shows is what is compiled and run here.</summary>
public sealed partial class TestingPageTests
{
    [Fact]
    public void EveryExample_IsInATest()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/testing.md"));
        var source = Plain(File.ReadAllText(Repository.PathOf("tests/Locks.Testing.Tests/Docs/PayOrderTests.cs")))
            + Plain(File.ReadAllText(Repository.PathOf("tests/Locks.Testing.Tests/Docs/ExampleTests.cs")));

        var examples = Example().Matches(page).Select(match => Plain(match.Groups[1].Value)).ToList();

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Contains(example, source, StringComparison.Ordinal));
    }

    [Fact]
    public void TheFirstTest_HasTwentyLines()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/testing.md"));

        Assert.InRange(Example().Match(page).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 10, 20);
    }

    /// <summary>Without indentation and empty lines, which are different on a page.</summary>
    private static string Plain(string code) => string.Join(
        '\n', code.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) + "\n";

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
