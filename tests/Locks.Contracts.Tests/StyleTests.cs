using System.Text.RegularExpressions;
using Locks.Contracts.Tests.Docs;
using Xunit;

namespace Locks.Contracts.Tests;

/// <summary>
/// The rules of style that neither a build checks nor the white space's formatter: that a field is not qualified (IDE0003), and the order of
/// usings, which <c>dotnet format</c> would check once it had loaded and analysed all projects.
/// </summary>
public sealed partial class StyleTests
{
    [Fact]
    public void NoField_IsQualifiedWithThis()
    {
        var qualified = SourceFile.All.Where(source => QualifiedField().IsMatch(source.Text));

        Assert.NotEmpty(SourceFile.All);
        Assert.Empty(qualified);
    }

    [Fact]
    public void Usings_AreInOrder_NamespacesOfSystemFirst_ThenOthers_ThenTypes_ThenAliases()
    {
        var sources = SourceFile.All.Select(source => (source.Path, Usings: Usings(source.Text))).ToList();

        Assert.Contains(sources, source => source.Usings.Count > 1);
        Assert.All(sources, source => Assert.Equal(source.Usings.Order(UsingOrder.Instance), source.Usings));
    }

    private static List<string> Usings(string source) => [.. UsingDirective().Matches(source).Select(match => match.Groups[1].Value)];

    // The build sees to it that private fields, and no other members, have names that begin like this (IDE1006); no other field is visible.
    [GeneratedRegex(@"\bthis\s*\.\s*_")]
    private static partial Regex QualifiedField();

    // A using statement has parentheses or begins within a method.
    [GeneratedRegex(@"^using (?!var )([^(;]+);", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();

    /// <summary>The order in which <c>dotnet format</c> puts usings: by the parts of their names.</summary>
    private sealed class UsingOrder : IComparer<string>
    {
        public static UsingOrder Instance { get; } = new();

        public int Compare(string? left, string? right)
        {
            var byKind = Kind(left!).CompareTo(Kind(right!));
            if (byKind != 0)
                return byKind;
            var (leftParts, rightParts) = (left!.Split('.'), right!.Split('.'));
            for (var part = 0; part < Math.Min(leftParts.Length, rightParts.Length); part++)
            {
                if (string.Compare(leftParts[part], rightParts[part], StringComparison.OrdinalIgnoreCase) is var order and not 0)
                    return order;
            }

            return leftParts.Length.CompareTo(rightParts.Length);
        }

        private static int Kind(string name) => name switch
        {
            _ when name.Contains('=', StringComparison.Ordinal) => 3,
            _ when name.StartsWith("static ", StringComparison.Ordinal) => 2,
            _ when name == "System" || name.StartsWith("System.", StringComparison.Ordinal) => 0,
            _ => 1,
        };
    }
}
