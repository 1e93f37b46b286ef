using Locks.Cli.CommandLine;
using Locks.TestKit;
using Xunit;

namespace Locks.Cli.Tests.CommandLine;

public sealed class HelpTests
{
    public static TheoryData<string> Commands =>
    [
        "",
        .. ToolRoot.Create(new ToolUnderTest().Environment).Subcommands
            .Where(command => !command.Hidden)
            .Select(command => command.Name),
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task TheHelp_IsTheApprovedOne(string command)
    {
        var tool = new ToolUnderTest();

        var exitCode = await tool.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(ExitCodes.Done, exitCode);
        Assert.Empty(tool.Errors);
        Approved.Verify($"tests/Locks.Cli.Tests/Approved/help{(command.Length > 0 ? "-" : "")}{command}.txt", tool.Output);
    }
}
