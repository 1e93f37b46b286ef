using System.Text.RegularExpressions;
using Locks.Contracts.Tests.Docs;
using Xunit;

namespace Locks.Contracts.Tests;

/// <summary>The one rule of style that the compiler cannot check in a build (IDE0003).</summary>
public sealed partial class StyleTests
{
    [Fact]
    public void NoField_IsQualifiedWithThis()
    {
        var qualified = SourceFile.All.Where(source => QualifiedField().IsMatch(source.Text));

        Assert.NotEmpty(SourceFile.All);
        Assert.Empty(qualified);
    }

    // The build sees to it that private fields, and no other members, have names that begin like this (IDE1006); no other field is visible.
    [GeneratedRegex(@"\bthis\s*\.\s*_")]
    private static partial Regex QualifiedField();
}
