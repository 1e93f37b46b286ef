using System.Diagnostics.CodeAnalysis;

namespace Locks.Contracts;

/// <summary>One broken limit: the field, what is wrong with its value, and what would be right.</summary>
/// <param name="Field">The field's name, as in the message.</param>
/// <param name="Problem">The rest of the sentence, with the limit in it.</param>
public sealed record ValidationError(string Field, string Problem)
{
    /// <summary>The whole sentence.</summary>
    public override string ToString() => $"{Field} {Problem}";

    /// <summary>Refuses the input in the .NET way.</summary>
    /// <param name="parameterName">The parameter that carried the value.</param>
    /// <exception cref="ArgumentException">Always.</exception>
    [DoesNotReturn]
    public void Throw(string parameterName) => throw new ArgumentException(ToString(), parameterName);
}
