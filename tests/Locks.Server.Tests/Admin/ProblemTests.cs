using System.Reflection;
using System.Text.RegularExpressions;
using Locks.Admin;
using Locks.Admin.Problems;
using Locks.TestKit;
using Xunit;

namespace Locks.Server.Tests.Admin;

public sealed partial class ProblemTests
{
    [Fact]
    public void EachProblem_IsAHeadingOfThePage()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/admin-api.md"));
        var headings = Heading().Matches(page[page.IndexOf("## Problems", StringComparison.Ordinal)..])
            .Select(match => match.Groups[1].Value).ToList();

        var names = typeof(AdminProblem).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.ReturnType == typeof(AdminProblem))
            .Select(method => ((AdminProblem)method.Invoke(null, [.. method.GetParameters().Select(Sample)])!).Name)
            .Distinct().ToList();

        Assert.Contains("too-many-writes", names);
        Assert.Empty(names.Except(headings));
        Assert.Equal(["not-found", "method-not-allowed"], headings.Except(names));
    }

    private static object? Sample(ParameterInfo parameter) => parameter.ParameterType switch
    {
        var type when type == typeof(string) => "x",
        var type when type == typeof(LocksAdminOptions) => new LocksAdminOptions(),
        var type when type == typeof(IReadOnlyDictionary<string, string[]>) => new Dictionary<string, string[]>(),
        var type => Activator.CreateInstance(type),
    };

    [GeneratedRegex(@"^### (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
