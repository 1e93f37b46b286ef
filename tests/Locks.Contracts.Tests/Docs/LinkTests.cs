using System.Text.RegularExpressions;
using Locks.TestKit;
using Xunit;

namespace Locks.Contracts.Tests.Docs;

/// <summary>Every link from page to page leads somewhere.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void EveryRelativeLink_LeadsToAFileOrAHeading()
    {
        var links = Page.All.SelectMany(page => TargetsIn(page).Select(target => (Page: page, Target: target))).ToList();

        Assert.NotEmpty(links);
        Assert.Empty(links.Where(link => !Resolves(link.Page, link.Target)).Select(link => $"{link.Page}: {link.Target}"));
    }

    [Fact]
    public void EveryPathThatSourceNames_Exists()
    {
        string[] folders = ["src", "tests", "bench", "samples"];
        var broken = folders.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => DocsPath().Matches(File.ReadAllText(file)).Select(match => (File: file, Path: match.Value)))
            .Where(mention => !Exists(mention.Path))
            .Select(mention => $"{Path.GetRelativePath(Repository.Root, mention.File)}: {mention.Path}");

        Assert.Empty(broken);
    }

    /// <summary>A decision may be named by its number alone.</summary>
    private static bool Exists(string path) =>
        File.Exists(Repository.PathOf(path)) || Directory.Exists(Repository.PathOf(path))
        || (path.StartsWith("docs/decisions/", StringComparison.Ordinal)
            && Directory.EnumerateFiles(Repository.PathOf("docs/decisions"), $"{Path.GetFileName(path)}-*.md").Any());

    private static IEnumerable<string> TargetsIn(Page page) =>
        Link().Matches(page.Text).Select(match => match.Groups[1].Value).Where(target => !target.Contains("://", StringComparison.Ordinal));

    private static bool Resolves(Page page, string target)
    {
        var (path, heading) = target.Split('#', 2) is [var first, var second] ? (first, second) : (target, null);
        var file = path.Length == 0
            ? Repository.PathOf(page.Path)
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repository.PathOf(page.Path))!, path));
        if (!File.Exists(file) && !Directory.Exists(file))
            return false;

        return heading is null || Heading().Matches(File.ReadAllText(file)).Any(match => Slug(match.Groups[1].Value) == heading);
    }

    /// <summary>A heading's anchor, as GitHub makes it.</summary>
    private static string Slug(string heading) =>
        string.Concat(heading.Trim().ToLowerInvariant().Replace(' ', '-').Where(c => char.IsLetterOrDigit(c) || c is '-' or '_'));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\bdocs/[\w/-]+(\.md)?")]
    private static partial Regex DocsPath();
}
