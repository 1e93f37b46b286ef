using System.CommandLine;
using Locks.Contracts;

namespace Locks.Cli.CommandLine;

/// <summary>An option whose value is a text within limits.</summary>
internal sealed class TextOption : Option<string?>
{
    /// <param name="name">The option.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="check">Says what is wrong with a value, or <see langword="null"/> if nothing is.</param>
    public TextOption(string name, string description, Func<string, ValidationError?> check)
        : base(name)
    {
        Description = description;
        HelpName = "TEXT";
        Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && check(text) is { } wrong)
                result.AddError($"{Name} {wrong.Problem}");
        });
    }
}
