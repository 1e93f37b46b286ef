namespace Locks.Cli.Completion;

/// <summary>The scripts, by shell. Where the tool knows nothing, the shell completes files.</summary>
internal static class CompletionScripts
{
    public static IReadOnlyDictionary<string, string> ByShell { get; } = new Dictionary<string, string>
    {
        ["bash"] =
            """
            _locks() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(locks complete --position "$COMP_POINT" -- "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o bashdefault -o default -F _locks locks
            """,
        ["zsh"] =
            """
            _locks() {
              local -a found
              found=("${(@f)$(locks complete -- "$BUFFER" 2>/dev/null)}")
              (( ${#found} )) && [[ -n ${found[1]} ]] && compadd -- $found || _files
            }
            (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
            compdef _locks locks
            """,
        ["fish"] =
            """
            complete -c locks -a '(locks complete -- (commandline -cp) 2>/dev/null)'
            """,
        ["pwsh"] =
            """
            Register-ArgumentCompleter -Native -CommandName locks -ScriptBlock {
              param($word, $line, $position)
              locks complete --position $position -- "$line" | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
              }
            }
            """,
    };
}
