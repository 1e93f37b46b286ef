using System.CommandLine;
using Locks.Cli.CommandLine;

namespace Locks.Cli.Completion;

/// <summary><c>locks completion</c>: a script that has a shell complete the tool's command lines.</summary>
internal sealed class CompletionCommand : ToolCommand
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh, fish or pwsh" };

    public CompletionCommand(ToolEnvironment environment)
        : base(
            "completion", "Writes a script that has a shell complete the tool's commands and options",
            new Example("source <(locks completion bash)", "in ~/.bashrc"),
            new Example("source <(locks completion zsh)", "in ~/.zshrc"),
            new Example("locks completion fish | source", "in ~/.config/fish/config.fish"),
            new Example("locks completion pwsh | Out-String | iex", "in $PROFILE"))
    {
        _shell.AcceptOnlyFromAmong([.. CompletionScripts.ByShell.Keys]);
        Arguments.Add(_shell);
        SetAction(parsed => environment.Output.WriteLine(CompletionScripts.ByShell[parsed.GetRequiredValue(_shell)]));
    }
}
