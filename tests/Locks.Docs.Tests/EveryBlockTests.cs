using Locks.TestKit;
using Xunit;

namespace Locks.Docs.Tests;

/// <summary>That a block compiles is shown by the build. These tests show that no block was left out of it.</summary>
public sealed class EveryBlockTests
{
    [Fact]
    public void EveryBlockOfCSharp_IsCompiled() => Assert.Equal(DocumentedCode.Blocks, Fences("csharp").Count());

    [Fact]
    public void NoBlockOfCSharp_HasAnotherName() => Assert.Empty(Fences("cs").Concat(Fences("c#")).Concat(Fences("C#")));

    /// <summary>The page of each block in a language.</summary>
    private static IEnumerable<string> Fences(string language) =>
        from page in Repository.Pages
        from line in File.ReadLines(Repository.PathOf(page))
        where line.Trim() == "```" + language
        select page;
}
