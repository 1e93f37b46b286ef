using System.CommandLine;
using System.CommandLine.Parsing;
using Locks.Contracts;

namespace Locks.Cli.CommandLine;

/// <summary>An option whose value is a duration.</summary>
internal sealed class DurationOption : Option<TimeSpan?>
{
    /// <param name="name">The option.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="check">Says what is wrong with a value, or <see langword="null"/> if nothing is.</param>
    /// <param name="aliases">Shorter names.</param>
    public DurationOption(string name, string description, Func<TimeSpan, ValidationError?> check, params string[] aliases)
        : base(name, aliases)
    {
        Description = description;
        HelpName = "DURATION";
        CustomParser = result => Parse(result, check);
    }

    private TimeSpan? Parse(ArgumentResult result, Func<TimeSpan, ValidationError?> check)
    {
        var text = result.Tokens[0].Value;
        if (!Duration.TryParse(text, out var duration))
            result.AddError($"{Name} is '{text}'; it must be {Duration.Form}");
        else if (check(duration) is { } wrong)
            result.AddError($"{Name} {wrong.Problem}");
        return duration;
    }
}
