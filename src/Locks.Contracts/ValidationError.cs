using System.Diagnostics.CodeAnalysis;

namespace Locks.Contracts;

/// <summary>One broken limit: the field, what is wrong with its value, and what would be right.</summary>
/// <param name="Field">The field's name, as in the message.</param>
/// <param name="Problem">The rest of the sentence, with the limit in it.</param>
public sealed record ValidationError(string Field, string Problem)
{
    /// <summary>Whether the value is of the right kind, but out of its range. Default: no, it is wrong in another way.</summary>
    public bool IsOutOfRange { get; init; }

    /// <summary>The whole sentence.</summary>
    public override string ToString() => $"{Field} {Problem}";

    /// <summary>Refuses the input in the .NET way.</summary>
    /// <param name="parameterName">The parameter that carried the value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value <see cref="IsOutOfRange"/>.</exception>
    /// <exception cref="ArgumentException">It is wrong in another way.</exception>
    [DoesNotReturn]
    public void Throw(string parameterName) => throw (IsOutOfRange
        ? new ArgumentOutOfRangeException(parameterName, ToString())
        : new ArgumentException(ToString(), parameterName));
}
