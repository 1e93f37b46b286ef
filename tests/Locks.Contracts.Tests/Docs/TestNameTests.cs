using System.Text.RegularExpressions;
using Locks.TestKit;
using Xunit;

namespace Locks.Contracts.Tests.Docs;

/// <summary>
/// Every test that a page names exists. A page names a class of tests (<c>`FencingTests`</c>, <c>`LockCompliance`</c>), a test of a class
/// (<c>`ConfirmTests.Grant_…`</c>), or a test alone (<c>`Fence_RisesFromGrantToGrant`</c>); a name that ends with an ellipsis is the beginning
/// of one.
/// </summary>
public sealed partial class TestNameTests
{
    private static readonly ILookup<string, string> TestsByClass = ReadTests().ToLookup(test => test.Class, test => test.Method);

    private static readonly HashSet<string> TestsOfAnyClass = [.. TestsByClass.SelectMany(tests => tests)];

    public static TheoryData<string> Pages => [.. Page.All.Where(page => page.CodeSpans.Any(IsTestName)).Select(page => page.Path)];

    [Fact]
    public void TheGuarantees_NameTests() =>
        Assert.InRange(Page.At("docs/guarantees.md").CodeSpans.Count(IsTestName), 40, int.MaxValue);

    [Fact]
    public void EveryPromise_NamesTests()
    {
        var promises = Promise().Matches(Page.At("docs/guarantees.md").Text);

        Assert.InRange(promises.Count, 10, int.MaxValue);
        Assert.All(promises, promise => Assert.Matches(@"\n\*[^*]*`[^`]+`[^*]*\*\n", promise.Value + "\n"));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryTestThatAPageNames_Exists(string path) =>
        Assert.Empty(Page.At(path).CodeSpans.Where(span => IsTestName(span) && !Exists(span)).Distinct());

    private static bool IsTestName(string span) => ClassOfTests().IsMatch(span) || TestOfAClass().IsMatch(span) || TestAlone().IsMatch(span);

    private static bool Exists(string name) =>
        ClassOfTests().IsMatch(name) ? TestsByClass.Contains(name)
        : TestOfAClass().IsMatch(name) && name.Split('.', 2) is [var @class, var test] ? TestsByClass[@class].Any(found => IsNamed(found, test))
        : TestsOfAnyClass.Any(found => IsNamed(found, name));

    private static bool IsNamed(string test, string name) =>
        name.EndsWith('…') ? test.StartsWith(name[..^1], StringComparison.Ordinal) : test == name;

    private static IEnumerable<(string Class, string Method)> ReadTests()
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories))
        {
            var source = File.ReadAllText(file).ReplaceLineEndings("\n");
            var methods = TestMethod().Matches(source).Select(match => match.Groups[1].Value).ToList();
            foreach (Match @class in Class().Matches(source))
            {
                foreach (var method in methods)
                    yield return (@class.Groups[1].Value, method);
            }
        }
    }

    [GeneratedRegex(@"^[A-Z]\w*(Tests|Compliance)$")]
    private static partial Regex ClassOfTests();

    [GeneratedRegex(@"^[A-Z]\w*(Tests|Compliance)\.[A-Z]\w*…?$")]
    private static partial Regex TestOfAClass();

    [GeneratedRegex(@"^[A-Z][a-z]+[A-Za-z]*_(?!_)\w*…?$")]
    private static partial Regex TestAlone();

    [GeneratedRegex(@"^\s*(?:public|internal)\s[^\n]*?\bclass (\w+)", RegexOptions.Multiline)]
    private static partial Regex Class();

    [GeneratedRegex(@"\[(?:Fact|Theory)\b[^\n]*\]\n(?:\s*(?:\[[^\n]*|//[^\n]*|#[^\n]*)\n)*\s*public [\w<>, ]+? (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"^\*\*G\d+ .*?(?=\n\n|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Promise();
}
