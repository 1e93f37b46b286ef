using System.Globalization;
using System.Text.RegularExpressions;
using Locks.IntegrationTests.Faults;
using Locks.IntegrationTests.Protocol;
using Xunit;

namespace Locks.IntegrationTests.Shapes;

/// <summary>The synchronous shapes where they cost most: every caller blocks a thread of the pool that the answers need as well.</summary>
public sealed partial class BlockedCallersTests(ITestOutputHelper output)
{
    private const int Callers = 200;
    private const int MinThreads = 2;

    [Fact]
    public async Task TwoHundredBlockedCallers_AllGetTheirTurn_AndThePoolGoesOn()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();

        await using var process = TestProcess.Blocked(fixture.QueueName, Callers, keys: 8, MinThreads);
        var said = await process.FirstLine;

        output.WriteLine(said);
        var figures = Figures().Matches(said).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["figure"].Value);
        Assert.Equal(Callers, Figure("finished"));
        Assert.Equal(0, Figure("overlaps"));

        // Without the client's help the pool did nothing else for 47 s, and requests timed out after 15.
        Assert.InRange(Figure("worstGapMs"), 0, 10_000);
        Assert.InRange(Figure("mostThreads"), 0, Callers + 100);

        // The application's own setting is as it was, and as it became while callers were blocked.
        Assert.Equal(MinThreads, Figure("minThreads"));
        Assert.Equal(MinThreads + 5, Figure("changed"));

        int Figure(string name) => int.Parse(figures[name], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(?<name>\w+)=(?<figure>[\d.]+)")]
    private static partial Regex Figures();
}
