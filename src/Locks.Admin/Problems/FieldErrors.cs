using System.Text.Json;
using Locks.Contracts;

namespace Locks.Admin.Problems;

/// <summary>Collects the broken limits of one request, so that its sender learns of all of them at once.</summary>
internal sealed class FieldErrors
{
    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    /// <summary>Whether there are any.</summary>
    public bool Any => _errors.Count > 0;

    /// <summary>Adds what a check has found; nothing, when the value is right.</summary>
    public void Add(ValidationError? error)
    {
        if (error is not null)
            Add(JsonNamingPolicy.CamelCase.ConvertName(error.Field), $"{error}.");
    }

    /// <summary>Adds a sentence about a field.</summary>
    public void Add(string field, string sentence) =>
        _errors[field] = [.. _errors.GetValueOrDefault(field) ?? [], sentence];

    /// <summary>All of them as one problem.</summary>
    public AdminProblem ToProblem() => AdminProblem.BadRequest(_errors);
}
