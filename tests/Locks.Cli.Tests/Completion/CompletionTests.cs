using System.Diagnostics;
using Locks.TestKit;
using Xunit;

namespace Locks.Cli.Tests.Completion;

public sealed class CompletionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("locks-completion-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("locks re", "acquire force-release release renew")]
    [InlineData("locks list --st", "--state")]
    [InlineData("locks list --state ", "Cooling Free Held Offered")]
    [InlineData("locks completion ", "bash fish pwsh zsh")]
    [InlineData("locks run k -- --l", "")]
    public async Task ALine_GoesOnWith(string line, string words)
    {
        var tool = new ToolUnderTest();

        Assert.Equal(0, await tool.RunAsync("complete", "--", line));

        // Options that every place takes come along.
        var found = tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(word => words.Contains("--", StringComparison.Ordinal)
            || !word.StartsWith('-'));
        Assert.Equal(words, string.Join(' ', found.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task ABash_CompletesWithTheScript()
    {
        var program = Path.Combine(
            Repository.PathOf("src/Locks.Cli/bin"), new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Locks.Cli.dll");
        var script = $$"""
            locks() { dotnet '{{program}}' "$@"; }
            source <(locks completion bash)
            complete -p locks
            COMP_LINE='locks re' COMP_POINT=8 COMP_WORDS=(locks re) COMP_CWORD=1
            _locks
            printf '%s\n' "${COMPREPLY[@]}" | sort
            """;
        var path = Path.Combine(_folder.FullName, "complete.sh");
        await File.WriteAllTextAsync(path, script);

        using var bash = Process.Start(new ProcessStartInfo("bash", [path]) { RedirectStandardOutput = true })!;
        var output = await bash.StandardOutput.ReadToEndAsync().Within();

        Assert.Equal("complete -o bashdefault -o default -F _locks locks\nrelease\nrenew\n", output);
    }

    [Fact]
    public async Task TheScripts_AreTheApprovedOnes()
    {
        var scripts = "";
        foreach (var shell in new[] { "bash", "zsh", "fish", "pwsh" })
        {
            var tool = new ToolUnderTest();
            Assert.Equal(0, await tool.RunAsync("completion", shell));
            scripts += $"# {shell}\n{tool.Output}\n";
        }

        Approved.Verify("tests/Locks.Cli.Tests/Approved/completion.txt", scripts);
    }
}
