using System.Text.RegularExpressions;
using Locks.TestKit;
using Xunit;

namespace Locks.Cli.Tests;

public sealed partial class ExitCodesTests
{
    /// <summary>Scripts compare numbers: a code that changes breaks them.</summary>
    [Fact]
    public void TheCodes_AreThoseOfThePage()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/cli.md")).ReplaceLineEndings("\n");
        var table = page[page.IndexOf("\n## Exit codes", StringComparison.Ordinal)..];

        var rows = Row().Matches(table).Select(row => (row.Groups[1].Value, row.Groups[2].Value));

        Assert.Equal(ExitCodes.All, rows);
    }

    [Fact]
    public void TheToolsOwnCodes_AreThoseThatScriptsKnow() => Assert.Equal(
        [0, 1, 64, 69, 70, 75, 79, 126, 127, 128],
        [
            ExitCodes.Done, ExitCodes.Negative, ExitCodes.Usage, ExitCodes.Unavailable, ExitCodes.Defect, ExitCodes.Busy, ExitCodes.Lost,
            ExitCodes.NotExecutable, ExitCodes.NotFound, ExitCodes.Signal,
        ]);

    [GeneratedRegex(@"^\| (\d\S*|others) \| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
