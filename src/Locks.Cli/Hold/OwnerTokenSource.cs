using System.CommandLine;
using Locks.Cli.CommandLine;
using Locks.Contracts;

namespace Locks.Cli.Hold;

/// <summary>
/// Where a command gets the owner token from: a file, standard input or the environment. Not from an argument, which other users of the
/// machine can see.
/// </summary>
internal sealed class OwnerTokenSource
{
    /// <summary>The environment variable with the token.</summary>
    public const string Variable = "LOCKS_OWNER_TOKEN";

    private const string StandardInput = "-";

    private readonly Option<string?> _file = new("--token-file")
    {
        Description = $"The file with the owner token, or - for standard input (default the variable {Variable})",
        HelpName = "FILE",
    };

    public void AddTo(Command command) => command.Options.Add(_file);

    /// <exception cref="UsageException">There is no token, or it can't be one; its value is not shown.</exception>
    public async Task<string> ReadAsync(ParseResult parsed, ToolEnvironment environment, CancellationToken cancellationToken)
    {
        var (source, text) = parsed.GetValue(_file) switch
        {
            null => (Variable, environment.Variable(Variable)),
            StandardInput => ("standard input", await environment.Input.ReadLineAsync(cancellationToken).ConfigureAwait(false)),
            var path => ($"{_file.Name} '{path}'", await ReadFileAsync(path, cancellationToken).ConfigureAwait(false)),
        };
        var token = text?.Trim();
        return LockLimits.CheckOwnerToken(token) is { } wrong
            ? throw new UsageException($"the owner token of {source} {wrong.Problem}")
            : token!;
    }

    private static async Task<string> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--token-file can't be read: {unreadable.Message}");
        }
    }
}
